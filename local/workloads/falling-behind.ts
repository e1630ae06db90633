import { setTimeout as delay } from 'node:timers/promises';
import { applicationWorkload } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** How far the group must be behind before the workload counts as ready. */
const waiting = 150;
const slownessMs = 100;

/** A group that works, and gets a tenth of the work done: its lag grows for ever. */
export function fallingBehind(group: string, topic: string): Workload {
  const partitions = 6;
  const expected = { verdict: 'observing', lag: { atLeast: BigInt(waiting) / 2n }, members: 1 } as const;
  const story = 'one slow member, ten times as many records as it can process';
  return applicationWorkload({ group, topic, partitions, story, quiet: false, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    let produced = partitions;
    let slow = false;
    await app.fill(producer, topic, partitions, 1);
    const name = `${group}-1`;
    const member = await app.member({
      ...{ group, topic, name },
      process: async () => {
        if (slow) await delay(slownessMs);
      },
    });
    // A partition that was never committed would tell another story.
    await until(`${group} has committed on every partition`, () => member.committed.size === partitions);
    slow = true;
    app.produceSteadily(producer, topic, partitions, 8, 500, (count) => {
      produced += count;
    });
    await until(`${waiting} records wait for ${group}`, () => produced - member.processed >= waiting);
  });
}
