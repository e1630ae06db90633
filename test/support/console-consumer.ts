import type { ChildProcess } from 'node:child_process';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';

/** Members of the new protocols learn what they own by their next heartbeat, by default only after 5 s. */
export const quickNewProtocol = {
  'group.consumer.min.heartbeat.interval.ms': '500',
  'group.consumer.heartbeat.interval.ms': '500',
  'group.share.min.heartbeat.interval.ms': '500',
  'group.share.heartbeat.interval.ms': '500',
};

/** Starts Kafka's own console consumer as a member of a KIP-848 group; it reads from the beginning until it is ended. */
export function joinNewProtocolGroup(
  cluster: KafkaCluster,
  {
    group,
    topic,
    properties,
  }: { group: string; topic: string; properties: Readonly<Record<string, string>> },
): ChildProcess {
  const all = { 'group.protocol': 'consumer', 'auto.offset.reset': 'earliest', ...properties };
  return cluster.spawnTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', cluster.bootstrap, '--topic', topic, '--group', group],
    ...Object.entries(all).flatMap(([name, value]) => ['--consumer-property', `${name}=${value}`]),
  ]);
}

/** Starts Kafka's own console share consumer. */
export function joinShareGroup(
  cluster: KafkaCluster,
  { group, topic }: { group: string; topic: string },
): ChildProcess {
  return cluster.spawnTool('org.apache.kafka.tools.consumer.ConsoleShareConsumer', [
    ...['--bootstrap-server', cluster.bootstrap, '--topic', topic, '--group', group],
  ]);
}
