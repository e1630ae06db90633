import type { BrokerId, EpochMs, Offset } from '../../domain/offset.ts';
import type { UnreadCause } from '../../domain/unread.ts';
import type {
  OffsetRead,
  RecordFound,
  RecordsFound,
  TimestampsByPartition,
  TopicTopology,
} from '../../ports/cluster-reader.ts';
import { type Attempt, kafkaCause } from './attempt.ts';
import type { Message } from './message.ts';
import {
  listOffsetsByTimestamp,
  type TimestampByPartition,
  type TopicRecordsAnswer,
} from './messages/list-offsets-by-timestamp.ts';
import { groupByLeader } from './partitions-by-leader.ts';

type AskLeader = (
  leader: BrokerId,
  message: Message<readonly TopicRecordsAnswer[]>,
) => Promise<Attempt<readonly TopicRecordsAnswer[]>>;

/**
 * Asks each leader, in as many requests as the partition with the most timestamps needs: a partition may be named only
 * once in a request. All are sent at once.
 */
export async function lookUpTimestamps(
  asked: TimestampsByPartition,
  topics: ReadonlyMap<string, TopicTopology>,
  ask: AskLeader,
): Promise<RecordsFound> {
  const found = new Map<string, Map<number, RecordFound[]>>();
  const settle = (topic: string, partition: number, records: RecordFound[]) => {
    const ofTopic = found.get(topic) ?? new Map<number, RecordFound[]>();
    found.set(topic, ofTopic.set(partition, records));
  };
  const numbers = new Map([...asked].map(([topic, partitions]) => [topic, [...partitions.keys()]]));
  const withoutLeader = new Map<string, Map<number, OffsetRead>>();
  const byLeader = groupByLeader(numbers, topics, withoutLeader);
  for (const [topic, partitions] of asked) {
    for (const [partition, timestamps] of partitions) {
      const cause = withoutLeader.get(topic)?.get(partition);
      settle(
        topic,
        partition,
        timestamps.map(() => (typeof cause === 'object' ? cause : unanswered)),
      );
    }
  }
  const requests: Promise<void>[] = [];
  for (const [leader, partitions] of byLeader) {
    for (let turn = 0; ; turn++) {
      const timestamps = turnOf(asked, partitions, turn);
      if (timestamps.size === 0) break;
      requests.push(
        ask(leader, listOffsetsByTimestamp(timestamps)).then((answer) =>
          answer.ok
            ? takeAnswer(answer.value, leader, turn, found)
            : takeFailure(
                timestamps,
                { ...answer.cause, detail: `leader ${leader}: ${answer.cause.detail}` },
                turn,
                found,
              ),
        ),
      );
    }
  }
  await Promise.all(requests);
  return found;
}

/** One timestamp of each partition that has so many. */
function turnOf(
  asked: TimestampsByPartition,
  partitions: ReadonlyMap<string, readonly number[]>,
  turn: number,
): TimestampByPartition {
  const timestamps = new Map<string, Map<number, bigint>>();
  for (const [topic, numbers] of partitions) {
    const ofTopic = new Map<number, bigint>();
    for (const number of numbers) {
      const at: EpochMs | undefined = asked.get(topic)?.get(number)?.[turn];
      if (at !== undefined) ofTopic.set(number, BigInt(at));
    }
    if (ofTopic.size > 0) timestamps.set(topic, ofTopic);
  }
  return timestamps;
}

type Found = ReadonlyMap<string, ReadonlyMap<number, RecordFound[]>>;

function takeAnswer(
  answers: readonly TopicRecordsAnswer[],
  leader: BrokerId,
  turn: number,
  found: Found,
): void {
  for (const { topic, partitions, errors, timestamps, offsets } of answers) {
    const ofTopic = found.get(topic);
    for (let i = 0; i < partitions.length; i++) {
      const records = ofTopic?.get(partitions[i] as number);
      // What was not asked for is passed over.
      if (records === undefined || turn >= records.length) continue;
      const error = errors[i] as number;
      const offset = offsets[i] as bigint;
      if (error !== 0) records[turn] = kafkaCause(error, `ListOffsets to broker ${leader}`);
      else if (offset < 0n) records[turn] = null;
      else records[turn] = { offset: offset as Offset, timestamp: Number(timestamps[i]) };
    }
  }
}

function takeFailure(asked: TimestampByPartition, cause: UnreadCause, turn: number, found: Found): void {
  for (const [topic, partitions] of asked) {
    for (const partition of partitions.keys()) {
      const records = found.get(topic)?.get(partition);
      if (records !== undefined) records[turn] = cause;
    }
  }
}

const unanswered: UnreadCause = {
  reason: 'kafka-error',
  detail: 'the leader left it out of its answer to ListOffsets',
};
