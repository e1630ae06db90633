import { applicationWorkload } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** A group with a member that reads no further, until old records are deleted in front of it. */
export function overtakenByRetention(group: string, topic: string): Workload {
  const partitions = 4;
  const [read, unread, start] = [50, 250, 180];
  const expected = {
    verdict: 'data-lost',
    lag: BigInt(partitions * unread),
    members: 1,
    reason: `${start - read} records deleted`,
  } as const;
  const story = 'its member stands still, and records are deleted that it has not read';
  return applicationWorkload({ group, topic, partitions, story, quiet: true, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    await app.fill(producer, topic, partitions, read);
    const member = await app.member({ group, topic, name: `${group}-1` });
    await until(`${group} has committed all it has read`, () => member.hasCommitted(partitions, read));
    member.pause();
    await app.fill(producer, topic, partitions, unread);
    // What retention does after days, here at once.
    await app.deleteRecordsBelow(topic, partitions, start);
  });
}
