import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../../local/fake-cluster/byte-reader.ts';
import type { Message } from '../../../../shared/adapters/kafka/message.ts';
import { apiVersions } from '../../../../shared/adapters/kafka/messages/api-versions.ts';
import { consumerGroupDescribe } from '../../../../shared/adapters/kafka/messages/consumer-group-describe.ts';
import { describeGroups } from '../../../../shared/adapters/kafka/messages/describe-groups.ts';
import { listGroups } from '../../../../shared/adapters/kafka/messages/list-groups.ts';
import { listOffsets } from '../../../../shared/adapters/kafka/messages/list-offsets.ts';
import { metadata } from '../../../../shared/adapters/kafka/messages/metadata.ts';
import {
  offsetFetch,
  offsetFetchOfOneGroup,
} from '../../../../shared/adapters/kafka/messages/offset-fetch.ts';
import { WireReader, WireWriter } from '../../../../shared/adapters/kafka/wire.ts';
import { Fault } from '../../../../shared/domain/fault.ts';
import { bytes, outcome } from './messages/golden.ts';

function written(write: (out: WireWriter) => void): string {
  const out = new WireWriter();
  write(out);
  return out.written.toString('hex');
}

const reader = (notation: string) => new WireReader(bytes(notation));

const garbled = expect.objectContaining({ code: 'garbled' });

// Bytes by https://kafka.apache.org/protocol#protocol_types, worked out by hand.
describe('primitives', () => {
  test.each([
    ['00', 0],
    ['7f', 127],
    ['80', -128],
    ['ff', -1],
  ])('int8 %s', (hex, value) => {
    expect(written((out) => out.int8(value))).toBe(hex);
    expect(reader(hex).int8()).toBe(value);
  });

  test.each([
    ['0000', 0],
    ['0102', 258],
    ['7fff', 32767],
    ['8000', -32768],
    ['ffff', -1],
  ])('int16 %s', (hex, value) => {
    expect(written((out) => out.int16(value))).toBe(hex);
    expect(reader(hex).int16()).toBe(value);
  });

  test.each([
    ['00000000', 0],
    ['00002384', 9092],
    ['7fffffff', 2147483647],
    ['80000000', -2147483648],
    ['ffffffff', -1],
  ])('int32 %s', (hex, value) => {
    expect(written((out) => out.int32(value))).toBe(hex);
    expect(reader(hex).int32()).toBe(value);
  });

  test.each([
    ['0000000000000000', 0n],
    ['0020000000000001', 2n ** 53n + 1n],
    ['7fffffffffffffff', 2n ** 63n - 1n],
    ['8000000000000000', -(2n ** 63n)],
    ['fffffffffffffffe', -2n],
  ])('int64 %s', (hex, value) => {
    expect(written((out) => out.int64(value))).toBe(hex);
    expect(reader(hex).int64()).toBe(value);
  });

  test.each([
    ['00', false],
    ['01', true],
  ])('boolean %s', (hex, value) => {
    expect(written((out) => out.boolean(value))).toBe(hex);
    expect(reader(hex).boolean()).toBe(value);
  });

  test('any byte but zero is true', () => {
    expect(reader('ff').boolean()).toBe(true);
  });

  test.each([
    ['00', 0],
    ['01', 1],
    ['7f', 127],
    ['8001', 128],
    ['ac02', 300],
    ['ff7f', 16383],
    ['808001', 16384],
    ['ffff7f', 2097151],
    ['80808001', 2097152],
    ['ffffff7f', 268435455],
    ['8080808001', 268435456],
    ['ffffffff07', 2147483647],
  ])('unsigned varint %s', (hex, value) => {
    expect(written((out) => out.unsignedVarint(value))).toBe(hex);
    expect(reader(hex).unsignedVarint()).toBe(value);
  });

  test('a varint beyond 2³¹ stays positive', () => {
    expect(reader('ffffffff0f').unsignedVarint()).toBe(4294967295);
  });

  test.each([
    ['01', ''],
    ['02 "a"', 'a'],
    ['03 c3a9', 'é'],
    ['05 f09f9982', '🙂'],
  ])('string %s', (notation, value) => {
    const hex = bytes(notation).toString('hex');
    expect(written((out) => out.string(value))).toBe(hex);
    expect(written((out) => out.nullableString(value))).toBe(hex);
    expect(reader(notation).string()).toBe(value);
    expect(reader(notation).nullableString()).toBe(value);
  });

  test('a string of 127 bytes needs a length of two', () => {
    const text = 'x'.repeat(127);
    expect(written((out) => out.string(text))).toBe(`8001${'78'.repeat(127)}`);
    expect(reader(`8001${'78'.repeat(127)}`).string()).toBe(text);
  });

  test('a null string', () => {
    expect(written((out) => out.nullableString(null))).toBe('00');
    expect(reader('00').nullableString()).toBeNull();
    expect(() => reader('00').string()).toThrow(garbled);
  });

  test('bytes that are no UTF-8 are read, not refused: a group may be called anything', () => {
    expect(reader('03 ff fe').string()).toBe('\ufffd\ufffd');
  });

  test('bytes', () => {
    expect(reader('04 010203').bytes()).toEqual(bytes('010203'));
    expect(reader('01').bytes()).toHaveLength(0);
    expect(reader('00').bytes()).toHaveLength(0);
  });

  test('a UUID reads as Kafka prints it; the zero id means none', () => {
    expect(reader('000102030405060708090a0b0c0d0e0f').uuid()).toBe('AAECAwQFBgcICQoLDA0ODw');
    expect(reader('00000000000000000000000000000000').uuid()).toBeNull();
    expect(reader('00000000000000000000000000000001').uuid()).toBe('AAAAAAAAAAAAAAAAAAAAAQ');
    expect(reader('01000000000000000000000000000000').uuid()).toBe('AQAAAAAAAAAAAAAAAAAAAA');
  });

  test('array lengths', () => {
    expect(written((out) => out.arrayLength(null))).toBe('00');
    expect(written((out) => out.arrayLength(0))).toBe('01');
    expect(written((out) => out.arrayLength(127))).toBe('8001');
    expect(reader('00').arrayLength(1)).toBe(0);
    expect(reader('01').arrayLength(1)).toBe(0);
    expect(reader('03 0000').arrayLength(1)).toBe(2);
  });

  test('arrays of numbers and of strings', () => {
    expect(reader('03 00000001 ffffffff').int32Array()).toEqual([1, -1]);
    expect(reader('03 02"a" 01').stringArray()).toEqual(['a', '']);
    expect(reader('00').int32Array()).toEqual([]);
    const skipping = reader('03 00000001 00000002 2a');
    skipping.skipInt32Array();
    expect(skipping.int8()).toBe(42);
  });

  test('tagged fields are passed over', () => {
    expect(written((out) => out.noTags())).toBe('00');
    const from = reader('02  00 01 ff  8001 02 aabb  2a');
    from.skipTags();
    expect(from.int8()).toBe(42);
    expect(from.remaining).toBe(0);
  });

  test('the throttle time is kept for the transport', () => {
    const from = reader('000003e8');
    from.throttleTime();
    expect(from.throttleTimeMs).toBe(1000);
  });

  test('a view into a larger buffer reads its own bytes', () => {
    const whole = bytes('ffff 0000002a 02"a" ffff');
    const from = new WireReader(whole.subarray(2, 8));
    expect([from.int32(), from.string(), from.remaining]).toEqual([42, 'a', 0]);
    expect(() => from.int8()).toThrow(garbled);
  });
});

test('whatever is written reads back with a reader that shares nothing', () => {
  const value = fc.oneof(
    fc.record({ kind: fc.constant('int8' as const), value: fc.integer({ min: -128, max: 127 }) }),
    fc.record({ kind: fc.constant('int16' as const), value: fc.integer({ min: -32768, max: 32767 }) }),
    fc.record({ kind: fc.constant('int32' as const), value: fc.integer() }),
    fc.record({
      kind: fc.constant('int64' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ kind: fc.constant('unsignedVarint' as const), value: fc.nat() }),
    fc.record({
      kind: fc.constant('string' as const),
      value: fc.string({ unit: 'grapheme', maxLength: 3000 }),
    }),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), (values) => {
      const out = new WireWriter();
      for (const one of values) {
        switch (one.kind) {
          case 'int64':
            out.int64(one.value);
            break;
          case 'string':
            out.string(one.value);
            break;
          default:
            out[one.kind](one.value);
        }
      }
      const from = new ByteReader(out.written);
      const independently = { unsignedVarint: () => from.uvarint(), string: () => from.compactString() };
      const ours = new WireReader(out.written);
      for (const { kind, value } of values) {
        const theirs = kind === 'unsignedVarint' || kind === 'string' ? independently[kind]() : from[kind]();
        expect(theirs).toBe(value);
        expect(ours[kind]()).toBe(value);
      }
      expect([from.remaining, ours.remaining]).toEqual([0, 0]);
    }),
  );
});

describe('lengths that are not true', () => {
  test.each<[string, string, (from: WireReader) => unknown]>([
    ['a string of 2³¹ bytes', '80 80 80 80 08 "abc"', (from) => from.string()],
    ['a string of 2³⁵ bytes', 'ff ff ff ff 7f "abc"', (from) => from.nullableString()],
    ['a string one byte too long', '05 "abc"', (from) => from.string()],
    ['bytes of 2³¹', '80 80 80 80 08 "abc"', (from) => from.bytes()],
    ['an array of 2³¹ items', '80 80 80 80 08 00000001', (from) => from.arrayLength(1)],
    ['an array of 2³¹ numbers', '80 80 80 80 08 00000001', (from) => from.int32Array()],
    ['an array of 2³¹ numbers to skip', '80 80 80 80 08 00000001', (from) => from.skipInt32Array()],
    ['an array of 2³¹ strings', '80 80 80 80 08 01 01', (from) => from.stringArray()],
    ['an array one item too long', '04 00000001 00000002', (from) => from.int32Array()],
    ['2³¹ tagged fields', '80 80 80 80 08 00 00', (from) => from.skipTags()],
    ['a tagged field of 2³¹ bytes', '01 00 80 80 80 80 08 00', (from) => from.skipTags()],
    ['a varint that never ends', 'ff ff ff ff ff ff ff', (from) => from.unsignedVarint()],
    ['a varint cut off', '80', (from) => from.unsignedVarint()],
    ['half an int16', '00', (from) => from.int16()],
    ['half an int32', '0000', (from) => from.int32()],
    ['half an int64', '00000000', (from) => from.int64()],
    ['half a UUID', '0000000000000000', (from) => from.uuid()],
    ['nothing at all', '', (from) => from.int8()],
    ['more to skip than there is', '0000', (from) => from.skip(3)],
  ])('%s: garbled, and nothing is allocated for it', (_, notation, read) => {
    const before = process.memoryUsage();
    expect(() => read(reader(notation))).toThrow(garbled);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers + after.heapTotal - before.heapTotal).toBeLessThan(64e6);
  });

  test('the fault says where and by how much', () => {
    expect(() => reader('09 "abc"').string()).toThrow(
      'the answer ends early: 8 more bytes needed at byte 1 of 4',
    );
    expect(() => reader('09 00').arrayLength(3)).toThrow(
      'an array of 8 items at byte 1, but only 1 bytes are left',
    );
  });
});

const partitions = new Map([['t', [0]]]);
const messages: [string, Message<unknown>][] = [
  ['ApiVersions', apiVersions({ name: 'x', version: '1' })],
  ['Metadata', metadata(null)],
  ['ListGroups', listGroups()],
  ['OffsetFetch of many', offsetFetch(['g'])],
  ['OffsetFetch of one', offsetFetchOfOneGroup('g')],
  ['ListOffsets', listOffsets({ timestamp: -1n, readCommitted: false, partitions })],
  ['DescribeGroups', describeGroups(['g'])],
  ['ConsumerGroupDescribe', consumerGroupDescribe(['g'])],
];

/** Bytes with some sense in them reach deeper than pure noise: small numbers, short lengths, now and then a large one. */
const hostileBytes = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 0, 0, 1, 2, 3) },
      { weight: 1, arbitrary: fc.constantFrom(0x7f, 0x80, 0xff) },
      { weight: 1, arbitrary: fc.nat(255) },
    ),
    { maxLength: 400 },
  )
  .map((values) => Buffer.from(values));

describe.each(messages)('%s', (_, message) => {
  test('reads hostile bytes or calls them garbled: no other error, no hang', () => {
    const versions = fc.integer(message.versions);
    fc.assert(
      fc.property(versions, hostileBytes, (version, answer) => {
        // ApiVersions alone turns an error code into a fault of its own.
        expect(['read', 'garbled', 'unsupported-version']).toContain(outcome(message, version, answer));
      }),
      { numRuns: 400 },
    );
  });

  test('calls an endless array garbled at any depth', () => {
    for (let at = 0; at < 40; at++) {
      const answer = Buffer.concat([Buffer.alloc(at), bytes('ff ff ff ff 0f'), Buffer.alloc(40)]);
      for (let version = message.versions.min; version <= message.versions.max; version++) {
        expect(() => outcome(message, version, answer)).not.toThrow();
      }
    }
  });
});

test('outcome lets through what is no Fault, or these tests could not fail', () => {
  const broken: Message<unknown> = {
    ...listGroups(),
    decode: () => {
      throw new RangeError('mine');
    },
  };
  expect(() => outcome(broken, 5, Buffer.alloc(0))).toThrow(RangeError);
  expect(new Fault('garbled', 'x').code).toBe('garbled');
});
