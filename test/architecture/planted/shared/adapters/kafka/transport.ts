// plants kafkajs-by-deep-import
import { Kafka } from 'kafkajs';

export const transport = Kafka;
