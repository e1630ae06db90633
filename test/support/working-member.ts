import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';
import { eventually } from './eventually.ts';
import { kafkajsClient } from './kafkajs-client.ts';

/** A record as it is handed to a member's work. */
export interface Work {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
  /** Resolves after a while, in which the member goes on to say that it lives. */
  readonly wait: () => Promise<void>;
}

export interface WorkingMemberOptions {
  readonly group: string;
  readonly topic: string;
  readonly clientId: string;
  /**
   * Called for each record before it counts as processed; where it fails, the record is tried again and again. Nothing
   * when absent.
   */
  readonly process?: (work: Work) => Promise<void>;
  /** How soon a rebalance is noticed, among other things. @default 300 */
  readonly heartbeatMs?: number;
  /** Where it begins, and where it goes on when its offset is out of range. @default true */
  readonly fromBeginning?: boolean;
}

/** A live member that commits what it has processed. Dispose of it to leave the group. */
export interface WorkingMember extends AsyncDisposable {
  /** As the brokers know it. */
  readonly memberId: string;
  readonly assigned: readonly number[];
  /** Reads no further, and stays a member. */
  pause(): void;
  resume(): void;
}

const waitMs = 100;
/** A record that could not be processed is tried again after this time; the member's other partitions go on. */
const retryMs = 300;

/** Joins a classic group, as an application that works on all of its partitions at once; resolves when it owns some. */
export async function joinToWork(
  cluster: KafkaCluster,
  options: WorkingMemberOptions,
): Promise<WorkingMember> {
  const {
    group,
    topic,
    clientId,
    process = async () => {},
    heartbeatMs = 300,
    fromBeginning = true,
  } = options;
  const consumer = kafkajsClient(cluster, clientId).consumer({
    groupId: group,
    heartbeatInterval: heartbeatMs,
    sessionTimeout: 20_000,
    maxWaitTimeInMs: 200,
    retry: { initialRetryTime: 100, restartOnFailure: async () => true },
  });
  const leaving = Promise.withResolvers<never>();
  leaving.promise.catch(() => {});
  let [memberId, assigned] = ['', [] as readonly number[]];
  consumer.on('consumer.group_join', ({ payload }) => {
    memberId = payload.memberId;
    assigned = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning });
  await consumer.run({
    autoCommitInterval: 200,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, pause, isStale }) => {
      const wait = async () => {
        await heartbeat();
        await delay(waitMs);
      };
      for (const { offset, value } of batch.messages) {
        if (isStale() || consumer.paused().length > 0) return;
        const work = process({
          partition: batch.partition,
          offset: BigInt(offset),
          value: String(value),
          wait,
        });
        try {
          // Work that does not end must not keep the member from leaving.
          await Promise.race([work, leaving.promise]);
        } catch {
          const resume = pause();
          setTimeout(resume, retryMs);
          return;
        }
        resolveOffset(offset);
        await heartbeat();
        await commitOffsetsIfNecessary();
      }
    },
  });
  await eventually(`${clientId} owns partitions of ${topic}`, 30_000, () => assigned.length > 0);
  return {
    get memberId() {
      return memberId;
    },
    get assigned() {
      return assigned;
    },
    pause: () => consumer.pause([{ topic }]),
    resume: () => consumer.resume([{ topic }]),
    async [Symbol.asyncDispose]() {
      leaving.reject(new Error(`${clientId} leaves`));
      await consumer.disconnect();
    },
  };
}
