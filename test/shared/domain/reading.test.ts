import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Offset } from '../../../shared/domain/offset.ts';
import { measure, type Reading } from '../../../shared/domain/reading.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import type { UnreadCause } from '../../../shared/domain/unread.ts';
import { largestOffset, randomSnapshot } from '../../support/random-snapshot.ts';
import { type GroupNote, member, silence, snapshotOf } from '../../support/snapshot-notation.ts';

const readingsOf = (snapshot: Snapshot): readonly Reading[] =>
  measure(snapshot).flatMap(({ partitions }) => partitions);
const lagsOf = (snapshot: Snapshot) => readingsOf(snapshot).map(({ lag }) => lag);
const billing = (note: GroupNote) => ({ billing: note });

describe('lag is end − committed', () => {
  test.each([
    ['records wait', '0..10', 4n, 6n],
    ['nothing waits', '0..10', 10n, 0n],
    ['an empty log', '0..0', 0n, 0n],
    ['retention has emptied the log', '10..10', 4n, 6n],
    ['the commit lies behind the start: what is gone still counts', '8..10', 4n, 6n],
    ['the commit lies beyond the end: negative, never clamped', '0..10', 12n, -2n],
    ['beyond what a double can hold', `0..${largestOffset}`, 2n ** 53n, largestOffset - 2n ** 53n],
    ['one record from the last', `0..${largestOffset}`, largestOffset - 1n, 1n],
    ['as far beyond the end as can be', '0..0', largestOffset, -largestOffset],
    ['the start was not read', '?..10..10', 4n, 6n],
    ['the stable offset was not read', '0..?..10', 4n, 6n],
    ['measured to the end, not to the stable offset', '0..5..10', 4n, 6n],
  ])('%s', (_, log, committed, lag) => {
    expect(lagsOf(snapshotOf({ orders: [log] }, billing({ commits: { orders: [committed] } })))).toEqual([
      lag,
    ]);
  });

  test('a reading holds what was seen, and who owns it', () => {
    const owner = member({ orders: [0] });
    const snapshot = snapshotOf(
      { orders: ['1..7..10'] },
      billing({ commits: { orders: [4] }, members: [owner] }),
    );
    expect(readingsOf(snapshot)).toEqual([
      { topic: 'orders', partition: 0, start: 1n, stable: 7n, end: 10n, committed: 4n, lag: 6n, owner },
    ]);
  });
});

describe('what is not known says why', () => {
  test('the end was not read', () => {
    const snapshot = snapshotOf({ orders: ['?'] }, billing({ commits: { orders: [4] } }));
    expect(readingsOf(snapshot)).toMatchObject([{ committed: 4n, end: null, lag: silence }]);
  });

  test('the topic, or only the partition, is not in the snapshot', () => {
    const snapshot = snapshotOf({ orders: ['0..10'] }, billing({ commits: { orders: [4, 4], gone: [4] } }));
    expect(readingsOf(snapshot)).toMatchObject([
      { topic: 'gone', partition: 0, lag: { reason: 'topic-missing' } },
      { topic: 'orders', partition: 0, lag: 6n },
      { topic: 'orders', partition: 1, lag: { reason: 'topic-missing' } },
    ]);
  });

  test('owned and nothing committed: no-commit, neither 0 nor everything', () => {
    const snapshot = snapshotOf({ orders: ['0..10'] }, billing({ members: [member({ orders: [0] })] }));
    expect(readingsOf(snapshot)).toMatchObject([{ committed: null, lag: 'no-commit', owner: { id: 'm-1' } }]);
  });

  test('neither owned nor committed: no reading at all, though members subscribe to it', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10', '0..10'] },
      billing({ commits: { orders: [4] }, members: [member({}, { subscribed: ['orders'] })] }),
    );
    expect(readingsOf(snapshot)).toMatchObject([{ partition: 0, owner: null }]);
  });

  test('the commits were not read: its owned partitions are not known, and never no-commit', () => {
    const denied: UnreadCause = { reason: 'unauthorised', detail: 'no right to read the group' };
    const snapshot = snapshotOf(
      { orders: ['0..10', '?'] },
      billing({ members: [member({ orders: [0, 1] })], unread: denied }),
    );
    expect(lagsOf(snapshot)).toEqual([denied, denied]);
  });

  test('one commit was not read: that partition is not known, whether owned or not, its log read or not', () => {
    const unstable: UnreadCause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };
    const unread = [0, 1, 2].map(
      (partition) =>
        ({ scope: 'partition', group: 'billing', topic: 'orders', partition, ...unstable }) as const,
    );
    const snapshot = snapshotOf(
      { orders: ['0..10', '0..10', '?', '0..10'] },
      {
        ...billing({ commits: { orders: [null, null, null, 4] }, members: [member({ orders: [0] })] }),
        other: {},
      },
      [...unread, { scope: 'partition', topic: 'orders', partition: 3, ...silence }],
    );
    expect(readingsOf(snapshot).map(({ partition, lag, owner }) => [partition, lag, owner?.id])).toEqual([
      [0, unstable, 'm-1'],
      [1, unstable, undefined],
      [2, unstable, undefined],
      [3, 6n, undefined],
    ]);
  });
});

test('readings stand in the order topic, partition; groups in theirs', () => {
  const snapshot = snapshotOf(
    { b: ['0..1', '0..1'], a: ['0..1'] },
    {
      second: { commits: { b: [1, 1], a: [1] } },
      first: { commits: { a: [1] }, members: [member({ b: [1] }), member({ b: [0] })] },
    },
  );
  const places = measure(snapshot).map(({ snapshot: { group }, partitions }) => [
    group,
    ...partitions.map(({ topic, partition }) => `${topic}-${partition}`),
  ]);
  expect(places).toEqual([
    ['second', 'a-0', 'b-0', 'b-1'],
    ['first', 'a-0', 'b-0', 'b-1'],
  ]);
});

test('a topic that a broker names twice is read as one', () => {
  const snapshot = snapshotOf({ a: ['0..100', '0..200', '0..300'], b: ['0..100'] }, { g: {} });
  const noted = (topic: string, ...partitions: number[]) => ({
    topic,
    partitions,
    offsets: partitions.map(() => 5n as Offset),
  });
  const commits = [noted('a', 2), noted('b', 0), noted('a', 1, 0)];
  const groups = snapshot.groups.map((group) => ({ ...group, commits }));
  const [read] = measure({ ...snapshot, groups });
  expect(read?.partitions.map(({ topic, partition }) => [topic, partition])).toEqual([
    ['a', 0],
    ['a', 1],
    ['a', 2],
    ['b', 0],
  ]);
});

test('groups that share one list of partitions, in no order, are each read by their own offsets', () => {
  const partitions = [2, 0, 1];
  const sharing = (...offsets: bigint[]) => ({
    commits: [
      {
        topic: 'a',
        partitions,
        offsets: BigInt64Array.from(offsets) as ArrayLike<bigint> as ArrayLike<Offset>,
      },
    ],
  });
  const snapshot = snapshotOf({ a: ['0..100', '0..200', '0..300'] }, { first: {}, second: {} });
  const [first, second] = snapshot.groups;
  if (first === undefined || second === undefined) throw new Error('two groups');
  const groups = [
    { ...first, ...sharing(3n, 1n, 2n) },
    { ...second, ...sharing(30n, 10n, 20n) },
  ];
  expect(
    measure({ ...snapshot, groups }).map((one) =>
      one.partitions.map(({ partition, lag }) => [partition, lag]),
    ),
  ).toEqual([
    [
      [0, 99n],
      [1, 198n],
      [2, 297n],
    ],
    [
      [0, 90n],
      [1, 180n],
      [2, 270n],
    ],
  ]);
});

describe('in any snapshot', () => {
  test('lag is a number exactly where the commit and the end are known, and then their difference', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const { lag, committed, end } of readingsOf(snapshot)) {
          if (committed !== null && end !== null) expect(lag).toBe(end - committed);
          else expect(lag).not.toBeTypeOf('bigint');
        }
      }),
    );
  });

  test('a group whose commits were not read shows no no-commit', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const { snapshot: group, partitions } of measure(snapshot)) {
          if (group.unread === null) continue;
          for (const { lag } of partitions) expect(lag).toEqual(group.unread);
        }
      }),
    );
  });

  test('every commit, every unread commit and every owned partition has one reading, and nothing else has', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const { snapshot: group, partitions } of measure(snapshot)) {
          const expected = new Set<string>();
          for (const { topic, partitions: numbers } of group.commits)
            for (const number of numbers) expected.add(`${topic}-${number}`);
          for (const { assigned } of group.members ?? [])
            for (const [topic, numbers] of assigned)
              for (const number of numbers) expected.add(`${topic}-${number}`);
          for (const part of snapshot.unread)
            if (part.scope === 'partition' && part.group === group.group)
              expected.add(`${part.topic}-${part.partition}`);
          const measured = partitions.map(({ topic, partition }) => `${topic}-${partition}`);
          expect(new Set(measured)).toEqual(expected);
          expect(measured).toHaveLength(expected.size);
        }
      }),
    );
  });
});
