import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toStatusDocument } from '../../shared/contracts/status-document.ts';
import { judge } from '../../shared/domain/finding.ts';
import { measure } from '../../shared/domain/reading.ts';
import { isAtLeast, type Severity } from '../../shared/domain/severity.ts';
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
  const target = resolveTarget(options, process.env);
  const reader = connectClusterReader(target.connection);
  try {
    const observation = await observeTarget(reader, target);
    const { snapshot, durationMs, requests } = observation;
    const findings = judge(measure(snapshot), target.policyFor);
    if (options.json) {
      await print(`${stringifyExactly(toStatusDocument(snapshot, findings, observation))}\n`);
    } else {
      const total = [...requests.values()].reduce((sum, count) => sum + count, 0);
      await print(
        statusTable(
          { snapshot, findings, durationMs, requests: total },
          {
            width: terminalWidth(),
            paint,
            partitions: options.group !== undefined,
            quietGroups: options.all ? Number.POSITIVE_INFINITY : quietGroups,
          },
        ),
      );
    }
    const { failOn } = options;
    const fails = failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn));
    return fails ? exitCode.failOn : exitCode.done;
  } finally {
    reader.close();
  }
}
