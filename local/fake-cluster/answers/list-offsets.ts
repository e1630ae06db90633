import type { ByteReader } from '../byte-reader.ts';
import type { PartitionDescription, RecordDescription } from '../description.ts';
import { type Answer, type AnswerContext, kafkaError } from './answer.ts';

interface Asked {
  readonly number: number;
  readonly timestamp: bigint;
}

/** ListOffsets v6 and v7 for the symbolic timestamps −1 (latest) and −2 (earliest), and for instants. */
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
      const told = error === 0 && partition ? recordAt(partition, timestamp, readCommitted) : none;
      out.int32(number).int16(error).int64(told.timestamp).int64(told.offset).int32(0).noTags();
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

const none: RecordDescription = { offset: -1n, timestamp: -1n };

function recordAt(
  { start, stable, end, records }: PartitionDescription,
  timestamp: bigint,
  readCommitted: boolean,
): RecordDescription {
  if (timestamp === -2n) return { offset: start, timestamp: -1n };
  const readable = readCommitted ? stable : end;
  if (timestamp === -1n) return { offset: readable, timestamp: -1n };
  if (timestamp < 0n || records === undefined) {
    throw new RangeError(`the stand-in knows no such record times; asked for ${timestamp}`);
  }
  // A first record that may not be read yet hides what comes after it, as on a real broker.
  const first = records.find((one) => one.offset >= start && one.timestamp >= timestamp);
  return first !== undefined && first.offset < readable ? first : none;
}
