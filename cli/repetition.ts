import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs } from '../shared/contracts/config/duration.ts';
import { Fault } from '../shared/domain/fault.ts';
import { UsageError } from './exit-code.ts';

/** A timer of Node set to more than this fires at once. */
const longestEveryMs = 24 * 86_400_000;

/** The time between two polls that `--every` asks for, in ms. */
export function parseEvery(text: string): number {
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

/** Aborted by the first SIGINT or SIGTERM; the second ends the process as if nobody had listened. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}

/** Does the work again and again, its beginnings so far apart, until it is interrupted. */
export async function repeatEvery(
  everyMs: number,
  interrupted: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!interrupted.aborted) {
    const startedAt = performance.now();
    await work();
    const pauseMs = Math.max(0, everyMs - (performance.now() - startedAt));
    await sleep(pauseMs, undefined, { signal: interrupted }).catch((error: unknown) => {
      if (!interrupted.aborted) throw error;
    });
  }
}

/** A poll that ran out of time is not worth repeating at once, but the next one may be quicker. */
export function mayEndByItself(error: unknown): error is Fault {
  return error instanceof Fault && (error.retriable || error.code === 'deadline-passed');
}
