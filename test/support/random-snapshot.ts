import * as fc from 'fast-check';
import { type Offset, toOffset } from '../../shared/domain/offset.ts';
import type {
  GroupSnapshot,
  GroupType,
  Member,
  PartitionSnapshot,
  Snapshot,
  TopicSnapshot,
} from '../../shared/domain/snapshot.ts';
import type { Unread, UnreadCause, UnreadReason } from '../../shared/domain/unread.ts';

/** The largest offset that Kafka can hold. */
export const largestOffset = 2n ** 63n - 1n;

const reasons: readonly UnreadReason[] = [
  'unauthorised',
  'timed-out',
  'leaderless',
  'topic-missing',
  'garbled',
];
const cause: fc.Arbitrary<UnreadCause> = fc.record({
  reason: fc.constantFrom(...reasons),
  detail: fc.constantFrom('no answer', 'broker 2 refuses connections'),
});

/** Few names, so that groups meet on topics; each awkward for some medium. */
const topicNames = ['orders', 'payments.v2', '__proto__', 'a b', 'emoji-🦜', 'esc-\u001b[31m', 'missing'];
const groupNames = [
  'billing',
  '__proto__',
  'constructor',
  '',
  '配送',
  'lone-\ud800',
  'line\nbreak',
  'g'.repeat(300),
];

const offset: fc.Arbitrary<Offset> = fc
  .oneof(
    { weight: 8, arbitrary: fc.bigInt(0n, 60n) },
    fc.bigInt(0n, largestOffset),
    fc.constant(largestOffset),
  )
  .map(toOffset);
const orUnread = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 6 });

function partitions(count: number): fc.Arbitrary<Map<number, PartitionSnapshot>> {
  const partition = fc
    .record({ start: orUnread(offset), stable: orUnread(offset), end: orUnread(offset), unread: cause })
    .map(({ start, stable, end, unread }) => ({
      leader: 1,
      start,
      stable,
      end,
      unread: start === null || stable === null || end === null ? unread : null,
    }));
  return fc
    .array(partition, { minLength: count, maxLength: count })
    .map((all) => new Map(all.map((one, number) => [number, { partition: number, ...one }])));
}

const topics: fc.Arbitrary<Map<string, TopicSnapshot>> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...topicNames.slice(0, -1)), { minLength: 1 }),
    id: fc.option(fc.constant('id-1'), { nil: null }),
    partitions: fc.array(fc.nat(4).chain(partitions), {
      minLength: topicNames.length,
      maxLength: topicNames.length,
    }),
  })
  .map(
    ({ names, id, partitions: logs }) =>
      new Map(names.map((name, i) => [name, { name, id, config: null, partitions: logs[i] ?? new Map() }])),
  );

/** Some partitions of some topics, each topic at most once. */
function byTopic<Value>(
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<{ topic: string; values: [number, Value][] }[]> {
  return fc.uniqueArray(
    fc.record({
      topic: fc.constantFrom(...topicNames),
      values: fc.uniqueArray(fc.tuple(fc.nat(5), value), {
        maxLength: 5,
        selector: ([partition]) => partition,
      }),
    }),
    { maxLength: 4, selector: ({ topic }) => topic },
  );
}

/** Members among whom each partition has one owner. */
const members: fc.Arbitrary<Member[]> = fc
  .record({
    count: fc.nat(3),
    owned: byTopic(fc.nat(2)),
    clientId: fc.constantFrom('app', 'app\u202e\u0007', '客'),
    tellsTopics: fc.boolean(),
  })
  .map(({ count, owned, clientId, tellsTopics }) =>
    Array.from({ length: count }, (_, i) => {
      const assigned = new Map<string, number[]>();
      for (const { topic, values } of owned) {
        const mine = values.filter(([, owner]) => owner === i).map(([partition]) => partition);
        if (mine.length > 0) assigned.set(topic, mine);
      }
      const subscribed = tellsTopics ? [...assigned.keys()] : null;
      return { id: `m-${i}`, clientId, host: '/10.0.0.1', subscribed, assigned };
    }),
  );

const group: fc.Arbitrary<GroupSnapshot> = fc
  .record({
    group: fc.constantFrom(...groupNames),
    type: fc.constantFrom<GroupType>('classic', 'consumer', 'share', 'streams', 'unknown'),
    state: fc.constantFrom('Stable', 'Empty', 'PreparingRebalance', 'Dead', ''),
    coordinator: fc.option(fc.nat(3), { nil: null }),
    members: orUnread(members),
    commits: byTopic(offset),
    unread: fc.option(cause, { nil: null, freq: 1 }),
  })
  .map(({ commits, unread, ...rest }) => ({
    ...rest,
    unread,
    commits:
      unread === null
        ? commits.map(({ topic, values }) => ({
            topic,
            partitions: values.map(([partition]) => partition),
            offsets: values.map(([, committed]) => committed),
          }))
        : [],
  }));

const elsewhere: fc.Arbitrary<Unread> = fc.oneof(
  cause.map((why): Unread => ({ scope: 'broker', broker: 2, ...why })),
  cause.map((why): Unread => ({ scope: 'topic', topic: 'missing', ...why })),
  cause.map((why): Unread => ({ scope: 'group', group: 'billing', broker: 1, ...why })),
  fc
    .tuple(cause, fc.nat(20))
    .map(
      ([why, partition]): Unread => ({ scope: 'partition', topic: 'orders', partition, broker: 1, ...why }),
    ),
  // Partition 9 is never committed: what could not be read is not also known.
  cause.map(
    (why): Unread => ({ scope: 'partition', topic: 'orders', partition: 9, group: 'billing', ...why }),
  ),
);

/** Any snapshot that the types allow, honest or not: offsets in no order, names hostile, parts missing. */
export const randomSnapshot: fc.Arbitrary<Snapshot> = fc.record({
  cluster: fc.constant({ name: 'orders-prod', id: null }),
  at: fc.constant(Date.UTC(2026, 2, 1, 3)),
  brokers: fc.constant([1, 2, 3]),
  topics,
  groups: fc.uniqueArray(group, { maxLength: 5, selector: ({ group: name }) => name }),
  dated: fc.constant([]),
  unread: fc.uniqueArray(elsewhere, {
    maxLength: 4,
    selector: ({ reason: _, detail: __, ...place }) => JSON.stringify(place),
  }),
});
