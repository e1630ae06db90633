import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import manifest from '../../../package.json' with { type: 'json' };
import { Fault } from '../../domain/fault.ts';
import { type ConnectStage, toFault } from './kafka-fault.ts';
import type { Login } from './logins.ts';
import {
  type ApiName,
  apiKeys,
  type BrokerVersions,
  type LoginApiName,
  type Message,
  negotiateVersion,
} from './message.ts';
import { apiVersions } from './messages/api-versions.ts';
import { WireReader, WireWriter } from './wire.ts';

// The only file that knows kafkajs. It takes from it one connection: socket, TLS, SASL, framing, request queue.
// See docs/adr/0001 for why, and for the faults that are mended here.

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export interface TransportOptions {
  readonly login: Login;
  /** Upper bound on connecting: TCP, TLS, ApiVersions and SASL together. */
  readonly connectTimeoutMs: number;
  /** How long a broker may stay silent while it owes an answer. Bytes that still arrive extend it. */
  readonly silenceTimeoutMs: number;
  /** Called once for every request that goes out, the handshake included. */
  readonly onRequest: (api: ApiName | LoginApiName) => void;
}

/** How the brokers' own logs and metrics know us (KIP-511). */
const client = { name: 'lagwarden', version: manifest.version };

const silent = { info() {}, error() {}, warn() {}, debug() {}, namespace: () => silent };

const createSocket = createSocketFactory();

/** One authenticated connection to one broker. Once closed it stays closed: open a new one instead. */
export class BrokerConnection {
  readonly address: NodeAddress;
  readonly #connection: Connection;
  readonly #options: TransportOptions;
  #versions: BrokerVersions = new Map();
  #closedBy: Fault | null = null;
  #stage: ConnectStage = 'connect';
  #offeredLogins: readonly string[] = [];

  private constructor(address: NodeAddress, options: TransportOptions) {
    this.address = address;
    this.#options = options;
    this.#connection = new Connection({
      host: address.host,
      port: address.port,
      ssl: options.login.tls,
      sasl: options.login.sasl,
      clientId: client.name,
      connectionTimeout: options.connectTimeoutMs,
      requestTimeout: options.silenceTimeoutMs,
      // Its time-out leaves the dead socket in use and needs a timer of 100 ms; ours closes the socket.
      enforceRequestTimeout: false,
      socketFactory: createSocket,
      logger: silent,
    });
    replaceBusyLoop(this.#connection);
    renewSessionsInTime(this.#connection);
    this.#watchRequests(this.#connection);
    guardFraming(this.#connection, (fault) => this.#close(fault));
  }

  /**
   * Connects, learns the broker's versions, logs in.
   *
   * @throws Fault `unreachable`, `timed-out`, `tls-failed`, `authentication-failed`, `unsupported-version`, `garbled`
   */
  static async open(
    address: NodeAddress,
    options: TransportOptions,
    signal: AbortSignal,
  ): Promise<BrokerConnection> {
    const opened = new BrokerConnection(address, options);
    const connection = opened.#connection;
    const onAbort = () => opened.close();
    signal.addEventListener('abort', onAbort, { once: true });
    const overdue = setTimeout(() => {
      opened.#close(
        new Fault(
          'timed-out',
          `${opened.#name} did not finish connecting within ${options.connectTimeoutMs} ms`,
        ),
      );
    }, options.connectTimeoutMs);
    try {
      await connection.connect();
      opened.#stage = 'versions';
      opened.#versions = await opened.#exchange(apiVersions(client), 3);
      connection.setVersions(
        Object.fromEntries(
          [...opened.#versions].map(([key, range]) => [
            key,
            { minVersion: range.min, maxVersion: range.max },
          ]),
        ),
      );
      connection.setSupportAuthenticationProtocol(true);
      opened.#stage = 'login';
      await connection.authenticate();
      opened.#stage = 'first-request';
      return opened;
    } catch (error) {
      const fault = opened.#closedBy ?? opened.#toFault(error);
      opened.#close(fault);
      throw fault;
    } finally {
      clearTimeout(overdue);
      signal.removeEventListener('abort', onAbort);
    }
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  /** False once the socket is gone or on its way out. */
  get isUsable(): boolean {
    return this.#connection.connectionStatus === 'connected' && this.#connection.socket?.destroyed === false;
  }

  /** Whether `send` would find a version that both sides speak. */
  offers(message: Pick<Message<unknown>, 'api' | 'versions'>): boolean {
    const range = this.#versions.get(apiKeys[message.api]);
    return range !== undefined && range.max >= message.versions.min && range.min <= message.versions.max;
  }

  /**
   * Sends one request and decodes its answer. Requests on one connection are answered in the order in which they
   * were sent.
   *
   * @throws Fault as the transport meets it; after `timed-out` and `garbled` the connection is closed, since nothing
   * more can be believed of it.
   */
  async send<Answer>(message: Message<Answer>, signal: AbortSignal): Promise<Answer> {
    const version = negotiateVersion(message, this.#versions);
    if (signal.aborted) throw deadlinePassed(message.api, this.#name);
    const stopWatching = this.#watchSilence(message.api, signal);
    try {
      const answer = await this.#exchange(message, version);
      this.#stage = 'working';
      return answer;
    } catch (error) {
      const fault = this.#closedBy ?? this.#toFault(error);
      if (fault.code === 'garbled') this.#close(fault);
      throw fault;
    } finally {
      stopWatching();
    }
  }

  /** Closes the socket at once; requests under way fail. */
  close(): void {
    this.#close(new Fault('connection-closed', `the connection to ${this.#name} was closed`));
  }

  #exchange<Answer>(message: Message<Answer>, version: number): Promise<Answer> {
    return this.#connection.send({
      request: {
        apiKey: apiKeys[message.api],
        apiVersion: version,
        apiName: message.api,
        encode: async () => {
          const out = new WireWriter();
          // kafkajs writes request header v1; one empty set of tags behind it makes it v2.
          out.noTags();
          message.encode(out, version);
          return { buf: out.written, buffer: out.written };
        },
      },
      response: {
        decode: async (payload) => {
          const from = new WireReader(payload);
          // ApiVersions alone keeps response header v0, so that any client can read it (KIP-511).
          if (message.api !== 'ApiVersions') from.skipTags();
          const answer = message.decode(from, version);
          if (from.remaining > 0) {
            throw new Fault(
              'garbled',
              `${message.api} v${version}: ${from.remaining} bytes too many in the answer`,
            );
          }
          return { clientSideThrottleTime: from.throttleTimeMs, answer };
        },
        parse: async (decoded) => decoded.answer,
      },
      logResponseError: false,
    });
  }

  /** Closes the connection when the broker says nothing for too long, or when the whole poll is out of time. */
  #watchSilence(api: ApiName, signal: AbortSignal): () => void {
    const { silenceTimeoutMs } = this.#options;
    const { requestQueue } = this.#connection;
    let bytesHeard = this.#connection.socket?.bytesRead;
    let timer: NodeJS.Timeout;
    const arm = (waitMs: number) => {
      timer = setTimeout(() => {
        const bytesNow = this.#connection.socket?.bytesRead;
        const throttledMs = requestQueue.throttledUntil - Date.now();
        if (bytesNow === bytesHeard && throttledMs <= 0) {
          this.#close(
            new Fault('timed-out', `${this.#name} did not answer ${api} within ${silenceTimeoutMs} ms`),
          );
          return;
        }
        bytesHeard = bytesNow;
        arm(Math.max(throttledMs, 0) + silenceTimeoutMs);
      }, waitMs);
    };
    arm(silenceTimeoutMs);
    const onAbort = () => this.#close(deadlinePassed(api, this.#name));
    signal.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
  }

  /** Sees every request, those of kafkajs's own login too, and keeps which logins the listener says it takes. */
  #watchRequests(connection: Connection): void {
    const send = connection.send.bind(connection);
    connection.send = (exchange) => {
      const { request, response } = exchange;
      this.#options.onRequest(request.apiName);
      if (request.apiName !== 'SaslHandshake') return send(exchange);
      const decode = async (payload: Buffer) => {
        const decoded = await response.decode(payload);
        this.#offeredLogins = decoded.enabledMechanisms ?? [];
        return decoded;
      };
      return send({ ...exchange, response: { ...response, decode } });
    };
  }

  #toFault(error: unknown): Fault {
    return toFault(error, {
      broker: this.#name,
      stage: this.#stage,
      login: this.#options.login,
      offeredLogins: this.#offeredLogins,
    });
  }

  #close(fault: Fault): void {
    this.#closedBy ??= fault;
    // Destroying with an error lets kafkajs's own error path reject what is under way and clear its timers; its
    // disconnect() would wait for answers that never come.
    this.#connection.requestQueue.rejectAll(fault);
    this.#connection.socket?.destroy(fault);
  }
}

function deadlinePassed(api: ApiName, broker: string): Fault {
  return new Fault('deadline-passed', `the poll ran out of time while ${broker} owed an answer to ${api}`);
}

/**
 * kafkajs checks its pending requests every millisecond for as long as a connection lives, and under Node 24 with a
 * negative time-out besides (kafkajs#1704, #1751). Only throttling can leave requests pending here, so the queue needs
 * one timer, and only then.
 */
function replaceBusyLoop(connection: Connection): void {
  const queue = connection.requestQueue;
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length === 0 || queue.throttleCheckTimeoutId !== null) return;
    queue.throttleCheckTimeoutId = setTimeout(
      () => {
        queue.throttleCheckTimeoutId = null;
        queue.checkPendingRequests();
      },
      Math.max(1, queue.throttledUntil - Date.now()),
    );
  };
}

/** How long before its end a session is renewed, where it is long enough for that. */
const renewBeforeMs = 10_000;

/** A broker takes no second login within a second of the first (KIP-368) and answers it as out of place. */
const leastSessionAgeMs = 1100;

/**
 * kafkajs renews a session (KIP-368) with the first request that finds it within ten seconds of its end. One that lasts no
 * longer than that would be renewed before every request, and a broker refuses the second renewal within a second: here
 * the time is cut to a quarter of the session.
 */
function renewSessionsInTime(connection: Connection): void {
  Object.defineProperty(connection, 'reauthenticationThreshold', {
    get: () => {
      const sessionMs = Number(connection.sessionLifetime);
      return Math.max(0, Math.min(renewBeforeMs, sessionMs / 4, sessionMs - leastSessionAgeMs));
    },
  });
}

/** A frame larger than this is not Kafka's: the first four bytes of an HTTP answer read as 1.2 GB. */
const maxFrameBytes = 512 * 1024 * 1024;

/** kafkajs lets a nonsensical frame length throw out of the socket's event, which would end the process. */
function guardFraming(connection: Connection, close: (fault: Fault) => void): void {
  const broker = `${connection.host}:${connection.port}`;
  const processData = connection.processData.bind(connection);
  connection.processData = (bytes) => {
    try {
      processData(bytes);
    } catch (error) {
      close(new Fault('garbled', `${broker} sent bytes that are no Kafka frame`, { cause: error }));
    }
    if (connection.bytesNeeded > maxFrameBytes) {
      close(
        new Fault(
          'garbled',
          `${broker} announced an answer of ${connection.bytesNeeded} bytes; is it a Kafka port?`,
        ),
      );
    }
  };
}
