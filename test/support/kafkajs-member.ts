import type { Consumer } from 'kafkajs';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';
import { kafkajsClient } from './kafkajs-client.ts';

/**
 * A live member of a classic group that reads and never commits by itself; resolves when it has joined. Call
 * `disconnect` on it to leave.
 */
export async function joinClassicGroup(
  cluster: KafkaCluster,
  { group, topic, clientId }: { group: string; topic: string; clientId: string },
): Promise<Consumer> {
  const consumer = kafkajsClient(cluster, clientId).consumer({ groupId: group, sessionTimeout: 60_000 });
  const joined = new Promise<void>((resolve) => {
    consumer.on('consumer.group_join', () => resolve());
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  return consumer;
}
