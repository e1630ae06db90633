/** Starts a cluster, tells where it is on stdout, and then never ends: a parent to be killed. */
import { startKafkaCluster } from '../../local/kafka/cluster.ts';

const cluster = await startKafkaCluster({ version: '4.1', brokers: 1 });
process.stdout.write(
  `${JSON.stringify({ folder: cluster.folder, pids: cluster.brokers.map(({ pid }) => pid) })}\n`,
);
setInterval(() => {}, 1_000_000);
