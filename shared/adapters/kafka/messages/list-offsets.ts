import type { PartitionsByTopic } from '../../../domain/offset.ts';
import type { Message } from '../message.ts';

/** The symbolic timestamps of ListOffsets (KIP-405, KIP-734). */
export const listOffsetsTimestamp = { latest: -1n, earliest: -2n } as const;

export interface TopicOffsetsAnswer {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly errors: readonly number[];
  readonly offsets: readonly bigint[];
}

/**
 * ListOffsets v6 and v7 to the leader of all the partitions named, one offset each. A partition may be named only
 * once: the broker answers INVALID_REQUEST for a second mention.
 *
 * `readCommitted` turns `latest` from the high watermark into the last stable offset.
 */
export function listOffsets(query: {
  readonly timestamp: bigint;
  readonly readCommitted: boolean;
  readonly partitions: PartitionsByTopic;
}): Message<readonly TopicOffsetsAnswer[]> {
  return {
    api: 'ListOffsets',
    versions: { min: 6, max: 7 },
    encode(out) {
      out.int32(-1); // replica id: a client
      out.int8(query.readCommitted ? 1 : 0);
      out.arrayLength(query.partitions.size);
      for (const [topic, partitions] of query.partitions) {
        out.string(topic);
        out.arrayLength(partitions.length);
        for (const partition of partitions) {
          out.int32(partition);
          out.int32(-1); // current leader epoch: whatever it is
          out.int64(query.timestamp);
          out.noTags();
        }
        out.noTags();
      }
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const answers: TopicOffsetsAnswer[] = [];
      const topicCount = from.arrayLength(3);
      for (let t = 0; t < topicCount; t++) {
        const topic = from.string();
        const count = from.arrayLength(27);
        const partitions = new Array<number>(count);
        const errors = new Array<number>(count);
        const offsets = new Array<bigint>(count);
        for (let p = 0; p < count; p++) {
          partitions[p] = from.int32();
          errors[p] = from.int16();
          from.skip(8); // timestamp: −1 for the symbolic ones
          offsets[p] = from.int64();
          from.skip(4); // leader epoch
          from.skipTags();
        }
        from.skipTags();
        answers.push({ topic, partitions, errors, offsets });
      }
      from.skipTags();
      return answers;
    },
  };
}
