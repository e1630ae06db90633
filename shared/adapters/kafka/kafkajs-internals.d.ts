/** The parts of kafkajs 2.2.4 that the transport stands on. Private to kafkajs, frozen since 2023, pinned exactly. */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';
  import type { SASLOptions } from 'kafkajs';

  interface Logger {
    info(message: string): void;
    error(message: string): void;
    warn(message: string): void;
    debug(message: string): void;
    namespace(): Logger;
  }

  interface RequestQueue {
    readonly inflight: ReadonlyMap<number, unknown>;
    readonly pending: readonly unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    fulfillRequest(answer: { size: number; correlationId: number; payload: Buffer }): void;
    rejectAll(error: Error): void;
  }

  class Connection {
    constructor(options: {
      host: string;
      port: number;
      ssl: ConnectionOptions | null;
      sasl: SASLOptions | null;
      clientId: string;
      connectionTimeout: number;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      socketFactory: (target: {
        host: string;
        port: number;
        ssl: ConnectionOptions | null;
        onConnect: () => void;
      }) => Socket;
      logger: Logger;
    });
    readonly host: string;
    readonly port: number;
    readonly requestQueue: RequestQueue;
    readonly socket?: Socket;
    readonly connectionStatus: 'connected' | 'disconnecting' | 'disconnected';
    processData(bytes: Buffer): void;
    connect(): Promise<true>;
    authenticate(): Promise<void>;
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void;
    setSupportAuthenticationProtocol(isSupported: boolean): void;
    send<Answer>(exchange: {
      request: {
        apiKey: number;
        apiVersion: number;
        apiName: string;
        encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
      };
      response: {
        decode: (payload: Buffer) => Promise<{ clientSideThrottleTime: number; answer: Answer }>;
        parse: (decoded: { answer: Answer }) => Promise<Answer>;
      };
      logResponseError: boolean;
    }): Promise<Answer>;
  }

  export default Connection;
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { Socket } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';

  export default function createSocketFactory(): (target: {
    host: string;
    port: number;
    ssl: ConnectionOptions | null;
    onConnect: () => void;
  }) => Socket;
}
