import { applicationWorkload, type GroupMember } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** A healthy group: two members share the partitions and are done with each batch long before the next one. */
export function keepingUp(group: string, topic: string): Workload {
  const partitions = 3;
  const expected = { verdict: 'caught-up', lag: 0n, members: 2 } as const;
  const story = 'two members keep up with a steady producer';
  return applicationWorkload({ group, topic, partitions, story, quiet: false, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    app.produceSteadily(producer, topic, partitions, 4, 1000);
    const members = await Promise.all([1, 2].map((n) => app.member({ group, topic, name: `${group}-${n}` })));
    await until(`both members of ${group} own partitions and have committed`, () =>
      shareAll(members, partitions),
    );
  });
}

function shareAll(members: readonly GroupMember[], partitions: number): boolean {
  const owned = members.flatMap(({ assigned }) => assigned);
  return (
    members.every(({ assigned }) => assigned.length > 0) &&
    owned.length === partitions &&
    members.every(({ assigned, committed }) => assigned.every((partition) => committed.has(partition)))
  );
}
