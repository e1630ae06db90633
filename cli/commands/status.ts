import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toStatusDocument } from '../../shared/contracts/status-document.ts';
import type { GroupFinding } from '../../shared/domain/finding.ts';
import { isAtLeast, type Severity } from '../../shared/domain/severity.ts';
import type { Observation } from '../../shared/usecases/observe-cluster.ts';
import { statusTable } from '../../shared/views/table.ts';
import { exitCode } from '../exit-code.ts';
import { pollTarget } from '../polling.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { paint, print, terminalWidth } from '../terminal.ts';

export interface StatusOptions extends TargetOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly failOn?: Extract<Severity, 'warning' | 'critical'>;
}

/** Groups that need nobody, listed in the table at most. */
const quietGroups = 30;

/** Reads the cluster once, judges what needs no history, prints a table or a document. */
export async function status(options: StatusOptions): Promise<number> {
  const look = await lookOnce(options);
  const { observation, findings } = look;
  if (options.json) {
    await print(`${stringifyExactly(toStatusDocument(observation.snapshot, findings, observation))}\n`);
  } else await print(lookTable(look, options));
  return failsOn(options.failOn, findings) ? exitCode.failOn : exitCode.done;
}

/** Whether a group is as bad as `--fail-on` says. */
export function failsOn(failOn: StatusOptions['failOn'], findings: readonly GroupFinding[]): boolean {
  return failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn));
}

/** One poll and what is held of every group in it. */
export interface Look {
  readonly observation: Observation;
  readonly findings: readonly GroupFinding[];
}

/**
 * Connects, reads the cluster once, dates the oldest waiting records and judges what needs no history. Throws a Fault
 * when no broker answers.
 */
export async function lookOnce(options: TargetOptions): Promise<Look> {
  const target = resolveTarget(options, process.env);
  const polling = pollTarget(target);
  try {
    const { observation, evaluation } = await polling.poll(null, target.rules);
    return { observation, findings: evaluation?.findings ?? [] };
  } finally {
    polling.close();
  }
}

/** The table that `status` prints of a look, for the standard output of this process. */
export function lookTable(
  { observation: { snapshot, durationMs, requests }, findings }: Look,
  options: Pick<StatusOptions, 'group' | 'all'>,
): string {
  const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
  return statusTable(
    { snapshot, findings, durationMs, requests: total },
    {
      width: terminalWidth(),
      paint,
      partitions: options.group !== undefined,
      quietGroups: options.all ? Number.POSITIVE_INFINITY : quietGroups,
    },
  );
}
