import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 25;
const withinMs = 45_000;

/** Resolves when the condition holds; throws what was waited for if it does not in time, or what the condition throws. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await delay(pollMs);
  }
}
