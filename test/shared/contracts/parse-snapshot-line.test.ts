import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringifyExactly } from '../../../shared/contracts/exact-json.ts';
import { parseSnapshotLine } from '../../../shared/contracts/parse-snapshot-line.ts';
import { toSnapshotLine } from '../../../shared/contracts/snapshot-file.ts';
import { type Offset, toOffset } from '../../../shared/domain/offset.ts';
import type { DatedOffset, Snapshot, TopicConfig } from '../../../shared/domain/snapshot.ts';
import type { UnreadCause } from '../../../shared/domain/unread.ts';
import { largestOffset, randomSnapshot } from '../../support/random-snapshot.ts';
import { member, silence, snapshotOf } from '../../support/snapshot-notation.ts';

const written = (snapshot: Snapshot): string => stringifyExactly(toSnapshotLine(snapshot));

/** @throws Error with the fault */
function read(text: string): Snapshot {
  const parsed = parseSnapshotLine(text, 1);
  if (!parsed.ok) throw new Error(parsed.fault);
  return parsed.snapshot;
}

function faultOf(text: string, lineNumber = 17): string {
  const parsed = parseSnapshotLine(text, lineNumber);
  return parsed.ok ? 'none' : parsed.fault;
}

const config: TopicConfig = {
  retentionMs: 'unlimited',
  retentionBytes: 2n ** 53n + 1n,
  compacted: true,
  timestampType: 'LogAppendTime',
};

/** A snapshot with the config of its first topic, and dates. */
function withExtras(config: TopicConfig | null, dated: readonly DatedOffset[]): Snapshot {
  const snapshot = snapshotOf({ orders: ['0..9'] }, { billing: { commits: { orders: [4] } } });
  const topics = [...snapshot.topics].map(([name, topic]) => [name, { ...topic, config }] as const);
  return { ...snapshot, topics: new Map(topics), dated };
}

const dateOf = (notBefore: number, notAfter = notBefore): DatedOffset => ({
  topic: 'orders',
  partition: 0,
  offset: toOffset(4n),
  notBefore,
  notAfter,
});

describe('retention and dates', () => {
  const at = Date.UTC(2026, 1, 28, 12, 0, 0, 5);

  test('are written as documented', () => {
    const line = written(withExtras(config, [dateOf(at)]));
    expect(line).toContain(
      '"id":null,"retentionMs":-1,"retentionBytes":9007199254740993,"compacted":true,"timestampType":"LogAppendTime","partitions"',
    );
    expect(line).toContain('"offset":4,"oldestWaitingAt":"2026-02-28T12:00:00.005Z"}');
  });

  test('a bracket says until when', () => {
    expect(written(withExtras(null, [dateOf(at, at + 1000)]))).toContain(
      '"oldestWaitingAt":"2026-02-28T12:00:00.005Z","oldestWaitingUntil":"2026-02-28T12:00:01.005Z"}',
    );
  });

  test.each<[string, TopicConfig | null, readonly DatedOffset[]]>([
    ['all', config, [dateOf(at)]],
    ['limits', { ...config, retentionMs: 1000, retentionBytes: 'unlimited' }, [dateOf(at, at + 1)]],
    ['some', { retentionMs: null, retentionBytes: null, compacted: false, timestampType: null }, []],
    ['none', null, []],
  ])('come back: %s', (_, topicConfig, dated) => {
    const snapshot = withExtras(topicConfig, dated);
    const { topics, dated: dates } = read(written(snapshot));
    expect([topics.get('orders')?.config, dates]).toEqual([topicConfig, dated]);
  });

  test('a date that belongs to no commit is not held', () => {
    expect(written(withExtras(null, [{ ...dateOf(at), offset: toOffset(5n) }]))).not.toContain('oldest');
  });
});

describe('what comes back', () => {
  /** What the format cannot tell apart, or leaves out. */
  function asHeld(snapshot: Snapshot): Snapshot {
    const causeHeld = (cause: UnreadCause | null, details: readonly (UnreadCause | undefined)[]) =>
      cause && {
        reason: cause.reason,
        detail:
          details.find((told) => told?.reason === cause.reason)?.detail ?? 'the recording does not say more',
      };
    const { unread } = snapshot;
    return {
      ...snapshot,
      cluster: { name: snapshot.cluster.name, id: null },
      topics: new Map(
        [...snapshot.topics].map(([name, topic]) => [
          name,
          {
            ...topic,
            partitions: new Map(
              [...topic.partitions].map(([partition, log]) => [
                partition,
                {
                  ...log,
                  unread: causeHeld(log.unread, [
                    unread.findLast(
                      (one) =>
                        one.scope === 'partition' &&
                        one.group === undefined &&
                        one.topic === name &&
                        one.partition === partition,
                    ),
                    unread.findLast((one) => one.scope === 'topic' && one.topic === name),
                  ]),
                },
              ]),
            ),
          },
        ]),
      ),
      groups: snapshot.groups.map((group) => ({
        ...group,
        commits: group.commits.filter(({ partitions }) => partitions.length > 0),
        unread: causeHeld(group.unread, [
          unread.findLast((one) => one.scope === 'group' && one.group === group.group),
        ]),
      })),
    };
  }

  const dates = fc.infiniteStream(fc.option(fc.tuple(fc.nat(2_000_000_000), fc.nat(3)), { nil: null }));

  /** Some commits dated, in the order in which the groups name them. */
  const withDates = fc.tuple(randomSnapshot, dates).map(([snapshot, some]): Snapshot => {
    const dated = new Map<string, DatedOffset>();
    for (const { commits } of snapshot.groups) {
      for (const { topic, partitions, offsets } of commits) {
        for (const [i, partition] of partitions.entries()) {
          const date = some.next().value;
          const offset = offsets[i] as Offset;
          const place = `${topic} ${partition} ${offset}`;
          if (date === null || dated.has(place)) continue;
          dated.set(place, { topic, partition, offset, notBefore: date[0], notAfter: date[0] + date[1] });
        }
      }
    }
    return { ...snapshot, dated: [...dated.values()] };
  });

  test('is what was written, of any snapshot', () => {
    fc.assert(
      fc.property(withDates, (snapshot) => {
        const back = read(written(snapshot));
        expect({ ...back, dated: new Set(back.dated) }).toEqual({
          ...asHeld(snapshot),
          dated: new Set(snapshot.dated),
        });
        expect(written(back)).toBe(written(asHeld(snapshot)));
      }),
    );
  });

  test('offsets are exact to the last one that Kafka can hold', () => {
    const back = read(
      written(
        snapshotOf({ orders: [`1..${largestOffset}`] }, { g: { commits: { orders: [largestOffset] } } }),
      ),
    );
    expect(back.topics.get('orders')?.partitions.get(0)?.end).toBe(9223372036854775807n);
    expect(back.groups[0]?.commits[0]?.offsets).toEqual([9223372036854775807n]);
  });

  test('names that an object treats specially are names', () => {
    const owner = member(
      {},
      {
        assigned: new Map([
          ['__proto__', [3]],
          ['constructor', [0]],
        ]),
      },
    );
    const snapshot = snapshotOf(
      {},
      { ['__proto__']: { members: [owner] }, constructor: { commits: { toString: [1] } } },
    );
    const { groups } = read(written(snapshot));
    expect(groups.map(({ group }) => group)).toEqual(['__proto__', 'constructor']);
    expect(groups[0]?.members?.[0]?.assigned).toEqual(owner.assigned);
  });

  test('what may be left out is unknown', () => {
    expect(
      read(
        '{"schema":"lagwarden.snapshot/1","cluster":"c","at":"2026-03-01T03:00:00Z","topics":[],"groups":[],"unread":[]}',
      ),
    ).toEqual({
      cluster: { name: 'c', id: null },
      at: Date.UTC(2026, 2, 1, 3),
      brokers: [],
      topics: new Map(),
      groups: [],
      unread: [],
      dated: [],
    });
  });

  test('a field of a later version is passed over', () => {
    const line = written(snapshotOf({ orders: ['0..9'] }, { g: { commits: { orders: [1] } } }));
    const later = line
      .replaceAll('"offset":', '"later":[{}],"offset":')
      .replace('{"schema"', '{"more":1,"schema"');
    expect(read(later)).toEqual(read(line));
  });

  test('why something is unread: in its own words where the recording knows them', () => {
    const snapshot = snapshotOf({ orders: ['?'], clicks: ['?'] }, { closed: { unread: silence } }, [
      { scope: 'partition', topic: 'orders', partition: 0, ...silence },
      { scope: 'group', group: 'closed', reason: 'timed-out', detail: 'coordinator 1 is silent' },
    ]);
    const { topics, groups } = read(written(snapshot));
    expect(topics.get('orders')?.partitions.get(0)?.unread).toEqual(silence);
    expect(topics.get('clicks')?.partitions.get(0)?.unread).toEqual({
      reason: 'timed-out',
      detail: 'the recording does not say more',
    });
    expect(groups[0]?.unread).toEqual({ reason: 'timed-out', detail: 'coordinator 1 is silent' });
  });

  test('a reason that is not known is kept as a detail', () => {
    const line = written(snapshotOf({ orders: ['?'] }, {}, [{ scope: 'broker', broker: 1, ...silence }]));
    const { topics, unread } = read(line.replaceAll('"timed-out"', '"moon in the way"'));
    expect(topics.get('orders')?.partitions.get(0)?.unread).toEqual({
      reason: 'kafka-error',
      detail: 'moon in the way',
    });
    expect(unread).toEqual([
      {
        scope: 'broker',
        broker: 1,
        reason: 'kafka-error',
        detail: 'moon in the way: no answer within 3000 ms',
      },
    ]);
  });
});

describe('a fault names line and field', () => {
  const sound = toSnapshotLine(
    snapshotOf(
      { orders: ['0..9', '0..9'], clicks: ['0..9'] },
      {
        a: { commits: { orders: [1, 2] }, members: [member({ orders: [0] })] },
        b: { commits: { orders: [1] } },
      },
      [{ scope: 'partition', topic: 'orders', partition: 1, ...silence }],
    ),
  );

  /** The line with the field at the path set, or left out for `undefined`. */
  function broken(path: string, value: unknown): string {
    const copy = structuredClone(sound) as Record<string, unknown>;
    const keys = path.split('.');
    const last = keys.pop() as string;
    const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
    return stringifyExactly(copy);
  }

  test.each([
    [
      'groups.1.commits.0.offset',
      'x',
      'groups[1].commits[0].offset: expected a whole number of 0 or more, at most 2^63 − 1, got "x"',
    ],
    [
      'groups.1.commits.0.offset',
      undefined,
      'groups[1].commits[0].offset: expected a whole number of 0 or more, at most 2^63 − 1, got nothing',
    ],
    [
      'groups.1.commits.0.offset',
      '-1n',
      'groups[1].commits[0].offset: expected a whole number of 0 or more, at most 2^63 − 1, got -1',
    ],
    [
      'groups.1.commits.0.offset',
      '9223372036854775808n',
      'groups[1].commits[0].offset: expected a whole number of 0 or more, at most 2^63 − 1, got 9223372036854775808',
    ],
    [
      'groups.1.commits.0.offset',
      1.5,
      'groups[1].commits[0].offset: expected a whole number of 0 or more, at most 2^63 − 1, got 1.5',
    ],
    [
      'topics.0.partitions.1.end',
      true,
      'topics[0].partitions[1].end: expected a whole number of 0 or more, at most 2^63 − 1, or null, got true',
    ],
    [
      'topics.0.partitions.1.partition',
      -1,
      'topics[0].partitions[1].partition: expected a whole number of 0 or more, got -1',
    ],
    [
      'topics.0.retentionMs',
      '5d',
      'topics[0].retentionMs: expected whole milliseconds, or −1 for unlimited, got "5d"',
    ],
    [
      'topics.0.retentionBytes',
      '-2n',
      'topics[0].retentionBytes: expected a whole number of bytes, or −1 for unlimited, got -2',
    ],
    [
      'topics.0.timestampType',
      'Other',
      'topics[0].timestampType: expected "CreateTime" or "LogAppendTime", got "Other"',
    ],
    ['topics.0.name', 5, 'topics[0].name: expected a text, got 5'],
    ['topics', {}, 'topics: expected a list, got {}'],
    [
      'groups.0.type',
      'new',
      'groups[0].type: expected one of classic, consumer, share, streams, unknown, got "new"',
    ],
    [
      'groups.0.members.0.assigned',
      [0],
      'groups[0].members[0].assigned: expected partition numbers by topic, such as {"orders":[0,1]}, got [0]',
    ],
    [
      'groups.0.commits.0.oldestWaitingAt',
      'noon',
      'groups[0].commits[0].oldestWaitingAt: expected an instant in UTC, such as 2026-03-01T03:00:00.000Z, got "noon"',
    ],
    [
      'groups.0.commits.0.oldestWaitingUntil',
      '2026-03-01T03:00:00.000Z',
      'groups[0].commits[0].oldestWaitingUntil: expected an instant no earlier than oldestWaitingAt, got "2026-03-01T03:00:00.000Z"',
    ],
    ['at', 12, 'at: expected an instant in UTC, such as 2026-03-01T03:00:00.000Z, got 12'],
    ['schema', 'lagwarden.snapshot/2', 'schema: expected "lagwarden.snapshot/1", got "lagwarden.snapshot/2"'],
    ['schema', undefined, 'schema: expected "lagwarden.snapshot/1", got nothing'],
    [
      'unread.0.scope',
      'rack',
      'unread[0].scope: expected one of broker, group, topic, partition, got "rack"',
    ],
    [
      'unread.0.partition',
      undefined,
      'unread[0].partition: expected a partition, which the scope partition needs, got nothing',
    ],
    ['topics.1.name', 'orders', 'topics[1].name: topic "orders" stands here a second time'],
    [
      'topics.0.partitions.1.partition',
      0,
      'topics[0].partitions[1].partition: partition 0 stands here a second time',
    ],
    ['groups.1.group', 'a', 'groups[1].group: group "a" stands here a second time'],
    [
      'groups.0.commits.1.partition',
      0,
      'groups[0].commits[1]: the commit on partition 0 of topic "orders" stands here a second time',
    ],
    ['cluster', ['x'.repeat(100)], `cluster: expected a text, got ["${'x'.repeat(58)}…`],
  ])('%s', (path, value, fault) => {
    const exact = typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
    expect(faultOf(broken(path, exact))).toBe(`line 17: ${fault}`);
  });

  test('a line that was cut short, or is something else', () => {
    const line = stringifyExactly(sound);
    expect(faultOf(line.slice(0, 100), 3)).toMatch(/^line 3: this is no JSON: /);
    expect(faultOf('', 1)).toMatch(/^line 1: this is no JSON: /);
    expect(faultOf('null')).toBe('line 17: expected an object, got null');
    expect(faultOf('[]')).toBe('line 17: expected an object, got []');
  });

  test('no text makes it throw', () => {
    const line = stringifyExactly(sound);
    const damaged = fc
      .tuple(fc.nat(line.length), fc.nat(20), fc.string())
      .map(([from, size, put]) => line.slice(0, from) + put + line.slice(from + size));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.json(), fc.string()), (text) => {
        expect(typeof parseSnapshotLine(text, 1).ok).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });
});
