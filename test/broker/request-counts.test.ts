import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import type { Observation, ObserveScope } from '../../shared/usecases/observe-cluster.ts';
import { joinNewProtocolGroup, quickNewProtocol } from '../support/console-consumer.ts';
import { eventually } from '../support/eventually.ts';
import { freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const brokers = 3;
const lagOnly = { starts: false, stable: false, members: false };
const withLogs = { starts: true, stable: true, members: false };
const withMembers = { starts: true, stable: true, members: true };

/** What brokers and controllers send each other in a quiet cluster. */
const betweenBrokers =
  /^(Fetch|FetchFollower|FetchSnapshot|BrokerHeartbeat|AlterPartition|Vote|BeginQuorumEpoch|EndQuorumEpoch)$/;

describeWithKafka('requests of one poll, as the brokers count them', () => {
  let cluster: KafkaCluster;
  let reader: ClusterReader;

  beforeAll(async () => {
    const settings = quickNewProtocol;
    cluster = await startKafkaCluster({ version: '4.3', brokers, settings, countRequests: true });
    await createTopics(cluster, {
      orders: spread(cluster, { partitions: 6, replicas: 1 }),
      clicks: spread(cluster, { partitions: 30, replicas: 1 }),
    });
    await produce(cluster, { orders: [1, 2, 3, 4, 5, 6] });
    reader = freshReader(cluster.bootstrap);
    await leaveNewProtocolGroup();
  }, startMs);

  afterAll(async () => {
    reader?.close();
    await cluster?.stop();
  }, stopMs);

  /** A KIP-848 group without members: it is described by a request of its own, and asks for nothing meanwhile. */
  async function leaveNewProtocolGroup(): Promise<void> {
    const group = { group: 'new', topic: 'orders', properties: { 'auto.commit.interval.ms': '100' } };
    const consumer = joinNewProtocolGroup(cluster, group);
    const has = async (state: string) => {
      const { groups } = (await poll(reader)).snapshot;
      return groups.some((seen) => seen.group === 'new' && seen.state === state && seen.commits.length > 0);
    };
    await eventually('it has committed', 30_000, () => has('Stable'));
    const gone = once(consumer, 'exit');
    consumer.kill('SIGTERM');
    await gone;
    await eventually('it is empty', 30_000, () => has('Empty'));
  }

  async function counted(
    asking: ClusterReader,
    scope: Partial<ObserveScope>,
  ): Promise<{ observation: Observation; byBrokers: Record<string, number> }> {
    const before = await cluster.requestCounts();
    const observation = await poll(asking, scope);
    const after = await cluster.requestCounts();
    const added = [...after]
      .map(([api, count]) => [api, count - (before.get(api) ?? 0)] as const)
      .filter(([api, count]) => count !== 0 && !betweenBrokers.test(api));
    expect(observation.snapshot.unread).toEqual([]);
    return { observation, byBrokers: Object.fromEntries(added) };
  }

  describe.each([10, 500])('%i groups', (count) => {
    beforeAll(async () => {
      await using raw = await openRawOffsets(cluster);
      const ids = Array.from({ length: count - 1 }, (_, i) => `group ${i}`);
      await Promise.all(ids.map((id, i) => raw.commit(id, { orders: [1n, 2n, 0n], clicks: [BigInt(i)] })));
      const { snapshot } = await poll(reader);
      expect(snapshot.groups).toHaveLength(count);
      expect(new Set(snapshot.groups.map(({ coordinator }) => coordinator)).size).toBe(brokers);
    }, 60_000);

    test('lag alone takes 3B + 1, and a poll that follows another opens no connection', async () => {
      const { observation, byBrokers } = await counted(reader, lagOnly);
      expect(byBrokers).toEqual({
        Metadata: 1,
        ListGroups: brokers,
        OffsetFetch: brokers,
        ListOffsets: brokers,
      });
      expect(total(byBrokers)).toBe(3 * brokers + 1);
      expect(Object.fromEntries(observation.requests)).toEqual(byBrokers);
    });

    test('starts and stable offsets make it 5B + 1', async () => {
      const { observation, byBrokers } = await counted(reader, withLogs);
      expect(byBrokers).toEqual({
        Metadata: 1,
        ListGroups: brokers,
        OffsetFetch: brokers,
        ListOffsets: 3 * brokers,
      });
      expect(total(byBrokers)).toBe(5 * brokers + 1);
      expect(Object.fromEntries(observation.requests)).toEqual(byBrokers);
    });

    test('members of both protocols add 2B at most', async () => {
      const { observation, byBrokers } = await counted(reader, withMembers);
      expect(byBrokers).toEqual({
        Metadata: 1,
        ListGroups: brokers,
        OffsetFetch: brokers,
        ListOffsets: 3 * brokers,
        DescribeGroups: brokers,
        // One group of the new protocol, so one coordinator is asked.
        ConsumerGroupDescribe: 1,
      });
      expect(total(byBrokers)).toBeLessThanOrEqual(7 * brokers + 1);
      expect(Object.fromEntries(observation.requests)).toEqual(byBrokers);
    });

    test('the first poll of a process opens one connection a broker, at one request each', async () => {
      const fresh = freshReader(cluster.bootstrap);
      try {
        const { observation, byBrokers } = await counted(fresh, lagOnly);
        expect(byBrokers).toEqual({
          ApiVersions: brokers,
          Metadata: 1,
          ListGroups: brokers,
          OffsetFetch: brokers,
          ListOffsets: brokers,
        });
        expect(Object.fromEntries(observation.requests)).toEqual(byBrokers);
      } finally {
        fresh.close();
      }
    });
  });
});

function total(byApi: Readonly<Record<string, number>>): number {
  return Object.values(byApi).reduce((sum, count) => sum + count, 0);
}
