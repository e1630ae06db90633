import type { KafkaCluster } from '../../local/kafka/cluster.ts';
import { viewOfCluster } from '../../local/kafka/probe.ts';
import { eventually } from './eventually.ts';
import { kafkajsClient } from './kafkajs-client.ts';

/** By topic, the brokers that hold each partition; the first of them leads it. */
export type Layout = Readonly<Record<string, readonly (readonly number[])[]>>;

/** A topic's own settings, by Kafka's names. */
export type TopicSettings = Readonly<Record<string, string>>;

/**
 * Creates the topics exactly as laid out, and resolves when every broker knows all of their leaders.
 *
 * @param settings by topic; those of the brokers hold for the rest
 */
export async function createTopics(
  cluster: KafkaCluster,
  layout: Layout,
  settings: Readonly<Record<string, TopicSettings>> = {},
): Promise<void> {
  const admin = kafkajsClient(cluster, 'topics').admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: false,
      topics: Object.entries(layout).map(([topic, partitions]) => ({
        topic,
        replicaAssignment: partitions.map((replicas, partition) => ({ partition, replicas: [...replicas] })),
        configEntries: Object.entries(settings[topic] ?? {}).map(([name, value]) => ({ name, value })),
      })),
    });
  } finally {
    await admin.disconnect();
  }
  const wanted = Object.values(layout).flat().length;
  await eventually('every broker knows the leaders of the new topics', 30_000, async () => {
    const views = await Promise.all(cluster.brokers.map(({ port }) => viewOfCluster(port, 5000)));
    return views.every(
      ({ partitions }) =>
        partitions.filter(({ topic, leader }) => topic in layout && leader > 0).length === wanted,
    );
  });
}

/** Partitions spread over the brokers, each held by so many of them. */
export function spread(
  cluster: KafkaCluster,
  { partitions, replicas }: { readonly partitions: number; readonly replicas: number },
): number[][] {
  const ids = cluster.brokers.map(({ id }) => id);
  return Array.from({ length: partitions }, (_, partition) =>
    Array.from({ length: replicas }, (_, replica) => ids[(partition + replica) % ids.length] as number),
  );
}

/** Appends records: exactly `counts[p]` of them to partition p of each topic. */
export async function produce(
  cluster: KafkaCluster,
  counts: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  // Idempotent, so that a request that is sent again does not append its records twice.
  const producer = kafkajsClient(cluster, 'producer').producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    await producer.sendBatch({
      topicMessages: Object.entries(counts).map(([topic, ofPartitions]) => ({
        topic,
        messages: ofPartitions.flatMap((count, partition) =>
          Array.from({ length: count }, (_, i) => ({ partition, value: `record ${i}` })),
        ),
      })),
    });
  } finally {
    await producer.disconnect();
  }
}
