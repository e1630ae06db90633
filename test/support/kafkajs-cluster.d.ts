/** The parts of kafkajs 2.2.4 by which tests send single requests that its public clients wrap in more. */
declare module 'kafkajs/src/cluster/index.js' {
  import type { Socket } from 'node:net';

  interface Logger {
    info(message: string): void;
    error(message: string): void;
    warn(message: string): void;
    debug(message: string): void;
    namespace(): Logger;
  }

  interface OffsetsOfTopic {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }

  interface Broker {
    offsetCommit(request: {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      topics: readonly OffsetsOfTopic[];
    }): Promise<unknown>;
    deleteRecords(request: { topics: readonly OffsetsOfTopic[] }): Promise<unknown>;
  }

  class Cluster {
    constructor(options: {
      logger: Logger;
      socketFactory: (target: never) => Socket;
      brokers: readonly string[];
      clientId: string;
      connectionTimeout: number;
      enforceRequestTimeout: boolean;
      metadataMaxAge: number;
      retry: object;
      allowAutoTopicCreation: boolean;
      maxInFlightRequests: null;
    });
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
    findBroker(broker: { nodeId: string }): Promise<Broker>;
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  }

  export default Cluster;
}
