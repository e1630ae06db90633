import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Nobody holds a lock for longer than a write takes: one that is older was left behind by a crash. */
const abandonedAfterMs = 10_000;
const tryAgainMs = 20;

/** Does the work while no other process that locks the same file does: a file beside it says who is at it. */
export async function whileLocked<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${file}.lock`;
  await take(lock);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<void> {
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = await stat(lock).catch(() => null);
    if (since !== null && Math.abs(Date.now() - since.mtimeMs) > abandonedAfterMs)
      await rm(lock, { force: true });
    else await sleep(tryAgainMs);
  }
}
