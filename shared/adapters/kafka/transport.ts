import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import manifest from '../../../package.json' with { type: 'json' };
import { Fault } from '../../domain/fault.ts';
import { type ConnectStage, toFault } from './kafka-fault.ts';
import { renewSessionsInTime, replaceBusyLoop, replaceFraming } from './kafkajs-mends.ts';
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
import type { NodeAddress } from './node-address.ts';
import { wakeAfter } from './wake-after.ts';
import { WireReader, WireWriter } from './wire.ts';

// The only file, its mends apart, that knows kafkajs. It takes from it one connection: socket, TLS, SASL, framing, request queue.
// See docs/adr/0001 for why, and for the faults that are mended here.

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
  /** Who still waits for something that goes over this connection. */
  readonly #waiting = new Set<(fault: Fault) => void>();

  private constructor(address: NodeAddress, options: TransportOptions) {
    this.address = address;
    this.#options = options;
    this.#connection = new Connection({
      host: address.host,
      port: address.port,
      ssl: options.login.tls,
      sasl: options.login.sasl,
      clientId: client.name,
      // Ours, in open(), knows whether the process stood still meanwhile.
      connectionTimeout: maxTimerMs,
      requestTimeout: options.silenceTimeoutMs,
      // Its time-out leaves the dead socket in use and needs a timer of 100 ms; ours closes the socket.
      enforceRequestTimeout: false,
      socketFactory: createSocket,
      logger: silent,
    });
    replaceBusyLoop(this.#connection);
    renewSessionsInTime(this.#connection);
    this.#watchRequests(this.#connection);
    replaceFraming(this.#connection, (fault) => this.#close(fault));
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
    if (signal.aborted) throw new Fault('connection-closed', `no connection to ${opened.#name} is wanted`);
    const onAbort = () => opened.close();
    signal.addEventListener('abort', onAbort, { once: true });
    const notOverdue = wakeAfter(options.connectTimeoutMs, () => {
      opened.#close(
        new Fault(
          'timed-out',
          `${opened.#name} did not finish connecting within ${options.connectTimeoutMs} ms`,
        ),
      );
    });
    try {
      await opened.#unlessClosed(opened.#connect());
      return opened;
    } catch (error) {
      const fault = opened.#closedBy ?? opened.#toFault(error);
      opened.#close(fault);
      throw fault;
    } finally {
      notOverdue();
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #connect(): Promise<void> {
    const connection = this.#connection;
    await connection.connect();
    connection.socket?.once('error', (error) => this.#abandon(this.#toFault(error)));
    connection.socket?.once('end', () => this.#abandon(this.#toFault(hungUp())));
    this.#stage = 'versions';
    const greeting = apiVersions(client);
    this.#versions = await this.#exchange(greeting, greeting.versions.max);
    connection.setVersions(
      Object.fromEntries(
        [...this.#versions].map(([key, range]) => [key, { minVersion: range.min, maxVersion: range.max }]),
      ),
    );
    connection.setSupportAuthenticationProtocol(true);
    this.#stage = 'login';
    await connection.authenticate();
    this.#stage = 'first-request';
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  /** False once the socket is gone or on its way out. */
  get isUsable(): boolean {
    return this.#closedBy === null && this.#connection.connectionStatus === 'connected';
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
    if (this.#closedBy !== null) throw this.#closedBy;
    const stopWatching = this.#watchSilence(message.api, signal);
    try {
      const answer = await this.#unlessClosed(this.#exchange(message, version));
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
          const answer = this.#decode(message, version, from);
          return { clientSideThrottleTime: from.throttleTimeMs, answer };
        },
        parse: async (decoded) => decoded.answer,
      },
      logResponseError: false,
    });
  }

  #decode<Answer>(message: Message<Answer>, version: number, from: WireReader): Answer {
    try {
      // ApiVersions alone keeps response header v0, so that any client can read it (KIP-511).
      if (message.api !== 'ApiVersions') from.skipTags();
      const answer = message.decode(from, version);
      if (from.remaining > 0) throw new Fault('garbled', `the answer has ${from.remaining} bytes too many`);
      return answer;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const asked = `${this.#name}, asked for ${message.api} v${version}`;
      throw new Fault(error.code, `${asked}: ${error.message}`, { cause: error });
    }
  }

  /** Closes the connection when the broker says nothing for too long, or when the whole poll is out of time. */
  #watchSilence(api: ApiName, signal: AbortSignal): () => void {
    const { silenceTimeoutMs } = this.#options;
    const { requestQueue } = this.#connection;
    let bytesHeard = this.#connection.socket?.bytesRead;
    let disarm: () => void;
    const arm = (waitMs: number) => {
      disarm = wakeAfter(Math.min(waitMs, maxTimerMs), () => {
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
      });
    };
    arm(silenceTimeoutMs);
    const onAbort = () => this.#close(deadlinePassed(api, this.#name));
    signal.addEventListener('abort', onAbort, { once: true });
    return () => {
      disarm();
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

  /**
   * What the promise gives, unless the connection closes first: a login may wait for a token that never comes, and
   * kafkajs takes whatever goes wrong during a login for a wrong password.
   */
  #unlessClosed<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const settled = () => this.#waiting.delete(reject);
      this.#waiting.add(reject);
      promise.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    });
  }

  #abandon(fault: Fault): void {
    this.#closedBy ??= fault;
    for (const reject of this.#waiting) reject(this.#closedBy);
    this.#waiting.clear();
  }

  #close(fault: Fault): void {
    this.#abandon(fault);
    // Destroying with an error lets kafkajs's own error path reject what is under way and clear its timers; its
    // disconnect() would wait for answers that never come.
    this.#connection.requestQueue.rejectAll(fault);
    this.#connection.socket?.destroy(fault);
  }
}

/** The longest that a timer can be set for; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** The end of a connection by its other side, which Node tells by an event and no error. */
function hungUp(): Error {
  return Object.assign(new Error('no reason given'), { code: 'ECONNRESET' });
}

function deadlinePassed(api: ApiName, broker: string): Fault {
  return new Fault('deadline-passed', `the poll ran out of time while ${broker} owed an answer to ${api}`);
}
