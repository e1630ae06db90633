import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EpochMs, toOffset } from '../../../shared/domain/offset.ts';
import type { DatedOffset, Snapshot, TopicConfig } from '../../../shared/domain/snapshot.ts';
import type { Suspect } from '../../../shared/domain/suspects.ts';
import { type Dating, dateSuspects } from '../../../shared/usecases/date-suspects.ts';
import { type ClusterState, cluster, type LogState, log, topic } from '../../support/in-memory-cluster.ts';
import { InMemoryClusterReader } from '../../support/in-memory-cluster-reader.ts';

const now: EpochMs = Date.UTC(2026, 2, 1, 3);
const clock = { now: () => now, monotonicMs: () => 0 };
const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const noDeadline = new AbortController().signal;

const plain: TopicConfig = {
  retentionMs: 7 * day,
  retentionBytes: 'unlimited',
  compacted: false,
  timestampType: 'CreateTime',
};

/** A log whose records carry these times, offset by offset; `null` leaves a gap. */
function stamped(times: readonly (number | null)[], rest: Partial<LogState> = {}): LogState {
  const records = times.flatMap((timestamp, i) =>
    timestamp === null ? [] : [{ offset: BigInt(i), timestamp }],
  );
  return log(0, times.length, { records, ...rest });
}

/** What a poll of the cluster would have seen. */
function snapshotOf({ topics }: ClusterState): Snapshot {
  return {
    cluster: { name: 'orders-prod', id: null },
    at: now,
    brokers: [1],
    topics: new Map(
      Object.entries(topics).map(([name, { id, config, partitions }]) => [
        name,
        {
          name,
          id,
          config: config === undefined || 'reason' in config ? null : config,
          partitions: new Map(
            partitions.map(({ leader, start, stable, end }, partition) => [
              partition,
              {
                partition,
                leader,
                start: toOffset(start),
                stable: toOffset(stable),
                end: toOffset(end),
                unread: null,
              },
            ]),
          ),
        },
      ]),
    ),
    groups: [],
    unread: [],
    dated: [],
  };
}

const at = (offset: number | bigint, rest: Partial<Suspect> = {}): Suspect => ({
  topic: 'orders',
  partition: 0,
  offset: toOffset(BigInt(offset)),
  ...rest,
});

interface Dated extends Dating {
  readonly reader: InMemoryClusterReader;
  /** `[notBefore, notAfter]`, or why not. */
  readonly only: readonly [EpochMs, EpochMs] | string | undefined;
}

async function date(
  state: ClusterState,
  suspects: readonly Suspect[],
  options: { readonly earliest?: EpochMs; readonly signal?: AbortSignal; readonly before?: Snapshot } = {},
  beforeStep: ConstructorParameters<typeof InMemoryClusterReader>[1] = () => {},
): Promise<Dated> {
  const reader = new InMemoryClusterReader(state, beforeStep);
  const { signal = noDeadline, before = snapshotOf(state), ...rest } = options;
  const dating = await dateSuspects(reader, before, suspects, clock, signal, rest);
  const [dated] = dating.snapshot.dated;
  const only = dated === undefined ? dating.undated[0]?.reason : ([dated.notBefore, dated.notAfter] as const);
  return { ...dating, reader, only };
}

const orders = (one: LogState, config: TopicConfig | undefined = plain): ClusterState =>
  cluster({ topics: { orders: { ...topic(one), ...(config && { config }) } } });

/** A record a second for the last hour: offset i is 3600 − i seconds old. */
const hourly = Array.from({ length: 3600 }, (_, i) => now - (3600 - i) * second);

describe('a steady log', () => {
  test.each([0, 1, 1800, 3598, 3599])('offset %i is dated exactly, in a few rounds', async (offset) => {
    const { only, rounds } = await date(orders(stamped(hourly)), [at(offset)]);
    expect(only).toEqual([hourly[offset], hourly[offset]]);
    expect(rounds).toBeLessThanOrEqual(4);
  });

  test('requests are counted, four instants a round at most', async () => {
    const { reader, requests, rounds } = await date(orders(stamped(hourly)), [at(1800)]);
    expect(Object.fromEntries(requests)).toEqual({ ListOffsets: rounds });
    expect(reader.mostTimestamps).toBe(4);
  });

  test('a hint is looked at first, and a wrong one does no harm', async () => {
    const right = { notBefore: now - 1805 * second, notAfter: now - 1795 * second };
    const { rounds, only } = await date(orders(stamped(hourly)), [at(1800, { hint: right })]);
    expect([rounds, only]).toEqual([2, [hourly[1800], hourly[1800]]]);
    const wrong = { notBefore: now - second, notAfter: now };
    const misled = await date(orders(stamped(hourly)), [at(1800, { hint: wrong })]);
    expect(misled.only).toEqual([hourly[1800], hourly[1800]]);
  });

  test('groups that stand at the same offset share its date', async () => {
    const { snapshot } = await date(orders(stamped(hourly)), [at(7), at(7), at(8)]);
    expect(snapshot.dated).toHaveLength(2);
  });

  test('many offsets of one partition share its instants', async () => {
    const offsets = Array.from({ length: 12 }, (_, i) => i * 300);
    const { snapshot, reader, rounds, undated } = await date(
      orders(stamped(hourly)),
      offsets.map((offset) => at(offset)),
    );
    expect([undated, reader.mostTimestamps]).toEqual([[], 4]);
    expect(rounds).toBeLessThanOrEqual(8);
    for (const { offset, notBefore, notAfter } of snapshot.dated) {
      const truth = hourly[Number(offset)] as number;
      expect(notBefore).toBeLessThanOrEqual(truth);
      expect(notAfter).toBeGreaterThanOrEqual(truth);
      expect(notAfter - notBefore).toBeLessThan(10 * minute);
    }
  });

  test('what was dated before is kept, and replaced where it is dated anew', async () => {
    const old = (offset: number): DatedOffset => ({
      ...at(offset),
      offset: toOffset(BigInt(offset)),
      notBefore: 0,
      notAfter: now,
    });
    const state = orders(stamped(hourly));
    const before = { ...snapshotOf(state), dated: [old(7), old(9)] };
    const { snapshot } = await date(state, [at(7)], { before });
    expect(snapshot.dated.map(({ offset, notBefore }) => [offset, notBefore])).toEqual([
      [9n, 0],
      [7n, hourly[7]],
    ]);
  });
});

describe('a record that no instant leads to', () => {
  const alike = [now - hour, now - hour, now - hour, now - minute];

  test('of those stamped alike only the first is dated exactly by its producer', async () => {
    expect((await date(orders(stamped(alike)), [at(0)])).only).toEqual([now - hour, now - hour]);
    expect((await date(orders(stamped(alike)), [at(2)])).only).toEqual([now - hour - 1, now - hour]);
  });

  test('where the broker stamps, all of them are', async () => {
    const state = orders(stamped(alike), { ...plain, timestampType: 'LogAppendTime' });
    expect((await date(state, [at(2)])).only).toEqual([now - hour, now - hour]);
  });

  test.each([[{ ...plain, compacted: true }], [undefined]])(
    'where it may have been compacted away, the next record may be the one',
    async (config) => {
      const state = cluster({ topics: { orders: { ...topic(stamped(alike)), ...(config && { config }) } } });
      expect((await date(state, [at(2)])).only).toEqual([now - hour, now - minute]);
    },
  );

  test('one stamped earlier than one before it lies in a bracket, never exact', async () => {
    const late = [now - 3 * hour, now - hour, now - 2 * hour, now - minute];
    const { only } = await date(orders(stamped(late)), [at(2)]);
    expect(only).toEqual([now - hour - 1, now - hour]);
  });

  test('below the start it is the start that is meant', async () => {
    const { only, snapshot } = await date(orders(stamped(hourly, { start: 1000n })), [at(10)]);
    expect(only).toEqual([hourly[1000], hourly[1000]]);
    expect(snapshot.dated[0]?.offset).toBe(10n);
  });

  test('with what comes before compacted away there is no lower bound but the hint', async () => {
    const state = orders(stamped([null, null, null, now - hour, now - minute]), {
      ...plain,
      compacted: true,
    });
    expect((await date(state, [at(1)])).only).toEqual([0, now - hour]);
    const hint = { notBefore: now - day };
    expect((await date(state, [at(1, { hint })])).only).toEqual([now - day, now - hour]);
  });

  test('on a tiered topic no instant before the limit is asked for', async () => {
    const week = Array.from({ length: 700 }, (_, i) => now - 7 * day + i * 600 * second);
    const { only } = await date(orders(stamped(week)), [at(3)], { earliest: now - 4 * day });
    expect(only).toEqual([0, week[432]]);
    expect((await date(orders(stamped(week)), [at(650)], { earliest: now - 4 * day })).only).toEqual([
      week[650],
      week[650],
    ]);
  });
});

describe('undated, with a reason', () => {
  test('nothing waits at the end, nor in a partition that was not read', async () => {
    expect((await date(orders(stamped(hourly)), [at(3600)])).only).toBe('no-record');
    expect((await date(orders(stamped(hourly)), [at(1, { partition: 4 })])).only).toBe('no-record');
    expect((await date(orders(stamped(hourly)), [at(1, { topic: 'other' })])).rounds).toBe(0);
  });

  test('the end is not known', async () => {
    const state = orders(stamped(hourly));
    const before = snapshotOf(state);
    const seen = before.topics.get('orders')?.partitions.get(0);
    if (seen === undefined) throw new Error('not seen');
    const unread = { reason: 'timed-out', detail: 'no answer' } as const;
    const topics = new Map(
      [...before.topics].map(([name, one]) => [
        name,
        { ...one, partitions: new Map([[0, { ...seen, end: null, unread }]]) },
      ]),
    );
    const { undated, rounds } = await date(state, [at(1)], { before: { ...before, topics } });
    expect([undated, rounds]).toEqual([[{ ...at(1), reason: 'unread', detail: 'no answer' }], 0]);
  });

  test('a record from the future, or behind one', async () => {
    expect((await date(orders(stamped([now - hour, now + hour])), [at(1)])).only).toBe('from-the-future');
    expect((await date(orders(stamped([now + hour, now - hour])), [at(1)])).only).toBe('from-the-future');
  });

  test('one behind it does not matter', async () => {
    expect((await date(orders(stamped([now - hour, now - minute, now + hour])), [at(1)])).only).toEqual([
      now - minute,
      now - minute,
    ]);
  });

  test('no record carries a timestamp', async () => {
    expect((await date(orders(stamped([-1, -1, -1])), [at(1)])).only).toBe('no-timestamp');
  });

  test('deleted since the poll, or alone without a timestamp', async () => {
    const state = orders(stamped(hourly));
    const before = snapshotOf(state);
    const deleting = ({ topics }: ClusterState) => {
      const first = topics['orders']?.partitions[0];
      if (first) first.start = 100n;
    };
    expect((await date(state, [at(7)], { before }, (_, moving) => deleting(moving))).only).toBe('deleted');
    expect((await date(orders(stamped([-1, now - hour])), [at(0)])).only).toBe('deleted');
  });

  test('its leader does not tell, is down, or there is none', async () => {
    const cause = { reason: 'leader-moved', detail: 'it moved' } as const;
    const failing = await date(orders(stamped(hourly, { error: cause })), [at(1)]);
    expect([failing.undated, failing.rounds]).toEqual([
      [{ ...at(1), reason: 'unread', detail: 'it moved' }],
      1,
    ]);
    const down = { ...orders(stamped(hourly)), down: new Set([1]) };
    expect((await date(down, [at(1)])).only).toBe('unread');
    expect((await date(orders(stamped(hourly, { leader: null })), [at(1)])).only).toBe('unread');
  });

  test('one that stops telling leaves the bracket so far, and costs only itself', async () => {
    const state = cluster({
      topics: { orders: { ...topic(stamped(hourly), stamped(hourly)), config: plain } },
    });
    let calls = 0;
    const suspects = [at(1800), at(1800, { partition: 1 })];
    const { snapshot } = await date(state, suspects, {}, (_, { topics }) => {
      const [first] = topics['orders']?.partitions ?? [];
      calls += 1;
      if (calls === 2 && first) first.error = { reason: 'leader-moved', detail: 'it moved' };
    });
    const [halted, other] = snapshot.dated;
    expect(halted?.notBefore).toBeLessThan(hourly[1800] as number);
    expect(halted?.notAfter).toBeGreaterThan(hourly[1800] as number);
    expect(other).toMatchObject({ partition: 1, notBefore: hourly[1800], notAfter: hourly[1800] });
  });

  test('the deadline leaves the bracket so far, or nothing', async () => {
    const controller = new AbortController();
    const { only, rounds } = await date(
      orders(stamped(hourly)),
      [at(1800)],
      { signal: controller.signal },
      () => controller.abort(),
    );
    expect(rounds).toBe(1);
    expect(only).toEqual([hourly[0], now - minute - 1]);
    const late = await date(orders(stamped(hourly)), [at(1)], { signal: AbortSignal.abort() });
    expect([late.only, late.rounds]).toEqual(['out-of-time', 0]);
  });
});

describe('any log', () => {
  /** Steps of time between records: from batches stamped alike to hours of silence. */
  const step = fc.oneof(fc.constant(0), fc.nat(3), fc.nat(5000), fc.integer({ min: hour, max: 5 * hour }));
  const gap = fc.boolean();
  interface Drawn {
    readonly times: (number | null)[];
    readonly offset: number;
  }
  const ordered: fc.Arbitrary<Drawn> = fc
    .record({
      steps: fc.array(fc.tuple(step, fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, gap)), {
        minLength: 2,
        maxLength: 200,
      }),
      pick: fc.nat(),
    })
    .map(({ steps, pick }) => {
      const span = steps.reduce((sum, [ms]) => sum + ms, 0);
      let time = now - span - second;
      const times = steps.map(([ms, isGap], i) => {
        time += ms;
        return isGap && i < steps.length - 1 ? null : time;
      });
      return { times, offset: pick % times.length };
    });
  const disordered: fc.Arbitrary<Drawn> = fc
    .record({
      times: fc.array(
        fc.oneof(
          fc.integer({ min: now - day, max: now }),
          fc.constant(now - hour),
          fc.constant(-1),
          fc.constant(null),
          fc.constant(now + day),
        ),
        { minLength: 1, maxLength: 40 },
      ),
      pick: fc.nat(),
    })
    .map(({ times, pick }) => ({ times, offset: pick % times.length }));

  /** The timestamp of the first record at or after the offset. */
  const truthOf = ({ times, offset }: Drawn) => times.slice(offset).find((time) => time !== null);

  const configs = fc.constantFrom<TopicConfig | undefined>(
    undefined,
    { ...plain, compacted: true },
    { ...plain, compacted: null, timestampType: null },
  );

  test('stamped in order: the bracket holds the truth, exact is true, in eight rounds at most', async () => {
    await fc.assert(
      fc.asyncProperty(ordered, configs, fc.boolean(), async (drawn, config, byBroker) => {
        const hasGaps = drawn.times.includes(null);
        const known: TopicConfig | undefined = hasGaps
          ? config
          : { ...plain, timestampType: byBroker ? 'LogAppendTime' : 'CreateTime' };
        const state = cluster({
          topics: { orders: { ...topic(stamped(drawn.times)), ...(known && { config: known }) } },
        });
        const { only, rounds, reader } = await date(state, [at(drawn.offset)]);
        expect(rounds).toBeLessThanOrEqual(8);
        expect(reader.mostTimestamps).toBeLessThanOrEqual(4);
        if (typeof only !== 'object') throw new Error(`undated: ${only}`);
        const truth = truthOf(drawn) as number;
        expect(only[0]).toBeLessThanOrEqual(truth);
        expect(only[1]).toBeGreaterThanOrEqual(truth);
      }),
      { numRuns: 1000 },
    );
  });

  test('stamped in any order or not at all: exact is true, and the upper bound holds', async () => {
    await fc.assert(
      fc.asyncProperty(disordered, configs, async (drawn, config) => {
        const known = drawn.times.includes(null) ? config : (config ?? plain);
        const state = cluster({
          topics: { orders: { ...topic(stamped(drawn.times)), ...(known && { config: known }) } },
        });
        const { only, undated, rounds, snapshot } = await date(state, [at(drawn.offset)]);
        expect(rounds).toBeLessThanOrEqual(8);
        expect(snapshot.dated.length + undated.length).toBe(1);
        if (typeof only !== 'object') return;
        const truth = truthOf(drawn);
        expect(only[0]).toBeLessThanOrEqual(only[1]);
        expect(only[1]).toBeLessThanOrEqual(now);
        if (truth === undefined) return;
        if (only[0] === only[1]) expect(only[0]).toBe(truth);
        else if (truth <= now) expect(only[1]).toBeGreaterThanOrEqual(truth);
      }),
      { numRuns: 2000 },
    );
  });
});
