import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { EpochMs } from '../../shared/domain/offset.ts';
import type { PolicySettings } from '../../shared/domain/policy.ts';
import { isExact, type TimeLag } from '../../shared/domain/time-lag.ts';
import { kafkajsClient } from '../support/kafkajs-client.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, type TopicSettings } from '../support/topics.ts';
import { type Produced, Traffic } from '../support/traffic.ts';
import { partitionIn, Watch } from '../support/watch.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const policy: PolicySettings = { patienceMs: 2000 };
/** On a machine that others load as well. */
const soonMs = 45_000;
const second = 1000;
/** Kafka looks so often for segments to delete. */
const checkMs = 200;
const segmentMs = 2000;
const retentionMs = 8000;
const segmentBytes = 2 ** 20;
const recordBytes = 2 ** 16;
/** Records come so often to the topics that lose some, and polls and looks at their starts as often as that. */
const [recordEveryMs, pollEveryMs, lookEveryMs] = [100, 500, 50];
/** A busy broker deletes a little late. */
const lateMs = 1000;

/** With what is not as Kafka has it. */
const topics: Readonly<Record<string, TopicSettings>> = {
  ...{ seen: {}, stamped: {}, ahead: {} },
  'kept-by-age': { 'segment.ms': `${segmentMs}`, 'retention.ms': `${retentionMs}` },
  'kept-by-size': {
    'segment.bytes': `${segmentBytes}`,
    'retention.bytes': `${3 * segmentBytes}`,
    'retention.ms': '-1',
  },
};

describeWithKafka('how late a group is, and how long until it loses records', () => {
  let cluster: KafkaCluster;
  let admin: Admin;

  beforeAll(async () => {
    cluster = await startKafkaCluster({
      version: '4.3',
      brokers: 1,
      settings: {
        'log.retention.check.interval.ms': `${checkMs}`,
        'log.initial.task.delay.ms': `${checkMs}`,
      },
    });
    admin = kafkajsClient(cluster, 'admin').admin();
    await admin.connect();
    await createTopics(cluster, Object.fromEntries(Object.keys(topics).map((name) => [name, [[1]]])), topics);
  }, startMs);

  afterAll(async () => {
    await admin?.disconnect();
    await cluster?.stop();
  }, stopMs);

  describe.concurrent('five topics', () => {
    test.for([
      { topic: 'seen', aheadMs: 0, datedTopics: [] },
      { topic: 'ahead', aheadMs: 5 * second, datedTopics: ['ahead'] },
    ])(
      'time lag as polls saw the records of "$topic" come, its producer’s clock ahead by $aheadMs ms',
      async ({ topic, aheadMs, datedTopics }) => {
        const groups = [`standing in ${topic}`, `trailing in ${topic}`] as const;
        await using raw = await openRawOffsets(cluster);
        for (const group of groups) await raw.commit(group, { [topic]: [0n] });
        await using watch = new Watch(cluster, { groups, policy, datedTopics });
        await watch.until('both are seen', soonMs, ({ findings }) => findings.size === groups.length);
        const clock = (now: EpochMs) => now + aheadMs;
        await using traffic = await Traffic.start(cluster, { topic, partitions: 1, everyMs: 150, clock });
        const log = traffic.produced[0] as Produced[];
        // One group stands still, the other stays so many records behind.
        const trail = 20;
        let trailing = Promise.resolve();
        await watch.until('one has stood for long', soonMs, (seen) => {
          const behind = BigInt(Math.max(0, log.length - trail));
          trailing = trailing.then(() => raw.commit(groups[1], { [topic]: [behind] }));
          return (partitionIn(seen, groups[0], 0)?.timeLag?.ms ?? 0) > 14 * second;
        });
        await trailing;
        const aged = agesIn(watch, groups, (committed) => log[Number(committed)] as Produced);
        expectTrue(aged);
        expect(new Set(aged.map(({ timeLag }) => timeLag.method))).toEqual(new Set(['ends']));
        expect(aged.filter(({ timeLag }) => isExact(timeLag)).length).toBeGreaterThan(15);
      },
    );

    test('time lag as timestamps tell it, of records that came before any poll', async () => {
      const now = Date.now();
      const stamps = Array.from({ length: 2000 }, (_, i) => now - (2000 - i) * 90 * second);
      const producer = kafkajsClient(cluster, 'producer').producer({ idempotent: true });
      await producer.connect();
      const messages = stamps.map((at) => ({ value: 'record', timestamp: `${at}` }));
      await producer.send({ topic: 'stamped', messages });
      await producer.disconnect();
      const offsets = [0n, 1n, 700n, 1500n, 1998n, 1999n];
      const groups = offsets.map((offset) => `at ${offset}`);
      await using raw = await openRawOffsets(cluster);
      for (const offset of offsets) await raw.commit(`at ${offset}`, { stamped: [offset] });
      await using watch = new Watch(cluster, { groups, policy, datedTopics: ['stamped'] });
      await watch.until('three polls', soonMs, () => watch.polls.length === 3);
      const aged = agesIn(watch, groups, (committed) => {
        const at = stamps[Number(committed)] as EpochMs;
        return { from: at, to: at };
      });
      expect(aged).toHaveLength(watch.polls.length * groups.length);
      for (const { timeLag } of aged)
        expect([timeLag.method, isExact(timeLag)]).toEqual(['timestamps', true]);
      expectTrue(aged);
    });

    test('time to loss where retention goes by age: never too long, and short by one segment at most', async () => {
      const topic = 'kept-by-age';
      const groups = ['before any loss', 'after losses'] as const;
      await using raw = await openRawOffsets(cluster);
      // The topic matters to nobody, and is not looked at, before somebody has committed.
      await raw.commit('first', { [topic]: [0n] });
      await using traffic = await Traffic.start(cluster, { topic, partitions: 1, everyMs: recordEveryMs });
      const options = { groups: ['first', ...groups], policy, everyMs: pollEveryMs };
      await using seeing = new Watch(cluster, options);
      await using dating = new Watch(cluster, { ...options, datedTopics: [topic] });
      for (const watch of [seeing, dating]) await watch.until('a first poll', soonMs, () => true);
      const log = traffic.produced[0] as Produced[];
      for (const group of groups) {
        const offset = BigInt(log.length);
        await raw.commit(group, { [topic]: [offset] });
        const lostAt = await untilLost(topic, offset);
        for (const watch of [seeing, dating]) {
          await watch.until(
            'the loss is seen',
            soonMs,
            (seen) => partitionIn(seen, group, 0)?.verdict === 'data-lost',
          );
          const forecasts = forecastsIn(watch, group, lostAt);
          expect(forecasts.length).toBeGreaterThan(5);
          for (const { shortMs, looseMs } of forecasts) {
            expect(shortMs).toBeGreaterThanOrEqual(0);
            expect(shortMs).toBeLessThanOrEqual(segmentMs + recordEveryMs + checkMs + looseMs + lateMs);
          }
        }
      }
    });

    test('time to loss where retention goes by size: never too long, and short by one segment at most', async () => {
      const topic = 'kept-by-size';
      const groups = ['lost at once', 'large'] as const;
      await using raw = await openRawOffsets(cluster);
      await using traffic = await Traffic.start(cluster, {
        ...{ topic, partitions: 1, everyMs: recordEveryMs, bytes: recordBytes },
      });
      const log = traffic.produced[0] as Produced[];
      await raw.commit(groups[0], { [topic]: [0n] });
      await using watch = new Watch(cluster, { groups, policy, everyMs: pollEveryMs });
      await untilLost(topic, 0n);
      const offset = BigInt(log.length);
      await raw.commit(groups[1], { [topic]: [offset] });
      const lostAt = await untilLost(topic, offset);
      await watch.until(
        'the loss is seen',
        soonMs,
        (seen) => partitionIn(seen, groups[1], 0)?.verdict === 'data-lost',
      );
      const forecasts = forecastsIn(watch, groups[1], lostAt);
      expect(forecasts.length).toBeGreaterThan(3);
      const segmentRecords = segmentBytes / recordBytes;
      for (const { shortMs } of forecasts) {
        expect(shortMs).toBeGreaterThanOrEqual(0);
        expect(shortMs).toBeLessThanOrEqual(segmentRecords * recordEveryMs + checkMs + pollEveryMs + lateMs);
      }
    });
  });

  /** When the log's start passes the offset, looked at apart from every poll. */
  async function untilLost(topic: string, offset: bigint): Promise<EpochMs> {
    const startedAt = performance.now();
    for (;;) {
      const [partition] = await admin.fetchTopicOffsets(topic);
      if (BigInt(partition?.low ?? 0) > offset) return Date.now();
      if (performance.now() - startedAt > soonMs) throw new Error(`${topic}-0 still holds ${offset}`);
      await delay(lookEveryMs);
    }
  }
});

interface Aged {
  readonly timeLag: TimeLag;
  /** By our own clock, between these two. */
  readonly truthMs: readonly [number, number];
  /** The end may be read so long after a poll began. */
  readonly slowestMs: number;
}

/** Every age that was told of records that wait, with the true one. */
function agesIn(
  { polls }: Watch,
  groups: readonly string[],
  produced: (committed: bigint) => Produced,
): Aged[] {
  const slowestMs = Math.max(...polls.map(({ tookMs }) => tookMs));
  return polls.flatMap((seen) =>
    groups.flatMap((group) => {
      const finding = partitionIn(seen, group, 0);
      const timeLag = finding?.timeLag ?? null;
      if (finding === null || timeLag === null || timeLag.method === 'nothing-waits') return [];
      const { from, to } = produced(finding.reading.committed as bigint);
      const { at } = seen.snapshot;
      return [{ timeLag, truthMs: [at - to, at - from] as const, slowestMs }];
    }),
  );
}

/** No age is negative, its bounds hold, and where it is told as exact it is so within 2 s or 2 %. */
function expectTrue(aged: readonly Aged[]): void {
  for (const { timeLag, truthMs, slowestMs } of aged) {
    const { ms, atLeastMs, atMostMs } = timeLag;
    const [least, most] = truthMs;
    expect(atLeastMs).toBeGreaterThanOrEqual(0);
    expect(atLeastMs).toBeLessThanOrEqual(Math.max(0, most) + slowestMs);
    expect(atMostMs ?? most).toBeGreaterThanOrEqual(least);
    if (ms === null) continue;
    expect(ms).toBeGreaterThanOrEqual(0);
    if (isExact(timeLag)) expect(Math.abs(ms - most)).toBeLessThanOrEqual(Math.max(2 * second, 0.02 * most));
  }
}

/** What was told before the loss: by how much it was too short, and how loosely the record's age was known. */
function forecastsIn({ polls }: Watch, group: string, lostAt: EpochMs) {
  return polls.flatMap((seen) => {
    const { lossMs = null, timeLag = null } = partitionIn(seen, group, 0) ?? {};
    const { at } = seen.snapshot;
    if (lossMs === null || lossMs === 0 || at >= lostAt) return [];
    const looseMs = timeLag === null || timeLag.atMostMs === null ? 0 : timeLag.atMostMs - timeLag.atLeastMs;
    return [{ shortMs: lostAt - at - lossMs, looseMs }];
  });
}
