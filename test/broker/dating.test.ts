import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import type { EpochMs, Offset } from '../../shared/domain/offset.ts';
import type { DatedOffset, Snapshot } from '../../shared/domain/snapshot.ts';
import type { Suspect } from '../../shared/domain/suspects.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import { type Dating, dateSuspects } from '../../shared/usecases/date-suspects.ts';
import { rememberConfigs } from '../../shared/usecases/remember-configs.ts';
import { kafkajsClient } from '../support/kafkajs-client.ts';
import { freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const brokers = 3;
const [minute, hour] = [60_000, 3_600_000];
const now = Date.now();

/** When each record of a partition was produced, offset by offset. */
const producedAt: Record<string, readonly (readonly EpochMs[])[]> = {
  steady: [0, 1, 2].map((partition) =>
    Array.from({ length: 4000 }, (_, i) => now - 50 * hour + i * 45_000 + ((i * 7919 + partition) % 9000)),
  ),
  // Every two hours a few seconds of records, many stamped alike.
  bursts: [
    Array.from(
      { length: 3000 },
      (_, i) => now - 40 * hour + Math.floor(i / 150) * 2 * hour + Math.floor((i % 150) / 3) * 7,
    ),
  ],
  // Each third record comes an hour late.
  disordered: [
    Array.from({ length: 600 }, (_, i) => now - 20 * hour + i * minute - (i % 3 === 2 ? hour : 0)),
  ],
};

/** Where groups stand, by topic. */
const offsets: Record<string, readonly (readonly number[])[]> = {
  steady: [
    [0, 1, 2000, 3998, 3999],
    [5, 100, 1234, 2500],
    [17, 3000],
  ],
  bursts: [[0, 1, 149, 150, 151, 1499, 2850, 2999]],
  disordered: [[0, 2, 3, 299, 300, 599]],
  stamped: [[0, 5, 10, 15, 45, 49]],
};

describeWithKafka('dating on real brokers', () => {
  let cluster: KafkaCluster;
  let reader: ClusterReader;
  let seen: Snapshot;
  let dating: Dating;
  let byBrokers: number;
  /** When the broker stamped each batch of ten: not before, and not after. */
  const stampedBetween: [EpochMs, EpochMs][] = [];

  beforeAll(async () => {
    cluster = await startKafkaCluster({ version: '4.3', brokers, countRequests: true });
    await fill();
    reader = freshReader(cluster.bootstrap);
    const addConfigs = rememberConfigs(reader, systemClock);
    await using raw = await openRawOffsets(cluster);
    for (const [topic, partitions] of Object.entries(offsets)) {
      const most = Math.max(...partitions.map((some) => some.length));
      for (let i = 0; i < most; i++) {
        const committed = partitions.map((some) =>
          some[i] === undefined ? null : BigInt(some[i] as number),
        );
        await raw.commit(`${topic} ${i}`, { [topic]: committed });
      }
    }
    const signal = AbortSignal.timeout(30_000);
    const observation = await addConfigs(await poll(reader), signal);
    expect(observation.requests.get('DescribeConfigs')).toBe(1);
    seen = observation.snapshot;
    const before = (await cluster.requestCounts()).get('ListOffsets') ?? 0;
    dating = await dateSuspects(reader, seen, suspectsOf(seen), systemClock, signal);
    byBrokers = ((await cluster.requestCounts()).get('ListOffsets') ?? 0) - before;
  }, startMs);

  afterAll(async () => {
    reader?.close();
    await cluster?.stop();
  }, stopMs);

  async function fill(): Promise<void> {
    const client = kafkajsClient(cluster, 'producer');
    const admin = client.admin();
    await admin.connect();
    const keepAll = { name: 'retention.ms', value: '-1' };
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: 'steady',
          numPartitions: 3,
          replicationFactor: 1,
          configEntries: [keepAll, { name: 'retention.bytes', value: '9007199254740993' }],
        },
        {
          topic: 'bursts',
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: [{ name: 'retention.ms', value: '432000000' }],
        },
        {
          topic: 'disordered',
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: [keepAll, { name: 'cleanup.policy', value: 'compact,delete' }],
        },
        {
          topic: 'stamped',
          numPartitions: 1,
          replicationFactor: 1,
          configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }],
        },
      ],
    });
    await admin.disconnect();
    const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [topic, partitions] of Object.entries(producedAt)) {
      for (const [partition, times] of partitions.entries()) {
        for (let from = 0; from < times.length; from += 100) {
          await producer.send({
            topic,
            messages: times.slice(from, from + 100).map((at, i) => ({
              partition,
              key: `${from + i}`,
              value: 'record',
              timestamp: String(at),
            })),
          });
        }
      }
    }
    for (let batch = 0; batch < 5; batch++) {
      const from = Date.now();
      const messages = Array.from({ length: 10 }, () => ({
        value: 'record',
        timestamp: String(now - 40 * hour),
      }));
      await producer.send({ topic: 'stamped', messages });
      stampedBetween.push([from, Date.now()]);
      await sleep(200);
    }
    await producer.disconnect();
  }

  function suspectsOf({ groups }: Snapshot): Suspect[] {
    return groups.flatMap(({ commits }) =>
      commits.flatMap(({ topic, partitions, offsets: committed }) =>
        partitions.map((partition, i) => ({ topic, partition, offset: committed[i] as Offset })),
      ),
    );
  }

  const datesOf = (topic: string): DatedOffset[] =>
    dating.snapshot.dated.filter((one) => one.topic === topic);
  const truthOf = ({ topic, partition, offset }: DatedOffset): EpochMs =>
    producedAt[topic]?.[partition]?.[Number(offset)] as EpochMs;

  test('what topics keep, and whose clock stamps them', () => {
    const configs = [...seen.topics.values()].map(({ name, config }) => [name, config]);
    const usual = { retentionBytes: 'unlimited', compacted: false, timestampType: 'CreateTime' };
    expect(Object.fromEntries(configs)).toEqual({
      steady: { ...usual, retentionMs: 'unlimited', retentionBytes: 9007199254740993n },
      bursts: { ...usual, retentionMs: 432_000_000 },
      disordered: { ...usual, retentionMs: 'unlimited', compacted: true },
      stamped: { ...usual, retentionMs: 604_800_000, timestampType: 'LogAppendTime' },
    });
  });

  test('all are dated, in eight rounds of at most four requests to each broker, as the brokers count them', () => {
    expect(dating.undated).toEqual([]);
    expect(dating.snapshot.dated).toHaveLength(Object.values(offsets).flat(2).length);
    expect(dating.rounds).toBeLessThanOrEqual(8);
    expect(Object.fromEntries(dating.requests)).toEqual({ ListOffsets: byBrokers });
    expect(byBrokers).toBeLessThanOrEqual(dating.rounds * 4 * brokers);
  });

  test('records of a steady topic are dated within 2 s or 2 %, and exactly where it says so', () => {
    for (const one of datesOf('steady')) {
      const truth = truthOf(one);
      const near = Math.max(2000, 0.02 * (now - truth));
      expect([one.notBefore <= truth, truth <= one.notAfter, one.offset]).toEqual([true, true, one.offset]);
      expect(one.notAfter - one.notBefore).toBeLessThanOrEqual(near);
    }
  });

  test('bursts and records stamped alike lie in their brackets', () => {
    for (const one of datesOf('bursts')) {
      const truth = truthOf(one);
      expect(one.notBefore).toBeLessThanOrEqual(truth);
      expect(one.notAfter).toBeGreaterThanOrEqual(truth);
    }
  });

  test('exact is true even where records come out of order', () => {
    const exact = dating.snapshot.dated.filter(
      ({ topic, notBefore, notAfter }) => topic !== 'stamped' && notBefore === notAfter,
    );
    expect(exact.map(({ notBefore }) => notBefore)).toEqual(exact.map(truthOf));
    expect(exact.length).toBeGreaterThan(5);
    for (const one of datesOf('disordered')) expect(one.notAfter).toBeGreaterThanOrEqual(truthOf(one));
  });

  test('where the broker stamps, it is its clock that is told, and every record exactly', () => {
    const dated = datesOf('stamped');
    expect(dated).toHaveLength(offsets['stamped']?.[0]?.length ?? 0);
    for (const { offset, notBefore, notAfter } of dated) {
      const [from, until] = stampedBetween[Math.floor(Number(offset) / 10)] as [EpochMs, EpochMs];
      expect(notBefore).toBe(notAfter);
      expect(notBefore).toBeGreaterThanOrEqual(from);
      expect(notAfter).toBeLessThanOrEqual(until);
    }
  });

  // The last one: it deletes records.
  test('below a start that moved up, the first record that is left is dated', async () => {
    await using raw = await openRawOffsets(cluster);
    await raw.deleteRecordsBefore({ steady: [500n] });
    const { snapshot } = await poll(reader);
    const suspect: Suspect = { topic: 'steady', partition: 0, offset: 1n as Offset };
    const signal = AbortSignal.timeout(30_000);
    const fresh = await dateSuspects(reader, snapshot, [suspect], systemClock, signal);
    const first = producedAt['steady']?.[0]?.[500];
    expect(fresh.snapshot.dated).toEqual([{ ...suspect, notBefore: first, notAfter: first }]);
    // With the start of the poll before, it is only known that a later record comes first now.
    const stale = await dateSuspects(reader, { ...seen, dated: [] }, [suspect], systemClock, signal);
    expect(stale.undated).toMatchObject([{ ...suspect, reason: 'deleted' }]);
  });
});
