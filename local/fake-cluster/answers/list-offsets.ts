import type { ByteReader } from '../byte-reader.ts';
import type { PartitionDescription } from '../description.ts';
import { type Answer, type AnswerContext, kafkaError } from './answer.ts';

interface Asked {
  readonly number: number;
  readonly timestamp: bigint;
}

/** ListOffsets v6 and v7 for the symbolic timestamps −1 (latest) and −2 (earliest). */
export const answerListOffsets: Answer = (request, out, context) => {
  request.int32(); // replica id
  const readCommitted = request.int8() === 1;
  const topics = request.compactArray(() => {
    const name = request.compactString();
    const asked = request.compactArray(() => readPartition(request)) ?? [];
    request.skipTags();
    return { name, asked };
  });
  request.skipTags();

  out.int32(context.throttleMs);
  out.compactArray(topics ?? [], ({ name, asked }) => {
    const partitions = context.cluster.topics.get(name)?.partitions;
    const mentioned = asked.filter(({ number }) => partitions?.[number]?.leftOut !== true);
    const times = new Map<number, number>();
    for (const { number } of asked) times.set(number, (times.get(number) ?? 0) + 1);
    out.compactString(name);
    out.compactArray(mentioned, ({ number, timestamp }) => {
      const partition = partitions?.[number];
      const error = times.get(number) !== 1 ? kafkaError.invalidRequest : errorOf(partition, context);
      const offset = error === 0 && partition ? offsetAt(partition, timestamp, readCommitted) : -1n;
      out.int32(number).int16(error).int64(-1n).int64(offset).int32(0).noTags();
    });
    out.noTags();
  });
  out.noTags();
};

function readPartition(request: ByteReader): Asked {
  const number = request.int32();
  request.int32(); // current leader epoch
  const timestamp = request.int64();
  request.skipTags();
  return { number, timestamp };
}

function errorOf(partition: PartitionDescription | undefined, { broker }: AnswerContext): number {
  if (partition === undefined) return kafkaError.unknownTopicOrPartition;
  return partition.leader === broker ? partition.error : kafkaError.notLeader;
}

function offsetAt(partition: PartitionDescription, timestamp: bigint, readCommitted: boolean): bigint {
  if (timestamp === -2n) return partition.start;
  if (timestamp === -1n) return readCommitted ? partition.stable : partition.end;
  throw new RangeError(`the stand-in knows no record times; asked for ${timestamp}`);
}
