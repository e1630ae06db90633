/**
 * Outlives the process that started a cluster. It waits for the end of its standard input, which comes when that
 * process closes it, ends or is killed in any way; then it kills what is left of the cluster and removes its data.
 * Usage: `node watchdog.ts <data folder>`, in a session of its own.
 */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterProcesses } from './cluster-processes.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node watchdog.ts <data folder>');

// A terminal that closes, or a Ctrl-C, must not end the one that clears up: only its input decides.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

process.stdin.resume();
await new Promise((resolve) => process.stdin.once('close', resolve));

// A process that was being started when its parent died shows its mark a moment later: look until twice nothing is left.
for (let quiet = 0; quiet < 2; ) {
  const left = clusterProcesses(folder);
  for (const pid of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
  quiet = left.length === 0 ? quiet + 1 : 0;
  await delay(20);
}
rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
