import { Kafka } from 'kafkajs';

export const customer = Kafka;
