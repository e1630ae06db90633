import { listGroupsV5, listOffsetsV7, metadataV12, offsetFetchV8, Reader } from '@platformatic/kafka';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../../../shared/adapters/kafka/message.ts';
import { listGroups } from '../../../../../shared/adapters/kafka/messages/list-groups.ts';
import { listOffsets } from '../../../../../shared/adapters/kafka/messages/list-offsets.ts';
import { metadata } from '../../../../../shared/adapters/kafka/messages/metadata.ts';
import { offsetFetch } from '../../../../../shared/adapters/kafka/messages/offset-fetch.ts';
import { WireReader } from '../../../../../shared/adapters/kafka/wire.ts';
import { Fault } from '../../../../../shared/domain/fault.ts';
import { bytes } from './golden.ts';

/** Damaged answers tried for each message: 1,000 in the test run, more by `npm run test:fuzz`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1_000);

/** What one damaged answer may make us allocate at the most, beyond what the collector is slow to take. */
const mostBytes = 64 * 1024 * 1024;

// biome-ignore lint/suspicious/noExplicitAny: the shape of another client's answer, whatever the bytes made of it
type Theirs = any;

/** One message: a sound answer, and what both decoders must agree on, each from its own value. */
interface Subject<Answer> {
  readonly name: string;
  readonly version: number;
  readonly message: Message<Answer>;
  readonly answer: Buffer;
  readonly oracle: (correlationId: number, apiKey: number, version: number, from: Reader) => unknown;
  readonly ours: (answer: Answer) => unknown;
  readonly theirs: (answer: Theirs) => unknown;
}

function subject<Answer>(one: Subject<Answer>): Subject<unknown> {
  return one as Subject<unknown>;
}

const subjects: readonly Subject<unknown>[] = [
  subject({
    name: 'OffsetFetch',
    version: 8,
    message: offsetFetch(['g1']),
    answer: bytes(`
      00000000 03
        03"g1" 02 03"t1" 03
          00000000 0000000000000064 00000001 01 0000 00
          00000007 7fffffffffffffff ffffffff 03"md" 0000 00
        00 0000 00
        03"g2" 01 0010 00
      00`),
    oracle: offsetFetchV8.parseResponse,
    ours: (groups) =>
      groups.map(({ group, error, topics }) => ({
        group,
        error,
        commits: topics.flatMap(({ topic, partitions, offsets }) =>
          partitions.map((partition, i) => [topic, partition, offsets[i]]),
        ),
      })),
    theirs: ({ groups }) =>
      groups.map((group: Theirs) => ({
        group: group.groupId,
        error: group.errorCode,
        commits: group.topics.flatMap((topic: Theirs) =>
          topic.partitions
            .filter((one: Theirs) => one.errorCode === 0 && one.committedOffset >= 0n)
            .map((one: Theirs) => [topic.name, one.partitionIndex, one.committedOffset]),
        ),
      })),
  }),
  subject({
    name: 'ListOffsets',
    version: 7,
    message: listOffsets({ timestamp: -1n, readCommitted: false, partitions: new Map() }),
    answer: bytes(`
      00000000 03
        03"t1" 03
          00000000 0000 ffffffffffffffff 7fffffffffffffff 00000003 00
          00000005 0006 ffffffffffffffff ffffffffffffffff ffffffff 00
        00
        03"t2" 02 00000001 0000 ffffffffffffffff 0000000000000000 00000000 00 00
      00`),
    oracle: listOffsetsV7.parseResponse,
    ours: (topics) =>
      topics.flatMap(({ topic, partitions, errors, offsets }) =>
        partitions.map((partition, i) => [topic, partition, errors[i], offsets[i]]),
      ),
    theirs: ({ topics }) =>
      topics.flatMap((topic: Theirs) =>
        topic.partitions.map((one: Theirs) => [topic.name, one.partitionIndex, one.errorCode, one.offset]),
      ),
  }),
  subject({
    name: 'ListGroups',
    version: 5,
    message: listGroups(),
    answer: bytes(
      '00000000 0000 03 03"g1"09"consumer"07"Stable"09"Consumer"00 03"g2"06"share"06"Empty"06"Share"00 00',
    ),
    oracle: listGroupsV5.parseResponse,
    ours: ({ error, groups }) => ({
      error,
      groups: groups.map(({ group, protocolType, state, type }) => [group, protocolType, state, type]),
    }),
    theirs: ({ errorCode, groups }) => ({
      error: errorCode,
      groups: groups.map((one: Theirs) => [one.groupId, one.protocolType, one.groupState, one.groupType]),
    }),
  }),
  subject({
    name: 'Metadata',
    version: 12,
    message: metadata(null),
    answer: bytes(`
      00000000
      02 00000001 03"b1" 00002384 00 00
      03"id" 00000001
      02 0000 03"t1" 000102030405060708090a0b0c0d0e0f 00
        02 0000 00000000 00000001 00000005 02 00000001 02 00000001 01 00
        80000000 00
      00`),
    oracle: metadataV12.parseResponse,
    ours: ({ clusterId, brokers, topics }) => ({
      clusterId,
      brokers: brokers.map(({ id, host, port }) => [id, host, port]),
      partitions: topics.flatMap(({ name, error, partitions }) =>
        partitions.map((one) => [name, error, one.error, one.partition, one.leader, one.replicas]),
      ),
    }),
    theirs: ({ clusterId, brokers, topics }) => ({
      clusterId,
      brokers: brokers.map((one: Theirs) => [one.nodeId, one.host, one.port]),
      partitions: topics.flatMap((topic: Theirs) =>
        topic.partitions.map((one: Theirs) => [
          topic.name ?? '',
          topic.errorCode,
          one.errorCode,
          one.partitionIndex,
          one.leaderId,
          one.replicaNodes,
        ]),
      ),
    }),
  }),
];

/** Bytes changed, a piece cut out, repeated or put in, the end missing: or no answer at all, but noise. */
function damaged(answer: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(answer.length - 1);
  const changed = fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = Buffer.from(answer);
    for (const [where, value] of changes) copy[where] = value;
    return copy;
  });
  const cut = at.map((size) => answer.subarray(0, size));
  const moved = fc.tuple(at, at, at).map(([from, to, where]) => {
    const piece = answer.subarray(Math.min(from, to), Math.max(from, to));
    return Buffer.concat([answer.subarray(0, where), piece, answer.subarray(where)]);
  });
  const noise = fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some));
  return fc.oneof({ weight: 6, arbitrary: changed }, cut, moved, noise);
}

/** The value that all the bytes make, or `null` where they make none. Only a Fault `garbled` may say so. */
function decode({ message, version, ours }: Subject<unknown>, answer: Buffer): { value: unknown } | null {
  const from = new WireReader(answer);
  try {
    const value = ours(message.decode(from, version));
    return from.remaining === 0 ? { value } : null;
  } catch (error) {
    if (error instanceof Fault && error.code === 'garbled') return null;
    throw error;
  }
}

/** The same by the other client; what it throws on (errors inside sound answers, too) is not compared. */
function decodeByOracle(
  { oracle, version, theirs }: Subject<unknown>,
  answer: Buffer,
): { value: unknown } | null {
  const from = Reader.from(answer);
  try {
    const value = theirs(withinError(() => oracle(0, 0, version, from)));
    return from.remaining === 0 ? { value } : null;
  } catch {
    return null;
  }
}

function withinError(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Error && 'response' in error) return error.response;
    throw error;
  }
}

describe.each(subjects)('damaged answers of $name v$version', (one) => {
  test('the undamaged one means the same to both', () => {
    expect(decode(one, one.answer)).toEqual(decodeByOracle(one, one.answer));
    expect(decode(one, one.answer)).not.toBeNull();
  });

  test('give what another client reads, or a clear fault, and cost little memory', {
    timeout: 600_000,
  }, () => {
    let compared = 0;
    fc.assert(
      fc.property(damaged(one.answer), (answer) => {
        const before = process.memoryUsage().rss;
        const ours = decode(one, answer);
        expect(process.memoryUsage().rss - before).toBeLessThan(mostBytes);
        if (ours === null) return;
        const theirs = decodeByOracle(one, answer);
        if (theirs === null) return;
        compared += 1;
        expect(ours).toEqual(theirs);
      }),
      { numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns / 20);
  });
});
