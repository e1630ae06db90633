import Broker from 'kafkajs/src/broker/index.js';
import type { OffsetWriter } from '../../ports/offset-writer.ts';
import { apiKey } from './messages/offset-commit.ts';

export const writer: OffsetWriter = async () => void [Broker, apiKey];
