import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';
import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import manifest from '../../../package.json' with { type: 'json' };
import { Fault } from '../../domain/fault.ts';
import { toFault } from './kafka-fault.ts';
import { type ApiName, apiKeys, type BrokerVersions, type Message, negotiateVersion } from './message.ts';
import { apiVersions } from './messages/api-versions.ts';
import { WireReader, WireWriter } from './wire.ts';

// The only file that knows kafkajs. It takes from it one connection: socket, TLS, SASL, framing, request queue.
// See docs/adr/0001 for why, and for the faults that are mended here.

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** How to log in; `null` for a plaintext listener without login. */
export interface Login {
  readonly tls: ConnectionOptions | null;
  readonly sasl: SASLOptions | null;
}

export interface TransportOptions {
  readonly login: Login;
  /** Upper bound on connecting: TCP, TLS, ApiVersions and SASL together. */
  readonly connectTimeoutMs: number;
  /** How long a broker may stay silent while it owes an answer. Bytes that still arrive extend it. */
  readonly silenceTimeoutMs: number;
  /** Called once for every request that goes out, the handshake included. */
  readonly onRequest: (api: ApiName) => void;
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
      connectionTimeout: options.connectTimeoutMs,
      requestTimeout: options.silenceTimeoutMs,
      // Its time-out leaves the dead socket in use and needs a timer of 100 ms; ours closes the socket.
      enforceRequestTimeout: false,
      socketFactory: createSocket,
      logger: silent,
    });
    replaceBusyLoop(this.#connection);
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
    const overdue = setTimeout(() => {
      opened.#close(
        new Fault(
          'timed-out',
          `${opened.#name} did not finish connecting within ${options.connectTimeoutMs} ms`,
        ),
      );
    }, options.connectTimeoutMs);
    try {
      await opened.#unlessClosed(opened.#connect());
      return opened;
    } catch (error) {
      const fault = opened.#closedBy ?? toFault(error, opened.#name);
      opened.#close(fault);
      throw fault;
    } finally {
      clearTimeout(overdue);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #connect(): Promise<void> {
    const connection = this.#connection;
    await connection.connect();
    connection.socket?.once('error', (error) => this.#abandon(toFault(error, this.#name)));
    connection.socket?.once('end', () => {
      this.#abandon(new Fault('connection-closed', `${this.#name} closed the connection`));
    });
    this.#versions = await this.#exchange(apiVersions(client), 3);
    connection.setVersions(
      Object.fromEntries(
        [...this.#versions].map(([key, range]) => [key, { minVersion: range.min, maxVersion: range.max }]),
      ),
    );
    connection.setSupportAuthenticationProtocol(true);
    await connection.authenticate();
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  /** False once the socket is gone or on its way out. */
  get isUsable(): boolean {
    return this.#closedBy === null && this.#connection.connectionStatus === 'connected';
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
      return await this.#unlessClosed(this.#exchange(message, version));
    } catch (error) {
      const fault = this.#closedBy ?? toFault(error, this.#name);
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
    this.#options.onRequest(message.api);
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
    let timer: NodeJS.Timeout;
    const arm = (waitMs: number) => {
      timer = setTimeout(
        () => {
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
        },
        Math.min(waitMs, maxTimerMs),
      );
    };
    arm(silenceTimeoutMs);
    const onAbort = () => this.#close(deadlinePassed(api, this.#name));
    signal.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
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

/** The longest that a timer can be set for; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** A frame larger than this is not Kafka's: the first four bytes of an HTTP answer read as 1.2 GB. */
const maxFrameBytes = 512 * 1024 * 1024;

const lengthBytes = 4;
const correlationIdBytes = 4;

/**
 * kafkajs believes any frame length, lets a nonsensical one throw out of the socket's event, which would end the
 * process, and passes over an answer that nobody asked for, so that the true one is awaited for ever.
 */
function replaceFraming(connection: Connection, close: (fault: Fault) => void): void {
  const broker = `${connection.host}:${connection.port}`;
  const queue = connection.requestQueue;
  let chunks: Buffer[] = [];
  let buffered = 0;
  let needed = lengthBytes;
  connection.processData = (bytes) => {
    chunks.push(bytes);
    buffered += bytes.length;
    while (buffered >= needed) {
      const buffer = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, buffered);
      chunks = [buffer];
      const size = buffer.readInt32BE();
      if (size < correlationIdBytes || size > maxFrameBytes) {
        close(new Fault('garbled', `${broker} announced an answer of ${size} bytes; is it a Kafka port?`));
        return;
      }
      needed = lengthBytes + size;
      if (buffered < needed) return;
      const correlationId = buffer.readInt32BE(lengthBytes);
      if (!queue.inflight.has(correlationId)) {
        close(new Fault('garbled', `${broker} answered request ${correlationId}, which it does not owe`));
        return;
      }
      const payload = buffer.subarray(lengthBytes + correlationIdBytes, needed);
      chunks = [buffer.subarray(needed)];
      buffered -= needed;
      needed = lengthBytes;
      queue.fulfillRequest({ size, correlationId, payload });
    }
  };
}
