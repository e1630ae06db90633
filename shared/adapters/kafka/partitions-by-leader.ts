import type { BrokerId, PartitionsByTopic } from '../../domain/offset.ts';
import type { UnreadCause } from '../../domain/unread.ts';
import type { OffsetRead, TopicTopology } from '../../ports/cluster-reader.ts';

const leaderless: UnreadCause = {
  reason: 'leaderless',
  detail: 'it has no leader: none of its replicas that may lead is up',
};
const unknownPartition: UnreadCause = {
  reason: 'topic-missing',
  detail: 'the cluster does not name this partition',
};

/** Sorts the wanted partitions by leader; what has none is settled at once. */
export function groupByLeader(
  wanted: PartitionsByTopic,
  topics: ReadonlyMap<string, TopicTopology>,
  read: Map<string, Map<number, OffsetRead>>,
): Map<BrokerId, Map<string, number[]>> {
  const byLeader = new Map<BrokerId, Map<string, number[]>>();
  for (const [topic, numbers] of wanted) {
    const leaders = topics.get(topic)?.leaders;
    const ofTopic = read.get(topic) ?? new Map<number, OffsetRead>();
    read.set(topic, ofTopic);
    for (const number of numbers) {
      const leader = leaders?.get(number);
      if (leader === undefined || leader === null) {
        ofTopic.set(number, leader === null ? leaderless : unknownPartition);
        continue;
      }
      const ofLeader = byLeader.get(leader) ?? new Map<string, number[]>();
      byLeader.set(leader, ofLeader);
      push(ofLeader, topic, number);
    }
  }
  return byLeader;
}

/** Adds a partition to a topic's list. */
export function push(byTopic: Map<string, number[]>, topic: string, partition: number): void {
  const numbers = byTopic.get(topic);
  if (numbers === undefined) byTopic.set(topic, [partition]);
  else numbers.push(partition);
}
