import type { FakeCluster } from '../../local/fake-cluster/cluster.ts';
import {
  type ClusterDescription,
  commits,
  group,
  partition,
  topic,
} from '../../local/fake-cluster/description.ts';
import type { ReadingRow } from './readings.ts';

/** Two topics with a partition on every broker, and on every broker a group for each; all offsets differ. */
export function describeSmallEstate({ brokers, description: { groups, topics } }: FakeCluster): void {
  const led = (offset: bigint) =>
    brokers.map(({ id }) => partition(id, { start: 5n, end: offset + BigInt(id) }));
  topics.set('orders', topic(led(100n)));
  topics.set('payments', topic(led(2n ** 53n)));
  for (const { id } of brokers) {
    const offsets = Object.fromEntries(brokers.map((_, number) => [number, BigInt(10 * id + number)]));
    groups.set(`indexer ${id}`, group(id, { commits: commits('orders', offsets) }));
    groups.set(`settlement ${id}`, group(id, { commits: commits('payments', offsets) }));
  }
}

/** What a poll has to find, in the order of its readings: taken from the description, without any reader. */
export function describedReadings({ groups, topics }: ClusterDescription): ReadingRow[] {
  const rows = [...groups].flatMap(([name, described]) =>
    [...described.commits].flatMap(([topicName, offsets]) =>
      [...offsets].map(([number, { committed }]) => {
        const log = topics.get(topicName)?.partitions[number];
        if (log === undefined)
          throw new RangeError(`${name} has committed on ${topicName}-${number}, which is not described`);
        const { start, stable, end } = log;
        return {
          group: name,
          topic: topicName,
          partition: number,
          start,
          committed,
          stable,
          end,
          lag: end - committed,
        };
      }),
    ),
  );
  return rows.sort(
    (a, b) => compare(a.group, b.group) || compare(a.topic, b.topic) || a.partition - b.partition,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
