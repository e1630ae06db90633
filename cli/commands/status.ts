import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toStatusDocument } from '../../shared/contracts/status-document.ts';
import { type GroupFinding, judge } from '../../shared/domain/finding.ts';
import { measure } from '../../shared/domain/reading.ts';
import { isAtLeast, type Severity } from '../../shared/domain/severity.ts';
import type { Observation } from '../../shared/usecases/observe-cluster.ts';
import { statusTable } from '../../shared/views/table.ts';
import { exitCode } from '../exit-code.ts';
import { observeTarget } from '../observe-target.ts';
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
  const { failOn } = options;
  const fails = failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn));
  return fails ? exitCode.failOn : exitCode.done;
}

/** One poll and what is held of every group in it. */
export interface Look {
  readonly observation: Observation;
  readonly findings: readonly GroupFinding[];
}

/** Connects, reads the cluster once and judges what needs no history. Throws a Fault when no broker answers. */
export async function lookOnce(options: TargetOptions): Promise<Look> {
  const target = resolveTarget(options, process.env);
  const reader = connectClusterReader(target.connection);
  try {
    const observation = await observeTarget(reader, target);
    return { observation, findings: judge(measure(observation.snapshot), target.policyFor) };
  } finally {
    reader.close();
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
