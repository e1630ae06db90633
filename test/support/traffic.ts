import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';
import type { EpochMs } from '../../shared/domain/offset.ts';
import { kafkajsClient } from './kafkajs-client.ts';

export interface TrafficOptions {
  readonly topic: string;
  readonly partitions: number;
  /** @default 200 */
  readonly everyMs?: number;
  /** Bytes of each record. @default a few */
  readonly bytes?: number;
  /** What the producer's clock says at an instant. @default the truth */
  readonly clock?: (now: EpochMs) => EpochMs;
}

/** When a record came into the log: at its offset, after `from` and before `to`. */
export interface Produced {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** One record to each partition again and again. Dispose of it to end. */
export class Traffic implements AsyncDisposable {
  /** By partition, offset by offset. */
  readonly produced: Produced[][];
  readonly #options: TrafficOptions;
  readonly #producer: Producer;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #sending: Promise<void> = Promise.resolve();

  private constructor(producer: Producer, options: TrafficOptions) {
    this.#producer = producer;
    this.#options = options;
    this.produced = Array.from({ length: options.partitions }, () => []);
  }

  /** Resolves when the first records are in the log. */
  static async start(cluster: KafkaCluster, options: TrafficOptions): Promise<Traffic> {
    const producer = kafkajsClient(cluster, `producer of ${options.topic}`).producer({
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const traffic = new Traffic(producer, options);
    await traffic.#sendOne();
    traffic.#running = traffic.#run();
    return traffic;
  }

  /** Sends one more record to a partition, and tells its offset. */
  async send(partition: number, value: string): Promise<bigint> {
    await this.#append([{ partition, value }]);
    return BigInt((this.produced[partition] as Produced[]).length - 1);
  }

  /** No more records; those that were sent stay known. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#producer.disconnect();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now();
      await this.#sendOne();
      await delay(Math.max(0, (this.#options.everyMs ?? 200) - (performance.now() - startedAt)));
    }
  }

  #sendOne(): Promise<void> {
    const { partitions, bytes } = this.#options;
    const value = bytes === undefined ? 'record' : 'x'.repeat(bytes);
    return this.#append(Array.from({ length: partitions }, (_, partition) => ({ partition, value })));
  }

  /** One request after the other, so that offsets are known by counting. */
  #append(messages: { readonly partition: number; readonly value: string }[]): Promise<void> {
    const append = async () => {
      const { topic, clock } = this.#options;
      const from = Date.now();
      const stamp = clock === undefined ? {} : { timestamp: String(clock(from)) };
      await this.#producer.send({ topic, messages: messages.map((message) => ({ ...message, ...stamp })) });
      for (const { partition } of messages) this.produced[partition]?.push({ from, to: Date.now() });
    };
    this.#sending = this.#sending.then(append);
    return this.#sending;
  }
}
