// plants aws-sdk-only-in-adapters
import { KafkaClient } from '@aws-sdk/client-kafka';

export const discover = KafkaClient;
