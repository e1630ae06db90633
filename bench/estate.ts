import type { KafkaCluster } from '../local/kafka/cluster.ts';
import { openRawOffsets } from '../test/support/raw-offsets.ts';
import { createTopics, produce, spread } from '../test/support/topics.ts';

/** How large an estate is: every group commits on all partitions of `topicsPerGroup` of the topics. */
export interface EstateSize {
  readonly name: string;
  readonly groups: number;
  readonly topics: number;
  readonly partitionsPerTopic: number;
  readonly topicsPerGroup: number;
}

export const estateSizes: readonly EstateSize[] = [
  { name: 'S', groups: 50, topics: 20, partitionsPerTopic: 12, topicsPerGroup: 20 },
  { name: 'M', groups: 200, topics: 50, partitionsPerTopic: 24, topicsPerGroup: 10 },
  { name: 'L', groups: 500, topics: 100, partitionsPerTopic: 50, topicsPerGroup: 4 },
];

/** Records in each partition; commits lie somewhere below. */
const recordsPerPartition = 10;

/** Group requests under way at once: coordinators answer one another's replicas before they answer us. */
const atOnce = 16;

/** Fills an empty cluster, with commits that differ from partition to partition. */
export async function fillEstate(cluster: KafkaCluster, size: EstateSize): Promise<void> {
  const names = Array.from({ length: size.topics }, (_, i) => `topic-${i}`);
  const layout = spread(cluster, { partitions: size.partitionsPerTopic, replicas: 1 });
  await createTopics(cluster, Object.fromEntries(names.map((name) => [name, layout])));
  const counts = Array.from({ length: size.partitionsPerTopic }, () => recordsPerPartition);
  for (const name of names) await produceInTime(cluster, { [name]: counts });
  const offsets = await openRawOffsets(cluster);
  const commit = async (group: number) => {
    const own = Array.from(
      { length: size.topicsPerGroup },
      (_, i) => (group * size.topicsPerGroup + i) % size.topics,
    );
    const committed = Array.from({ length: size.partitionsPerTopic }, (_, p) =>
      BigInt((group + p) % recordsPerPartition),
    );
    await offsets.commit(
      `group-${group}`,
      Object.fromEntries(own.map((topic) => [`topic-${topic}`, committed])),
    );
  };
  for (let from = 0; from < size.groups; from += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, size.groups - from) }, (_, i) => commit(from + i)),
    );
  }
  await offsets[Symbol.asyncDispose]();
}

/** A broker under load may take longer to lead what Metadata says that it leads than one producer goes on trying. */
async function produceInTime(cluster: KafkaCluster, counts: Record<string, number[]>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await produce(cluster, counts);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}
