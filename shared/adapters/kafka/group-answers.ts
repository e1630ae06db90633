import type { BrokerId } from '../../domain/offset.ts';
import type { Unread, UnreadCause } from '../../domain/unread.ts';
import type { CommitsRead, ListedGroup } from '../../ports/cluster-reader.ts';
import { kafkaCause } from './attempt.ts';
import { errorName } from './kafka-errors.ts';
import type { GroupCommitsAnswer } from './messages/offset-fetch.ts';

/** Kafka 4.0 shows nobody the members of a KIP-848 group who may not describe each of their topics. */
export function describeCause(error: number, broker: BrokerId): UnreadCause {
  const cause = kafkaCause(error, `the describe request to broker ${broker}`);
  if (errorName(error) !== 'TOPIC_AUTHORIZATION_FAILED') return cause;
  return {
    ...cause,
    detail: `they read a topic that the login may not describe, and Kafka does not say which: ${cause.detail}`,
  };
}

/** What befell the coordinator, told of a group that it coordinates. */
export function coordinatorUnread(broker: BrokerId, { reason, detail }: UnreadCause): UnreadCause {
  return {
    reason: reason === 'unsupported' ? 'unsupported' : 'coordinator-unread',
    detail: `its coordinator ${broker}: ${detail}`,
  };
}

/** What a broker that lists groups complains of; `null` for nothing. */
export function listingError(error: number): UnreadCause | null {
  return error === 0 ? null : kafkaCause(error, 'ListGroups');
}

/** One group's commits; errors of single partitions are named beside them. */
export function toCommits(answer: GroupCommitsAnswer): CommitsRead {
  if (answer.error !== 0) return { known: false, cause: kafkaCause(answer.error, 'OffsetFetch') };
  const unread = answer.partitionErrors.map(
    ({ topic, partition, error }): Unread => ({
      scope: 'partition',
      group: answer.group,
      topic,
      partition,
      ...kafkaCause(error, 'OffsetFetch'),
    }),
  );
  return { known: true, topics: answer.topics, unread };
}

/** A group that the answer leaves out is named, not lost. */
export function withMissing<Read>(
  groups: readonly ListedGroup[],
  read: Map<string, Read | { known: false; cause: UnreadCause }>,
  request: string,
): Map<string, Read | { known: false; cause: UnreadCause }> {
  for (const { group, coordinator } of groups) {
    if (read.has(group)) continue;
    const detail = `broker ${coordinator} left it out of its answer to ${request}`;
    read.set(group, { known: false, cause: { reason: 'kafka-error', detail } });
  }
  return read;
}
