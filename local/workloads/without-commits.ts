import { applicationWorkload } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** A group whose member reads everything and keeps its position elsewhere, as many stream processors do. */
export function withoutCommits(group: string, topic: string): Workload {
  const partitions = 2;
  const perPartition = 20;
  const expected = { verdict: 'uncommitted', lag: null, members: 1 } as const;
  const story = 'its member reads and never commits';
  return applicationWorkload({ group, topic, partitions, story, quiet: true, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    await app.fill(producer, topic, partitions, perPartition);
    const member = await app.member({ group, topic, name: `${group}-1`, commits: false });
    await until(`${group} has read everything`, () => member.processed === partitions * perPartition);
  });
}
