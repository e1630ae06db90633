import type { Message } from '../message.ts';

export interface TopicRecordsAnswer {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly errors: readonly number[];
  /** Of the record found; −1 where there is none. */
  readonly timestamps: readonly bigint[];
  readonly offsets: readonly bigint[];
}

/** Milliseconds since 1970, by topic and partition number: a partition may be named only once in a request. */
export type TimestampByPartition = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/**
 * ListOffsets v6 and v7 to the leader of all the partitions named: of each the first record, in the order of the log,
 * that is stamped at or after the instant (KIP-79). Only records below the high watermark are found; control records
 * are. Reads no record's content, and needs no right to.
 */
export function listOffsetsByTimestamp(asked: TimestampByPartition): Message<readonly TopicRecordsAnswer[]> {
  return {
    api: 'ListOffsets',
    versions: { min: 6, max: 7 },
    encode(out) {
      out.int32(-1); // replica id: a client
      out.int8(0); // read uncommitted
      out.arrayLength(asked.size);
      for (const [topic, partitions] of asked) {
        out.string(topic);
        out.arrayLength(partitions.size);
        for (const [partition, timestamp] of partitions) {
          out.int32(partition);
          out.int32(-1); // current leader epoch: whatever it is
          out.int64(timestamp);
          out.noTags();
        }
        out.noTags();
      }
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const answers: TopicRecordsAnswer[] = [];
      const topicCount = from.arrayLength(3);
      for (let t = 0; t < topicCount; t++) {
        const topic = from.string();
        const count = from.arrayLength(27);
        const partitions = new Array<number>(count);
        const errors = new Array<number>(count);
        const timestamps = new Array<bigint>(count);
        const offsets = new Array<bigint>(count);
        for (let p = 0; p < count; p++) {
          partitions[p] = from.int32();
          errors[p] = from.int16();
          timestamps[p] = from.int64();
          offsets[p] = from.int64();
          from.skip(4); // leader epoch
          from.skipTags();
        }
        from.skipTags();
        answers.push({ topic, partitions, errors, timestamps, offsets });
      }
      from.skipTags();
      return answers;
    },
  };
}
