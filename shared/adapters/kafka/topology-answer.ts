import { Fault } from '../../domain/fault.ts';
import type { BrokerId } from '../../domain/offset.ts';
import type { Unread } from '../../domain/unread.ts';
import type { TopicTopology, Topology } from '../../ports/cluster-reader.ts';
import { kafkaCause } from './attempt.ts';
import type { MetadataAnswer } from './messages/metadata.ts';

/** Kafka's own topic of commits: a partition of it that has no leader hides all the groups that hash to it. */
const offsetsTopic = '__consumer_offsets';

/**
 * What Metadata says of the cluster, with the brokers and groups that it shows to be missing.
 *
 * @throws Fault `kafka-error` where it names no broker, not even the one that answered: an error in disguise, which must
 * not pass for an empty cluster.
 */
export function toTopology(answer: MetadataAnswer): Topology {
  if (answer.brokers.length === 0) {
    throw new Fault('kafka-error', 'the broker that answered names no broker of the cluster', {
      remedy: 'look at its log, and at the login of this connection',
    });
  }
  const { topics, unread } = toTopics(answer);
  return {
    clusterId: answer.clusterId,
    brokers: answer.brokers.map((broker) => broker.id).sort((a, b) => a - b),
    topics,
    unread: [...absentBrokers(answer), ...hiddenGroups(topics.get(offsetsTopic)), ...unread],
  };
}

/** Topics with the leaders of their partitions, and those that could not be described. */
export function toTopics(answer: MetadataAnswer): { topics: Map<string, TopicTopology>; unread: Unread[] } {
  const topics = new Map<string, TopicTopology>();
  const unread: Unread[] = [];
  for (const { name, error, id, partitions } of answer.topics) {
    if (error !== 0 && partitions.length === 0) {
      unread.push({ scope: 'topic', topic: name, ...kafkaCause(error, 'Metadata') });
      continue;
    }
    const leaders = new Map<number, BrokerId | null>();
    for (const { partition, leader } of partitions) leaders.set(partition, leader < 0 ? null : leader);
    topics.set(name, { id, leaders });
  }
  return { topics, unread };
}

/** Brokers that hold replicas but are not among the living. */
function absentBrokers(answer: MetadataAnswer): Unread[] {
  const alive = new Set(answer.brokers.map((broker) => broker.id));
  const replicasByBroker = new Map<BrokerId, number>();
  for (const { partitions } of answer.topics) {
    for (const { replicas } of partitions) {
      for (const replica of replicas) {
        if (!alive.has(replica)) replicasByBroker.set(replica, (replicasByBroker.get(replica) ?? 0) + 1);
      }
    }
  }
  return [...replicasByBroker].map(([broker, count]) => ({
    scope: 'broker',
    broker,
    reason: 'unreachable',
    detail: `the cluster does not name it as alive; it holds replicas of ${count} partition${count === 1 ? '' : 's'}`,
  }));
}

function hiddenGroups(offsets: TopicTopology | undefined): Unread[] {
  if (offsets === undefined) return [];
  const without = [...offsets.leaders].filter(([, leader]) => leader === null);
  return without.map(([partition]) => ({
    scope: 'partition',
    topic: offsetsTopic,
    partition,
    reason: 'leaderless',
    detail: 'it has no leader; the groups whose commits it holds cannot be listed',
  }));
}
