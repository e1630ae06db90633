import { applicationWorkload } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** A group whose only member has left while its producers go on. */
export function ownerless(group: string, topic: string): Workload {
  const partitions = 2;
  const [read, missed] = [40, 60];
  const expected = { verdict: 'observing', lag: BigInt(partitions * missed), members: 0 } as const;
  const story = 'committed, then its last member left; records have come since';
  return applicationWorkload({ group, topic, partitions, story, quiet: true, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    await app.fill(producer, topic, partitions, read);
    const member = await app.member({ group, topic, name: `${group}-1` });
    await until(`${group} has committed all it has read`, () => member.hasCommitted(partitions, read));
    await member.leave();
    await app.fill(producer, topic, partitions, missed);
  });
}
