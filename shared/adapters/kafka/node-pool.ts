import { Fault } from '../../domain/fault.ts';
import type { BrokerId } from '../../domain/offset.ts';
import type { Message } from './message.ts';
import { type NodeAddress, sameAddress } from './node-address.ts';
import { BrokerConnection, type TransportOptions } from './transport.ts';
import { wakeAfter } from './wake-after.ts';

/** How long to let one bootstrap address try before the next one is tried beside it. */
const bootstrapStaggerMs = 250;

/** The least time that a poll waits for a broker to connect, once another broker has shown that connecting works. */
const leastConnectPatienceMs = 1500;

/** A broker that could not be reached at the last poll may take this much of the next one; it goes on trying behind it. */
const ailingConnectPatienceMs = 150;

/** Within this time a failed broker is not tried again: the other steps of the same poll need not wait for it too. */
const failureHoldMs = 1000;

interface Node {
  readonly address: NodeAddress;
  connection: Promise<BrokerConnection> | null;
  open: BrokerConnection | null;
  failure: { fault: Fault; at: number } | null;
  /** The broker has gone, moved, or the pool is closed: nothing is opened for it any more. */
  isRetired: boolean;
}

/** How many connected brokers are asked at once, by how many silences were met; after that, all of them. */
const askedAtOnce = [1, 3];

/**
 * One connection per broker, opened when first needed, kept, and replaced when it breaks. A broken or silent broker
 * costs its own answers and little of the poll's time.
 */
export class NodePool {
  readonly #bootstrap: readonly NodeAddress[];
  readonly #options: TransportOptions;
  readonly #nodes = new Map<BrokerId, Node>();
  /** Connections to bootstrap addresses that no broker id is known for yet. */
  readonly #strays = new Set<BrokerConnection>();
  #quickestConnectMs: number | null = null;
  readonly #closing = new AbortController();

  constructor(bootstrap: readonly NodeAddress[], options: TransportOptions) {
    this.#bootstrap = bootstrap;
    this.#options = options;
  }

  /**
   * Sends to one broker. A request that fails because a kept connection had gone stale is sent once more on a fresh one:
   * everything that the pool sends is a read.
   *
   * @throws Fault when the broker cannot be reached, stays silent, or its answer is garbled.
   */
  async send<Answer>(broker: BrokerId, message: Message<Answer>, signal: AbortSignal): Promise<Answer> {
    const node = this.#node(broker);
    const wasOpen = node.open?.isUsable === true;
    const connection = await this.#connected(node, signal);
    try {
      return await connection.send(message, signal);
    } catch (error) {
      if (connection.isUsable || signal.aborted) throw error;
      if (!wasOpen) throw this.#failed(node, error);
    }
    // The broker may have moved meanwhile.
    const current = this.#node(broker);
    const fresh = await this.#connected(current, signal);
    try {
      return await fresh.send(message, signal);
    } catch (error) {
      throw fresh.isUsable || signal.aborted ? error : this.#failed(current, error);
    }
  }

  /**
   * Sends to one broker, whichever: first to those that are connected, then to the bootstrap addresses. One that fails
   * to answer is passed over. Once one has stayed silent three others are asked at once, then all: while a process stood
   * still a firewall may have forgotten all of its connections, and one silence after another would take too long.
   *
   * @throws Fault naming every broker that was tried and what became of it.
   */
  async sendToAny<Answer>(message: Message<Answer>, signal: AbortSignal): Promise<Answer> {
    const faults: Fault[] = [];
    const tried = new Set<BrokerConnection>();
    const opened: NodeAddress[] = [];
    let silences = 0;
    for (;;) {
      const known = this.#openConnections().filter((connection) => !tried.has(connection));
      const asked = known.slice(0, askedAtOnce[silences] ?? known.length);
      if (asked.length === 0) {
        const fresh = await this.#bootstrapConnection(opened, faults, signal);
        opened.push(fresh.address);
        asked.push(fresh);
      }
      for (const connection of asked) tried.add(connection);
      try {
        return await Promise.any(asked.map((connection) => connection.send(message, signal)));
      } catch (error) {
        const { errors } = error as AggregateError;
        for (const failure of errors) {
          if (!(failure instanceof Fault) || signal.aborted) throw failure;
          faults.push(failure);
        }
        if (errors.some(({ code }) => code === 'timed-out')) silences += 1;
      }
    }
  }

  /** Takes over what Metadata says: who is alive and where. Connections to anybody else are closed. */
  learn(brokers: readonly ({ readonly id: BrokerId } & NodeAddress)[]): void {
    for (const { id, host, port } of brokers) {
      const known = this.#nodes.get(id);
      if (known && sameAddress(known.address, { host, port })) continue;
      if (known) retire(known);
      const address = { host, port };
      this.#nodes.set(id, { address, connection: null, open: null, failure: null, isRetired: false });
    }
    for (const [id, node] of this.#nodes) {
      if (brokers.some((broker) => broker.id === id)) continue;
      retire(node);
      this.#nodes.delete(id);
    }
    for (const stray of this.#strays) {
      const node = [...this.#nodes.values()].find(({ address }) => sameAddress(address, stray.address));
      const isWanted = node !== undefined && (node.connection === null || node.open?.isUsable === false);
      if (isWanted && stray.isUsable) {
        node.open = stray;
        node.connection = Promise.resolve(stray);
        node.failure = null;
      } else {
        stray.close();
      }
    }
    this.#strays.clear();
  }

  close(): void {
    this.#closing.abort();
    for (const node of this.#nodes.values()) retire(node);
    for (const stray of this.#strays) stray.close();
    this.#nodes.clear();
    this.#strays.clear();
  }

  #node(broker: BrokerId): Node {
    const node = this.#nodes.get(broker);
    if (node === undefined) {
      throw new Fault(
        'unreachable',
        `broker ${broker} is not among the brokers that the cluster names as alive`,
      );
    }
    return node;
  }

  #openConnections(): BrokerConnection[] {
    const ofNodes = [...this.#nodes.values()].flatMap((node) => node.open ?? []);
    return [...ofNodes, ...this.#strays].filter((connection) => connection.isUsable);
  }

  async #connected(node: Node, signal: AbortSignal): Promise<BrokerConnection> {
    if (node.open?.isUsable) return node.open;
    if (node.open !== null) {
      node.open = null;
      node.connection = null;
    }
    const failed = node.failure;
    if (failed !== null && performance.now() - failed.at < failureHoldMs) throw failed.fault;
    node.connection ??= this.#connect(node);
    const patienceMs = failed === null ? this.#connectPatienceMs : ailingConnectPatienceMs;
    return withinPatience(node.connection, patienceMs, signal, () => {
      const { host, port } = node.address;
      const overdue = `${host}:${port} did not finish connecting within ${patienceMs} ms`;
      return this.#failed(node, new Fault('timed-out', overdue));
    });
  }

  /** Remembers that the broker failed, so that the rest of the poll does not wait for it again. */
  #failed<Failure>(node: Node, failure: Failure): Failure {
    if (failure instanceof Fault) node.failure = { fault: failure, at: performance.now() };
    return failure;
  }

  get #connectPatienceMs(): number {
    const { connectTimeoutMs } = this.#options;
    if (this.#quickestConnectMs === null) return connectTimeoutMs;
    return Math.min(connectTimeoutMs, Math.max(leastConnectPatienceMs, 3 * this.#quickestConnectMs));
  }

  #connect(node: Node): Promise<BrokerConnection> {
    const connecting = this.#open(node.address).then(
      (connection) => {
        if (node.isRetired) {
          connection.close();
          throw new Fault(
            'unreachable',
            `the cluster no longer names ${node.address.host}:${node.address.port}`,
          );
        }
        node.open = connection;
        node.failure = null;
        return connection;
      },
      (fault: Fault) => {
        node.connection = null;
        throw this.#failed(node, fault);
      },
    );
    // It may go on behind a poll that has stopped waiting for it; nobody is left to hear of its failure then.
    connecting.catch(() => {});
    return connecting;
  }

  async #open(address: NodeAddress): Promise<BrokerConnection> {
    const startedAt = performance.now();
    const connection = await BrokerConnection.open(address, this.#options, this.#closing.signal);
    if (this.#closing.signal.aborted) {
      connection.close();
      throw new Fault('connection-closed', 'the reader was closed');
    }
    const tookMs = performance.now() - startedAt;
    this.#quickestConnectMs = Math.min(tookMs, this.#quickestConnectMs ?? tookMs);
    return connection;
  }

  /**
   * Tries the bootstrap addresses in order, each joining the race a little after the one before it; not those where a
   * fresh connection has failed us already.
   *
   * @throws Fault naming the faults met before as well
   */
  async #bootstrapConnection(
    tried: readonly NodeAddress[],
    faults: readonly Fault[],
    signal: AbortSignal,
  ): Promise<BrokerConnection> {
    // Without an answer nothing is learnt, and the next polls would add to those that have failed.
    for (const stray of this.#strays) if (!stray.isUsable) this.#strays.delete(stray);
    const met = [...faults];
    const addresses = this.#bootstrap.filter(
      (address) => !tried.some((already) => sameAddress(already, address)),
    );
    const pastDeadline = () =>
      new Fault('deadline-passed', 'the poll ran out of time before any broker was reached');
    if (signal.aborted) throw pastDeadline();
    if (addresses.length === 0) throw noBrokerReached(met);
    return new Promise<BrokerConnection>((resolve, reject) => {
      let next = 0;
      let failed = 0;
      let stayWithThis = () => {};
      let isSettled = false;
      const settle = () => {
        isSettled = true;
        stayWithThis();
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        settle();
        reject(pastDeadline());
      };
      const tryNext = () => {
        stayWithThis();
        const address = addresses[next++];
        if (address === undefined) return;
        stayWithThis = wakeAfter(bootstrapStaggerMs, tryNext);
        this.#open(address).then(
          (connection) => {
            // Too late for the race, and for learn() to give it a place.
            if (isSettled && this.#nodes.size > 0) return connection.close();
            this.#strays.add(connection);
            settle();
            resolve(connection);
          },
          (fault: Fault) => {
            if (isSettled) return;
            met.push(fault);
            failed++;
            if (failed < addresses.length && !this.#closing.signal.aborted) tryNext();
            else {
              settle();
              reject(noBrokerReached(met));
            }
          },
        );
      };
      signal.addEventListener('abort', onAbort, { once: true });
      tryNext();
    });
  }
}

function retire(node: Node): void {
  node.isRetired = true;
  node.open?.close();
}

function noBrokerReached(faults: readonly Fault[]): Fault {
  const [first] = faults;
  if (faults.length === 1 && first) return first;
  const codes = new Set(faults.map((fault) => fault.code));
  const code = codes.size === 1 && first ? first.code : 'unreachable';
  const findings = faults.map((fault) => fault.finding).join('; ');
  const remedies = new Set(faults.flatMap(({ remedy }) => remedy ?? []));
  return new Fault(code, `no broker could be reached: ${findings}`, {
    ...(remedies.size === 0 ? {} : { remedy: [...remedies].join('; ') }),
    cause: new AggregateError(faults),
  });
}

/** What the promise gives, unless patience or the poll's time ends first; the promise itself goes on. */
function withinPatience<Value>(
  promise: Promise<Value>,
  patienceMs: number,
  signal: AbortSignal,
  overdue: () => Fault,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      notOverdue();
      signal.removeEventListener('abort', onAbort);
    };
    const notOverdue = wakeAfter(patienceMs, () => {
      settle();
      reject(overdue());
    });
    const onAbort = () => {
      settle();
      reject(new Fault('deadline-passed', 'the poll ran out of time while connecting'));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
  });
}
