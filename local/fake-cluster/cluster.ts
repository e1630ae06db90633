import type { SpokenApi } from './apis.ts';
import { FakeBroker } from './broker.ts';
import { type ClusterDescription, emptyCluster } from './description.ts';

/**
 * A stand-in for a Kafka cluster: brokers that speak the wire protocol on real sockets of 127.0.0.1, all in this
 * process. What it pretends to be is `description`; each broker's faults are the broker's own fields.
 */
export class FakeCluster {
  readonly description: ClusterDescription = emptyCluster();
  readonly #brokers = new Map<number, FakeBroker>();

  static async start(brokers: number): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    for (let id = 1; id <= brokers; id++) await cluster.add(id);
    return cluster;
  }

  get brokers(): readonly FakeBroker[] {
    return [...this.#brokers.values()];
  }

  get addresses(): { host: string; port: number }[] {
    return this.brokers.map((broker) => broker.address);
  }

  broker(id: number): FakeBroker {
    const broker = this.#brokers.get(id);
    if (broker === undefined) throw new RangeError(`no broker ${id}`);
    return broker;
  }

  async add(id: number): Promise<FakeBroker> {
    const broker = new FakeBroker(id, this.description, () => this.#brokers.values());
    await broker.start();
    this.#brokers.set(id, broker);
    return broker;
  }

  /** The broker goes for good, and is named no more. */
  async remove(id: number): Promise<void> {
    const broker = this.broker(id);
    this.#brokers.delete(id);
    await broker.stop();
  }

  /** Requests of one kind over all brokers. */
  count(api: SpokenApi): number {
    return this.brokers.reduce((sum, broker) => sum + broker.count(api), 0);
  }

  /** What no real broker would have accepted, over all brokers: to be empty at the end of every test. */
  get violations(): string[] {
    return this.brokers.flatMap((broker) => broker.violations);
  }

  async stop(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.stop()));
  }
}
