import { Kafka, logLevel } from 'kafkajs';
import type { KafkaCluster } from './kafka/cluster.ts';
import { viewOfCluster } from './kafka/probe.ts';
import { until } from './workloads/condition.ts';
import { fallingBehind } from './workloads/falling-behind.ts';
import { keepingUp } from './workloads/keeping-up.ts';
import { newProtocol } from './workloads/new-protocol.ts';
import { heldByTransaction, longestTransactionMs } from './workloads/open-transaction.ts';
import { overtakenByRetention } from './workloads/overtaken-by-retention.ts';
import { ownerless } from './workloads/ownerless.ts';
import { shareGroup } from './workloads/share-group.ts';
import { withoutCommits } from './workloads/without-commits.ts';
import type { Estate, Workload } from './workloads/workload.ts';

/** Broker settings without which the workloads would not come, or stay, where they are meant to be. */
export const workloadSettings: Readonly<Record<string, string>> = {
  'transaction.max.timeout.ms': String(longestTransactionMs),
  // Members of the new protocols learn what they own by their next heartbeat, by default after 5 s.
  'group.consumer.min.heartbeat.interval.ms': '500',
  'group.consumer.heartbeat.interval.ms': '500',
  'group.share.min.heartbeat.interval.ms': '500',
  'group.share.heartbeat.interval.ms': '500',
};

const answerWithinMs = 10_000;

/** The applications of an imagined shop, one for each state that a group can be in. Share groups came with Kafka 4.1. */
export function shopWorkloads(cluster: Pick<KafkaCluster, 'version'>): Workload[] {
  return [
    keepingUp('payments-settlement', 'payments'),
    fallingBehind('orders-indexer', 'orders'),
    ownerless('invoices-archive', 'invoices'),
    overtakenByRetention('clickstream-sessions', 'clickstream'),
    heldByTransaction('fraud-scoring', 'card-authorisations'),
    newProtocol('shipping-notifications', 'shipments'),
    withoutCommits('returns-analytics', 'returns'),
    ...(cluster.version.startsWith('3.') ? [] : [shareGroup('email-delivery', 'emails')]),
  ];
}

/** Creates the topics, then starts all at once; resolves when each group is as its story says. */
export async function startWorkloads(workloads: readonly Workload[], estate: Estate): Promise<void> {
  await createTopics(workloads, estate);
  await Promise.all(
    workloads.map(async (workload) => {
      await workload.start(estate).catch((error: unknown) => {
        throw new Error(`${workload.group} did not get where it should: ${(error as Error).message}`, {
          cause: error,
        });
      });
      estate.report(`  ${workload.group}: ${workload.story}`);
    }),
  );
}

async function createTopics(workloads: readonly Workload[], { cluster }: Estate): Promise<void> {
  const brokers = cluster.bootstrap.split(',');
  const admin = new Kafka({ clientId: 'platform-tools', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      // kafkajs asks one broker and soon gives up; clients may ask any.
      waitForLeaders: false,
      topics: workloads.map(({ topic, partitions }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
      })),
    });
  } finally {
    await admin.disconnect();
  }
  const partitions = workloads.reduce((sum, workload) => sum + workload.partitions, 0);
  const topics = new Set(workloads.map(({ topic }) => topic));
  await until('every broker knows who leads the new partitions', async () => {
    const views = await Promise.all(cluster.brokers.map(({ port }) => viewOfCluster(port, answerWithinMs)));
    return views.every(
      (view) =>
        view.partitions.filter(({ topic, leader }) => topics.has(topic) && leader >= 0).length === partitions,
    );
  });
}
