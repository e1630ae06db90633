import { setTimeout as delay } from 'node:timers/promises';
import {
  type Admin,
  type EachBatchPayload,
  Kafka,
  logLevel,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { until } from './condition.ts';
import type { Estate, Workload } from './workload.ts';

export interface MemberOptions {
  readonly group: string;
  readonly topic: string;
  /** The client id, by which the member is known as an owner. */
  readonly name: string;
  /** @default true */
  readonly commits?: boolean;
  /** Called for each record before it counts as processed. Nothing when absent. */
  readonly process?: () => Promise<void>;
}

/** What one member of a group has done so far. */
export interface GroupMember {
  /** The partitions that it owns. */
  readonly assigned: readonly number[];
  /** By partition, its last commit. */
  readonly committed: ReadonlyMap<number, bigint>;
  readonly processed: number;
  /** Reads no further, while it stays a member. */
  pause(): void;
  /** Whether it has committed this offset on each of so many partitions. */
  hasCommitted(partitions: number, offset: number): boolean;
  leave(): Promise<void>;
}

/** The Kafka clients of one application. kafkajs stands here for whatever customers run. */
export class Application {
  readonly #estate: Estate;
  readonly #closing: (() => Promise<void>)[] = [];
  #closed = false;
  #traffic: Promise<void> = Promise.resolve();
  #adminClient: Promise<Admin> | null = null;

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  async producer(name: string, config: ProducerConfig = {}): Promise<Producer> {
    const producer = this.#client(name).producer({ allowAutoTopicCreation: false, ...config });
    this.#closing.push(() => producer.disconnect());
    await producer.connect();
    return producer;
  }

  /** Sends as many records to each partition, at once. */
  async fill(
    producer: Pick<Producer, 'send'>,
    topic: string,
    partitions: number,
    perPartition: number,
  ): Promise<void> {
    const messages = Array.from({ length: partitions * perPartition }, (_, i) => ({
      partition: i % partitions,
      value: JSON.stringify({ id: `${topic}-${i}`, amount: (i * 37) % 500 }),
    }));
    await producer.send({ topic, messages });
  }

  /** Sends as many records to each partition, again and again until the application ends, and tells how many. */
  produceSteadily(
    producer: Producer,
    topic: string,
    partitions: number,
    perPartition: number,
    everyMs: number,
    onSent: (records: number) => void = () => {},
  ): void {
    const traffic = async () => {
      while (!this.#closed) {
        await this.fill(producer, topic, partitions, perPartition);
        onSent(partitions * perPartition);
        await delay(everyMs);
      }
    };
    this.#traffic = traffic().catch((error: Error) => this.#fail(`producer of ${topic}`, error));
  }

  /** Starts a member of the group and resolves when it owns partitions. */
  async member(options: MemberOptions): Promise<GroupMember> {
    const { group, topic, name, commits = true, process } = options;
    const consumer = this.#client(name).consumer({
      groupId: group,
      // The next rebalance, and what a paused member sees, are noticed this soon.
      heartbeatInterval: 300,
      maxWaitTimeInMs: 200,
      allowAutoTopicCreation: false,
    });
    this.#closing.push(() => consumer.disconnect());
    const state = { assigned: [] as readonly number[], committed: new Map<number, bigint>(), processed: 0 };
    let crash: Error | null = null;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      state.assigned = payload.memberAssignment[topic] ?? [];
    });
    consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
      for (const { partitions } of payload.topics)
        for (const { partition, offset } of partitions)
          state.committed.set(Number(partition), BigInt(offset));
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      crash = payload.error;
      this.#fail(name, payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: commits,
      eachBatch: async ({ batch, heartbeat, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload) => {
        for (const { offset } of batch.messages) {
          if (this.#closed || consumer.paused().length > 0) return;
          await process?.();
          resolveOffset(offset);
          state.processed++;
          if (process === undefined) continue;
          await heartbeat();
          await commitOffsetsIfNecessary();
        }
      },
      eachBatchAutoResolve: false,
      autoCommitInterval: process === undefined ? null : 500,
    });
    await until(`${name} owns partitions of ${topic}`, () => {
      if (crash !== null) throw crash;
      return state.assigned.length > 0;
    });
    return {
      get assigned() {
        return state.assigned;
      },
      committed: state.committed,
      get processed() {
        return state.processed;
      },
      pause: () => consumer.pause([{ topic }]),
      hasCommitted: (partitions, offset) =>
        state.committed.size === partitions &&
        [...state.committed.values()].every((committed) => committed === BigInt(offset)),
      leave: () => consumer.disconnect(),
    };
  }

  /** Deletes the records below an offset, on every partition of the topic. */
  async deleteRecordsBelow(topic: string, partitions: number, offset: number): Promise<void> {
    const admin = await this.#admin();
    // kafkajs deletes only where it has met the topic before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        offset: String(offset),
      })),
    });
  }

  /** Whether a group, whoever its members are, has committed this offset on each of so many partitions. */
  async groupHasCommitted(
    group: string,
    topic: string,
    partitions: number,
    offset: number,
  ): Promise<boolean> {
    const admin = await this.#admin();
    const [commits] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const there = commits?.partitions.filter((commit) => commit.offset === String(offset)) ?? [];
    return there.length === partitions;
  }

  /** Ends all clients. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#traffic;
    await Promise.allSettled(this.#closing.splice(0).map((close) => close()));
  }

  #admin(): Promise<Admin> {
    this.#adminClient ??= this.#connectAdmin();
    return this.#adminClient;
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.#client('platform-tools').admin();
    this.#closing.push(() => admin.disconnect());
    await admin.connect();
    return admin;
  }

  #client(name: string): Kafka {
    return new Kafka({
      clientId: name,
      brokers: this.#estate.cluster.bootstrap.split(','),
      // What goes wrong is reported by `#fail`; everything else that kafkajs logs is not for the one who looks at a table.
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 100 },
    });
  }

  #fail(what: string, error: Error): void {
    if (!this.#closed) this.#estate.report(`${what} has failed: ${error.message}`);
  }
}

/** A workload that is one application; `run` brings its group to where the description says. */
export function applicationWorkload(
  description: Omit<Workload, 'start' | 'stop'>,
  run: (application: Application, estate: Estate) => Promise<void>,
): Workload {
  let application: Application | null = null;
  return {
    ...description,
    start: async (estate) => {
      application = new Application(estate);
      await run(application, estate);
    },
    stop: async () => {
      await application?.close();
    },
  };
}
