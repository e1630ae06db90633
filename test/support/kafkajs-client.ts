import { Kafka, logLevel } from 'kafkajs';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';

/** A kafkajs client of the cluster, as customers' applications are; it logs nothing. */
export function kafkajsClient(cluster: KafkaCluster, clientId: string): Kafka {
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
  return new Kafka({ brokers: cluster.bootstrap.split(','), clientId, logLevel: logLevel.NOTHING });
}
