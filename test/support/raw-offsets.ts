import Cluster from 'kafkajs/src/cluster/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';

/** Offsets by topic; `offsets[p]` belongs to partition p, and `null` leaves the partition out. */
export type OffsetsByTopic = Readonly<Record<string, readonly (bigint | null)[]>>;

const silent = { info() {}, error() {}, warn() {}, debug() {}, namespace: () => silent };

/**
 * OffsetCommit and DeleteRecords as single requests: commits without a member (generation −1), as an application does
 * that keeps out of group management, and a log start moved as fast as a broker can. Dispose of it to disconnect.
 */
export interface RawOffsets extends AsyncDisposable {
  commit(group: string, offsets: OffsetsByTopic): Promise<void>;
  /** Moves the start of each partition up to the offset. */
  deleteRecordsBefore(offsets: OffsetsByTopic): Promise<void>;
}

export async function openRawOffsets(kafka: KafkaCluster): Promise<RawOffsets> {
  const cluster = new Cluster({
    logger: silent,
    socketFactory: createSocketFactory() as never,
    brokers: kafka.bootstrap.split(','),
    clientId: 'raw-offsets',
    connectionTimeout: 5000,
    enforceRequestTimeout: false,
    metadataMaxAge: 300_000,
    retry: {},
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
  });
  await cluster.connect();
  const coordinators = new Map<string, ReturnType<typeof cluster.findGroupCoordinator>>();
  return {
    async commit(group, offsets) {
      const coordinator = coordinators.get(group) ?? cluster.findGroupCoordinator({ groupId: group });
      coordinators.set(group, coordinator);
      const topics = toTopics(offsets);
      await (await coordinator).offsetCommit({ groupId: group, groupGenerationId: -1, memberId: '', topics });
    },
    async deleteRecordsBefore(offsets) {
      await cluster.addMultipleTargetTopics(Object.keys(offsets));
      const requests = toTopics(offsets).flatMap(({ topic, partitions }) => {
        const leaders = cluster.findLeaderForPartitions(
          topic,
          partitions.map(({ partition }) => partition),
        );
        return Object.entries(leaders).map(async ([nodeId, led]) => {
          const own = partitions.filter(({ partition }) => led.includes(partition));
          await (await cluster.findBroker({ nodeId })).deleteRecords({
            topics: [{ topic, partitions: own }],
          });
        });
      });
      await Promise.all(requests);
    },
    [Symbol.asyncDispose]: () => cluster.disconnect(),
  };
}

function toTopics(offsets: OffsetsByTopic) {
  return Object.entries(offsets).map(([topic, byPartition]) => ({
    topic,
    partitions: byPartition.flatMap((offset, partition) =>
      offset === null ? [] : [{ partition, offset: offset.toString() }],
    ),
  }));
}
