import type { Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import { eventually } from '../support/eventually.ts';
import { kafkajsClient } from '../support/kafkajs-client.ts';
import { joinClassicGroup } from '../support/kafkajs-member.ts';
import { findingOf, freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

describeWithKafka('transactions', () => {
  let cluster: KafkaCluster;
  let reader: ClusterReader;
  let producer: Producer;

  beforeAll(async () => {
    cluster = await startKafkaCluster({ version: '4.3', brokers: 1 });
    await createTopics(cluster, { payments: spread(cluster, { partitions: 2, replicas: 1 }) });
    await produce(cluster, { payments: [10, 10] });
    await using raw = await openRawOffsets(cluster);
    await raw.commit('ledger', { payments: [10n, 4n] });
    reader = freshReader(cluster.bootstrap);
    producer = kafkajsClient(cluster, 'payer').producer({
      transactionalId: 'payer',
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
  }, startMs);

  afterAll(async () => {
    reader?.close();
    await producer?.disconnect();
    await cluster?.stop();
  }, stopMs);

  /** Offsets and lag of the group that waits at the first record of the transaction. */
  async function payments(partition: number) {
    const { start, committed, stable, end, lag } = findingOf(
      await poll(reader),
      'ledger',
      'payments',
      partition,
    ).reading;
    return { start, committed, stable, end, lag };
  }

  test.each(['abort', 'commit'] as const)(
    'an open transaction holds stable below the end, lag counts to the end, and %s lets stable go',
    async (ending) => {
      const before = await payments(0);
      expect(before.stable).toBe(before.end);
      const untouched = await payments(1);

      const transaction = await producer.transaction();
      await transaction.send({ topic: 'payments', messages: threeRecords });
      const during = await eventually('the records are readable', 10_000, async () => {
        const seen = await payments(0);
        return seen.end === (before.end ?? 0n) + 3n && seen;
      });
      expect(during.stable).toBe(before.end);
      expect(during.lag).toBe((during.end ?? 0n) - 10n);
      expect(await payments(1)).toEqual(untouched);

      await transaction[ending]();
      const after = await eventually('the transaction has ended', 10_000, async () => {
        const seen = await payments(0);
        return seen.stable === seen.end && seen;
      });
      // The marker of the transaction's end takes an offset of its own.
      expect(after.end).toBe((during.end ?? 0n) + 1n);
      expect(after.lag).toBe((after.end ?? 0n) - 10n);
    },
  );

  test('the evidence tells how much an open transaction holds back right at the commit', async () => {
    const { end } = await payments(0);
    await using raw = await openRawOffsets(cluster);
    await raw.commit('at the transaction', { payments: [end] });
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'payments', messages: threeRecords });
    const held = await eventually('the records are readable', 10_000, async () => {
      const seen = findingOf(await poll(reader), 'at the transaction', 'payments', 0);
      return seen.reading.end === (end ?? 0n) + 3n && seen;
    });
    await transaction.abort();
    expect(held).toMatchObject({ verdict: 'observing', evidence: { lag: 3n, heldByTransaction: 3n } });
  });

  test('a commit that a transaction is about to move is no loss, though the log starts behind it by now', async () => {
    const group = 'exactly-once';
    await using raw = await openRawOffsets(cluster);
    await raw.commit(group, { payments: [null, 4n] });
    const member = await joinClassicGroup(cluster, { group, topic: 'payments', clientId: 'streams' });
    const transaction = await producer.transaction();
    await transaction.sendOffsets({
      consumerGroupId: group,
      topics: [{ topic: 'payments', partitions: [{ partition: 1, offset: '9' }] }],
    });
    // As Kafka Streams purges a repartition topic: behind the commit that it has made, and others cannot see yet.
    await raw.deleteRecordsBefore({ payments: [null, 8n] });
    const during = findingOf(await poll(reader), group, 'payments', 1);
    expect(during).toMatchObject({
      verdict: 'unknown',
      evidence: { detail: expect.stringContaining('UNSTABLE_OFFSET_COMMIT') },
    });
    await transaction.commit();
    const after = await eventually('the commit is visible', 10_000, async () => {
      const seen = findingOf(await poll(reader), group, 'payments', 1);
      return seen.reading.committed === 9n && seen;
    });
    expect(after.reading.lag).toBe((after.reading.end ?? 0n) - 9n);
    await member.disconnect();
  });
});

const threeRecords = ['a', 'b', 'c'].map((value) => ({ partition: 0, value }));
