import { createServer, type Server, type Socket } from 'node:net';
import { answers } from './answers/all.ts';
import { type AnswerContext, kafkaError } from './answers/answer.ts';
import { apiName, kafka41Versions, type SpokenApi, spokenKeys, type Versions } from './apis.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Delivery, wholly } from './delivery.ts';
import type { ClusterDescription } from './description.ts';
import { RequestFrames } from './request-frames.ts';

export interface ReceivedRequest {
  readonly api: SpokenApi;
  readonly version: number;
  readonly clientId: string | null;
}

/** A test that runs for hours must not fill the memory with its requests. */
const mostKept = 1000;

/** One broker of the stand-in: a real TCP listener on 127.0.0.1. Its public fields may be set while it runs. */
export class FakeBroker {
  readonly id: number;
  /** What Metadata says of where it is; another name of the same place, if a test wants. */
  advertised: { host: string; port: number } | null = null;
  /** Whether Metadata names it. */
  isNamed = true;
  offers: Map<SpokenApi, Versions> = kafka41Versions();
  throttleMs = 0;
  listGroupsError = 0;
  /** How the answer to this request travels. */
  delivery: (request: ReceivedRequest) => Delivery = () => wholly;
  /** The latest requests that came, in order, at most `mostKept`; `count` knows all of them. */
  readonly received: ReceivedRequest[] = [];
  connectionsAccepted = 0;
  /** What a real broker would not have accepted: always a mistake of the client's. */
  readonly violations: string[] = [];
  readonly #counts = new Map<SpokenApi, number>();
  readonly #cluster: ClusterDescription;
  readonly #brokers: () => Iterable<FakeBroker>;
  readonly #sockets = new Set<Socket>();
  #isPaused = false;
  readonly #sessionEnds = new WeakMap<Socket, number>();
  #server: Server | null = null;
  #port = 0;

  constructor(id: number, cluster: ClusterDescription, brokers: () => Iterable<FakeBroker>) {
    this.id = id;
    this.#cluster = cluster;
    this.#brokers = brokers;
  }

  get port(): number {
    return this.#port;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Requests of one kind since the broker came into being. */
  count(api: SpokenApi): number {
    return this.#counts.get(api) ?? 0;
  }

  /** Listens, on its former port if it had one. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Breaks every connection and refuses new ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.dropConnections();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Comes back on another port. */
  async move(): Promise<void> {
    await this.stop();
    this.#port = 0;
    await this.start();
  }

  /** Falls silent as a stopped process does: connections stand, new ones are taken, and nothing is read. */
  pause(): void {
    this.#isPaused = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Goes on with all that has come meanwhile. */
  resume(): void {
    this.#isPaused = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Ends every connection; new ones are accepted. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The same by a reset (RST) and no orderly end (FIN). */
  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Keeps every connection and hears nothing of it any more, as where a firewall has forgotten it. */
  forgetConnections(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('data').resume();
  }

  #accept(socket: Socket): void {
    this.connectionsAccepted++;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const frames = new RequestFrames();
    socket.on('data', (bytes) => {
      try {
        for (const frame of frames.take(bytes)) this.#answer(frame, socket);
      } catch (error) {
        this.violations.push(String(error));
        socket.destroy();
      }
    });
    if (this.#isPaused) socket.pause();
  }

  #answer(frame: Buffer, socket: Socket): void {
    const request = new ByteReader(frame);
    const key = request.int16();
    const version = request.int16();
    const correlationId = request.int32();
    const clientId = request.classicString();
    const api = apiName(key);
    if (api === undefined) throw new RangeError(`request with key ${key}, which the stand-in does not know`);
    this.#counts.set(api, this.count(api) + 1);
    if (this.received.length === mostKept) this.received.shift();
    this.received.push({ api, version, clientId });
    this.#checkSession(api, socket);
    const out = new ByteWriter().int32(0).int32(correlationId);
    if (!isWithin(this.offers.get(api), version)) {
      // Kafka answers this for ApiVersions, in version 0, and closes the connection for any other request.
      if (api !== 'ApiVersions') throw new RangeError(`${api} v${version} is not offered`);
      out.int16(kafkaError.unsupportedVersion).int32(0);
    } else {
      if (isFlexible(api)) request.skipTags();
      if (isFlexible(api) && api !== 'ApiVersions') out.noTags();
      answers[api](request, out, this.#context(version));
      if (request.remaining > 0)
        throw new RangeError(`${api} v${version}: ${request.remaining} bytes too many`);
    }
    const answer = Buffer.from(out.written);
    answer.writeInt32BE(answer.length - 4);
    this.delivery({ api, version, clientId })(answer, socket);
  }

  /** A broker ends a connection on which anything but a new login follows the end of the session (KIP-368). */
  #checkSession(api: SpokenApi, socket: Socket): void {
    const { sessionMs } = this.#cluster;
    if (api === 'SaslAuthenticate') this.#sessionEnds.set(socket, performance.now() + sessionMs);
    if (sessionMs === 0 || api.startsWith('Sasl')) return;
    const endsAt = this.#sessionEnds.get(socket);
    if (endsAt !== undefined && performance.now() > endsAt)
      throw new RangeError(`${api} after the end of the session`);
  }

  #context(version: number): AnswerContext {
    const named = [...this.#brokers()].filter((broker) => broker.isNamed);
    return {
      cluster: this.#cluster,
      broker: this.id,
      version,
      throttleMs: this.throttleMs,
      alive: named.map((broker) => ({ id: broker.id, ...(broker.advertised ?? broker.address) })),
      listGroupsError: this.listGroupsError,
      offers: new Map([...this.offers].map(([api, range]) => [spokenKeys[api], range])),
    };
  }
}

function isWithin(range: Versions | undefined, version: number): boolean {
  return range !== undefined && version >= range.min && version <= range.max;
}

/** All versions that our client sends are, but for kafkajs' login. */
function isFlexible(api: SpokenApi): boolean {
  return api !== 'SaslHandshake' && api !== 'SaslAuthenticate';
}
