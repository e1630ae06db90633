// usage: consumer-program.ts OPTIONS, a `ConsumingOptions` as JSON
// Members of a classic group that read and commit until the process ends. Prints a line when each owns partitions.
import { Kafka, logLevel } from 'kafkajs';
import type { ConsumingOptions } from './consuming-process.ts';

const { bootstrap, group, topic, clientIds, sessionTimeoutMs }: ConsumingOptions = JSON.parse(
  process.argv[2] ?? '',
);
for (const clientId of clientIds) {
  const kafka = new Kafka({ brokers: [...bootstrap], clientId, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: 300,
    maxWaitTimeInMs: 200,
    retry: { initialRetryTime: 100 },
  });
  consumer.on('consumer.group_join', () => process.stdout.write(`${clientId} has joined\n`));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommitInterval: 200, eachMessage: async () => {} });
}
