import { setTimeout as sleep } from 'node:timers/promises';
import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { durationMs } from '../../shared/contracts/config/duration.ts';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toSnapshotLine } from '../../shared/contracts/snapshot-file.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import { observeTarget } from '../observe-target.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { print } from '../terminal.ts';

export interface RecordOptions extends TargetOptions {
  /** Record again and again, this far apart; absent: once. */
  readonly every?: string;
}

/** A timer of Node set to more than this fires at once. */
const longestEveryMs = 24 * 86_400_000;

/**
 * Writes what a poll saw, unjudged, one snapshot a line. With `--every` until it is interrupted; a poll that fails is
 * told on standard error and leaves no line, since nothing was seen.
 */
export async function record(options: RecordOptions): Promise<number> {
  const everyMs = options.every === undefined ? null : parseEvery(options.every);
  const target = resolveTarget(options, process.env);
  const reader = connectClusterReader(target.connection);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  if (everyMs !== null) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    do {
      const startedAt = performance.now();
      try {
        const { snapshot } = await observeTarget(reader, target);
        await print(`${stringifyExactly(toSnapshotLine(snapshot))}\n`);
      } catch (error) {
        if (everyMs === null || !mayEndByItself(error)) throw error;
        process.stderr.write(`lagwarden: nothing recorded: ${error.message}\n`);
      }
      if (everyMs !== null) await pause(everyMs - (performance.now() - startedAt), interrupted.signal);
    } while (everyMs !== null && !interrupted.signal.aborted);
    return exitCode.done;
  } finally {
    reader.close();
  }
}

/** A poll that ran out of time is not worth repeating at once, but the next one may be quicker. */
function mayEndByItself(error: unknown): error is Fault {
  return error instanceof Fault && (error.retriable || error.code === 'deadline-passed');
}

function parseEvery(text: string): number {
  const everyMs = durationMs(text);
  const written = `--every: ${JSON.stringify(text)}`;
  if (everyMs === null) {
    throw new UsageError(`${written} is no duration; write a number and a unit, such as 30s, 1m, 2h`);
  }
  if (everyMs === 0 || everyMs > longestEveryMs) {
    throw new UsageError(`${written} is out of range; from 1s to 24d is possible`);
  }
  return everyMs;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
