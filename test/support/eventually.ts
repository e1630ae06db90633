import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until there is something to see, and gives it back; `undefined` and `false` mean not yet.
 *
 * @throws Error naming what was waited for, after `withinMs`.
 */
export async function eventually<Seen>(
  what: string,
  withinMs: number,
  look: () => Promise<Seen> | Seen,
): Promise<Exclude<Seen, undefined | false>> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<Seen, undefined | false>;
    if (performance.now() - startedAt > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(5);
  }
}
