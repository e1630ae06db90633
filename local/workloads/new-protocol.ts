import { Application } from './application.ts';
import { until } from './condition.ts';
import { type JavaConsumer, startJavaConsumer } from './java-consumer.ts';
import type { Workload } from './workload.ts';

const mainClass = 'org.apache.kafka.tools.consumer.ConsoleConsumer';

/** A healthy group of the new consumer protocol (KIP-848), whose members the brokers describe by another request. */
export function newProtocol(group: string, topic: string): Workload {
  const partitions = 4;
  const perPartition = 25;
  let application: Application | null = null;
  let consumer: JavaConsumer | null = null;
  return {
    ...{ group, topic, partitions, quiet: true },
    story: 'one member of the new consumer protocol (KIP-848), done with everything',
    expected: { verdict: 'caught-up', lag: 0n, members: 1 },
    start: async (estate) => {
      const app = new Application(estate);
      application = app;
      const properties = ['group.protocol=consumer', `client.id=${group}-1`, 'auto.commit.interval.ms=250'];
      const reader = startJavaConsumer(estate, mainClass, [
        ...['--topic', topic, '--group', group, '--from-beginning'],
        ...properties.flatMap((property) => ['--consumer-property', property]),
      ]);
      consumer = reader;
      await app.fill(await app.producer(`${topic}-api`), topic, partitions, perPartition);
      await until(`${group} has committed all it has read`, async () => {
        reader.check();
        return app.groupHasCommitted(group, topic, partitions, perPartition);
      });
    },
    stop: async () => {
      await Promise.all([consumer?.end(), application?.close()]);
    },
  };
}
