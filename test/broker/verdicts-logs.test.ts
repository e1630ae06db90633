import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Consumer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { PolicySettings } from '../../shared/domain/policy.ts';
import { eventually } from '../support/eventually.ts';
import { kafkajsClient } from '../support/kafkajs-client.ts';
import { joinClassicGroup } from '../support/kafkajs-member.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { Traffic } from '../support/traffic.ts';
import { partitionIn, Watch } from '../support/watch.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';
import { joinToWork } from '../support/working-member.ts';

const policy: PolicySettings = { patienceMs: 3000, rebalanceGraceMs: 3000 };
/** On a machine that others load as well. */
const soonMs = 30_000;
/** A transaction's time is up long after the patience. */
const transactionMs = 9000;

describeWithKafka('what befalls a log under its readers', () => {
  let cluster: KafkaCluster;
  let admin: Admin;

  beforeAll(async () => {
    cluster = await startKafkaCluster({
      version: '4.3',
      brokers: 1,
      settings: { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '500' },
    });
    const one = spread(cluster, { partitions: 1, replicas: 1 });
    await createTopics(cluster, {
      ledger: spread(cluster, { partitions: 2, replicas: 1 }),
      ...{ earliest: one, latest: one, rates: one },
    });
    admin = kafkajsClient(cluster, 'admin').admin();
    await admin.connect();
  }, startMs);

  afterAll(async () => {
    await admin?.disconnect();
    await cluster?.stop();
  }, stopMs);

  describe.concurrent('four groups', () => {
    test('a hung transaction: blocked, with its partition; resolved when its time is up', async () => {
      const group = 'ledger keeper';
      const topic = 'ledger';
      await using traffic = await Traffic.start(cluster, { topic, partitions: 2 });
      await using _member = await joinToWork(cluster, { group, topic, clientId: 'one' });
      await using watch = new Watch(cluster, { groups: [group], policy });
      const payer = kafkajsClient(cluster, 'payer').producer({
        ...{ transactionalId: 'payer', transactionTimeout: transactionMs },
        ...{ idempotent: true, maxInFlightRequests: 1 },
      });
      await payer.connect();
      try {
        await watch.untilAtWork(group, 2, soonMs);
        const transaction = await payer.transaction();
        const [sent] = await transaction.send({
          topic,
          messages: [1, 2, 3].map((n) => ({ partition: 1, value: `${n}` })),
        });
        const stable = BigInt(sent?.baseOffset ?? -1);
        // From here on its producer says nothing any more.
        const opened = await watch.untilTold('opened', soonMs);
        expect(opened).toMatchObject({
          ...{ severity: 'critical', toVerdict: 'blocked', scope: { breadth: 'partition', topics: [topic] } },
          reason: expect.stringMatching(new RegExp(`^ledger-1: an open transaction .* at ${stable},`)),
        });
        const blocked = watch.polls.at(-1)?.findings.get(group)?.worst;
        expect(blocked).toMatchObject({
          verdict: 'blocked',
          evidence: { stable, lag: expect.any(BigInt) },
          reading: { topic, partition: 1, committed: stable, stable },
        });
        expect(traffic.produced.length).toBe(2);
        await watch.untilTold('resolved', soonMs);
        expect(watch.story).toEqual(['suspected critical', 'opened critical', 'resolved ok']);
        const severities = watch.polls.map((seen) => partitionIn(seen, group, 0)?.severity);
        expect(severities).not.toContain('critical');
      } finally {
        await payer.disconnect();
      }
    });

    test.for(['earliest', 'latest'] as const)(
      'records deleted under a slow group that reads on from %s: the exact count, kept; told although it had jumped on',
      async (reset) => {
        const topic = reset;
        const group = `reads on from ${reset}`;
        await using raw = await openRawOffsets(cluster);
        await produce(cluster, { [topic]: [20] });
        await raw.commit(group, { [topic]: [0n] });
        await using member = await joinToWork(cluster, {
          ...{ group, topic, clientId: 'slow', fromBeginning: reset === 'earliest' },
        });
        await using watch = new Watch(cluster, { groups: [group], policy });
        const standing = (committed: bigint) =>
          watch.until(`the group stands at ${committed}`, soonMs, (seen) => {
            const finding = partitionIn(seen, group, 0);
            return finding?.reading.committed === committed && finding;
          });
        await standing(20n);
        member.pause();
        await produce(cluster, { [topic]: [80] });
        await raw.deleteRecordsBefore({ [topic]: [50n] });
        const lost = await watch.until('the loss is seen', soonMs, (seen) => {
          const finding = partitionIn(seen, group, 0);
          return finding?.verdict === 'data-lost' && finding;
        });
        expect(lost).toMatchObject({
          severity: 'critical',
          evidence: { lost: 30n, from: 20n, to: 50n },
          recordsLost: 30n,
        });
        // It jumps on before the next poll, over ten more that went meanwhile.
        watch.hold();
        expect(watch.story).toEqual(['suspected critical']);
        await raw.deleteRecordsBefore({ [topic]: [60n] });
        member.resume();
        const end = await eventually('the group has read on', soonMs, async () => {
          // A reader at the end commits when it is given something.
          if (reset === 'latest') await produce(cluster, { [topic]: [1] });
          const [commits] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
          const committed = BigInt(commits?.partitions[0]?.offset ?? -1);
          return committed >= 100n && committed;
        });
        watch.goOn();
        const opened = await watch.untilTold('opened', soonMs);
        expect(opened).toMatchObject({ severity: 'critical', toVerdict: 'data-lost', recordsLost: 40n });
        const after = await watch.until('it is seen where it has jumped to', soonMs, (seen) => {
          const finding = partitionIn(seen, group, 0);
          return (finding?.reading.committed ?? 0n) >= end && finding;
        });
        expect(after).toMatchObject({
          verdict: 'data-lost',
          evidence: { lost: 40n, from: 20n, to: 60n },
          recordsLost: 40n,
        });
      },
    );

    test('a topic made anew while a reader lives on: recreated, until the reader is set right', async () => {
      const group = 'living on';
      const topic = 'rates';
      await produce(cluster, { [topic]: [40] });
      const reader: Consumer = await joinClassicGroup(cluster, { group, topic, clientId: 'own offsets' });
      let position: bigint | null = 40n;
      let isStopped = false;
      let latest = Promise.resolve();
      // It keeps its position itself, and commits it whatever Kafka says.
      const commit = (offset: bigint) =>
        reader.commitOffsets([{ topic, partition: 0, offset: `${offset}` }]).catch(() => {});
      const committing = (async () => {
        while (!isStopped) {
          if (position !== null) latest = commit(position);
          await latest;
          await delay(200);
        }
      })();
      try {
        await using watch = new Watch(cluster, { groups: [group], policy });
        const old = await watch.until('it has read the old log', soonMs, (seen) => {
          const finding = partitionIn(seen, group, 0);
          return finding?.verdict === 'caught-up' && finding.reading.committed === 40n && seen;
        });
        position = null;
        await latest;
        await admin.deleteTopics({ topics: [topic] });
        // Named as missing while the group still speaks of it, and not at all once Kafka has dropped its commit.
        await watch.until(
          'the topic is gone',
          soonMs,
          ({ snapshot }) =>
            !snapshot.topics.has(topic) || snapshot.unread.some(({ scope }) => scope === 'topic'),
        );
        await createTopics(cluster, { [topic]: spread(cluster, { partitions: 1, replicas: 1 }) });
        await produce(cluster, { [topic]: [10] });
        await watch.until('Kafka has dropped the commit', soonMs, (later) => {
          const finding = partitionIn(later, group, 0);
          return finding?.reading.lag === 'no-commit' && finding.reading.end === 10n;
        });
        position = 40n;
        const opened = await watch.untilTold('opened', soonMs);
        expect(opened).toMatchObject({ severity: 'critical', toVerdict: 'recreated' });
        const seen = watch.polls.at(-1);
        const recreated = partitionIn(seen as never, group, 0);
        expect(recreated).toMatchObject({
          verdict: 'recreated',
          evidence: {
            committed: 40n,
            end: 10n,
            oldTopicId: old.snapshot.topics.get(topic)?.id,
            newTopicId: seen?.snapshot.topics.get(topic)?.id,
          },
        });
        // The new log grows past it, and still it stands on the old one.
        await produce(cluster, { [topic]: [50] });
        const passed = await watch.until('the new log is longer', soonMs, (later) => {
          const finding = partitionIn(later, group, 0);
          return finding?.reading.end === 60n && finding;
        });
        expect(passed).toMatchObject({ verdict: 'recreated', severity: 'critical' });
        position = 60n;
        await watch.untilTold('resolved', soonMs);
        expect(watch.story).toEqual(['suspected critical', 'opened critical', 'resolved ok']);
      } finally {
        isStopped = true;
        await committing;
        await reader.disconnect();
      }
    });
  });
});
