/** The parts of kafkajs 2.2.4 that the transport stands on. Private to kafkajs, frozen since 2023, pinned exactly. */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';
  import type { Login } from './logins.ts';
  import type { ApiName, LoginApiName } from './message.ts';

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

  interface DecodedAnswer<Answer> {
    clientSideThrottleTime: number;
    answer: Answer;
    /** Of SaslHandshake only. */
    enabledMechanisms?: string[];
  }

  class Connection {
    constructor(options: {
      host: string;
      port: number;
      ssl: ConnectionOptions | null;
      sasl: Login['sasl'];
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
    /** A Long, in milliseconds; 0: the session does not end. */
    readonly sessionLifetime: { toString(): string };
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
        apiName: ApiName | LoginApiName;
        encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
      };
      response: {
        decode: (payload: Buffer) => Promise<DecodedAnswer<Answer>>;
        parse: (decoded: DecodedAnswer<Answer>) => Promise<Answer>;
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
