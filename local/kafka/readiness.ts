import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerProcess } from './broker.ts';
import { coordinatorIsFound, groupsAreLoaded, type PartitionView, viewOfCluster } from './probe.ts';

const pollMs = 50;
const answerWithinMs = 5000;

/**
 * Resolves when every running broker has started and answers, sees all the others, has loaded its groups, and each
 * partition that they can serve has a leader and its replicas in sync. Throws when a broker ends, or after `deadlineMs`
 * with the step that was waited for and the ends of the logs. Throws the signal's reason when that fires.
 */
export async function untilReady(
  brokers: readonly BrokerProcess[],
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const running = brokers.filter((broker) => broker.isRunning);
  for (;;) {
    signal?.throwIfAborted();
    const missing = await missingStep(running, brokers.length);
    if (missing === null) return;
    const waitedMs = performance.now() - started;
    if (waitedMs > deadlineMs)
      throw new Error(
        `Kafka was not ready after ${Math.round(waitedMs / 1000)} s: ${missing}\n${running.map((b) => b.logTail()).join('\n')}`,
      );
    await delay(pollMs);
  }
}

/** What is not done yet, in the order in which it comes about; null when all is. */
async function missingStep(running: readonly BrokerProcess[], all: number): Promise<string | null> {
  for (const broker of running) if (!broker.checkStart()) return `broker ${broker.id} has not started`;
  try {
    for (const broker of running) {
      const { brokers } = await viewOfCluster(broker.port, answerWithinMs);
      const unseen = running.filter(({ id }) => !brokers.includes(id)).map(({ id }) => id);
      if (unseen.length > 0) return `broker ${broker.id} does not see broker ${unseen.join(', ')}`;
      // With a broker gone, the topics of the group coordinator may be out of reach: that is what was asked for.
      if (running.length === all && !(await coordinatorIsFound(broker.port, answerWithinMs)))
        return `broker ${broker.id} finds no group coordinator`;
    }
    const alive = new Set(running.map(({ id }) => id));
    for (const broker of running) {
      const { partitions } = await viewOfCluster(broker.port, answerWithinMs);
      const waiting = partitions.find((partition) => !isServed(partition, alive));
      if (waiting !== undefined)
        return `broker ${broker.id} sees a partition of ${waiting.topic} without leader or with replicas behind`;
      if (!(await groupsAreLoaded(broker.port, answerWithinMs)))
        return `broker ${broker.id} is loading its groups`;
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Whether a partition has a living leader and all its living replicas are in sync, so that the next broker may be
 * lost. One whose only replicas in sync are gone can have no leader, and is not waited for.
 */
function isServed({ leader, replicas, inSync }: PartitionView, alive: ReadonlySet<number>): boolean {
  if (!inSync.some((replica) => alive.has(replica))) return true;
  return alive.has(leader) && replicas.every((replica) => !alive.has(replica) || inSync.includes(replica));
}
