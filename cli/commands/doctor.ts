import { connectionDoctor } from '../../shared/adapters/kafka/connection-doctor.ts';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import type { Check } from '../../shared/domain/diagnosis.ts';
import { diagnoseCluster } from '../../shared/usecases/diagnose-cluster.ts';
import { checkText } from '../../shared/views/checks.ts';
import { exitCode } from '../exit-code.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { paint, print } from '../terminal.ts';

export interface DoctorOptions extends TargetOptions {
  readonly json?: boolean;
}

const tones = { ok: 'ok', skipped: 'faint', limited: 'warning', failed: 'critical' } as const;

/** Checks the way to the cluster, one line a check as it is done; exit code 1 when a check failed. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const { connection } = resolveTarget(options, process.env);
  const checks: Check[] = [];
  for await (const check of diagnoseCluster(connectionDoctor(connection), connection.bootstrap)) {
    checks.push(check);
    if (!options.json) await print(paint(checkText(check), tones[check.outcome]));
  }
  if (options.json) await print(`${stringifyExactly({ schema: 'lagwarden.doctor/1', checks })}\n`);
  return checks.some(({ outcome }) => outcome === 'failed') ? exitCode.fault : exitCode.done;
}
