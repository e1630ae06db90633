import { Application } from './application.ts';
import { until } from './condition.ts';
import { type JavaConsumer, startJavaConsumer } from './java-consumer.ts';
import type { Workload } from './workload.ts';

const mainClass = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer';

/** A share group (KIP-932): its members acknowledge single records, and there is no offset to measure lag by. */
export function shareGroup(group: string, topic: string): Workload {
  const partitions = 1;
  let application: Application | null = null;
  let consumer: JavaConsumer | null = null;
  return {
    ...{ group, topic, partitions, quiet: false },
    story: 'a share group (KIP-932), which has no lag to measure',
    expected: { verdict: 'unknown', lag: null, members: null },
    start: async (estate) => {
      const app = new Application(estate);
      application = app;
      const reader = startJavaConsumer(estate, mainClass, [
        ...['--topic', topic, '--group', group, '--consumer-property', `client.id=${group}-1`],
      ]);
      consumer = reader;
      // A new share group begins at the end of the topic: something must come in until it has begun.
      app.produceSteadily(await app.producer(`${topic}-api`), topic, partitions, 1, 500);
      await until(`${group} receives records`, () => {
        reader.check();
        return reader.received > 0;
      });
    },
    stop: async () => {
      await Promise.all([consumer?.end(), application?.close()]);
    },
  };
}
