// plants kafkajs-only-in-the-kafka-adapter
import type { Broker } from 'kafkajs/src/broker/index.js';

export type Handler = Broker;
