import { encodeConsumerProtocolAssignment, encodeConsumerProtocolSubscription } from '@platformatic/kafka';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consumerAssignment,
  consumerSubscription,
} from '../../../../shared/adapters/kafka/consumer-protocol.ts';
import { bytes } from './messages/golden.ts';

// Layouts by Kafka's ConsumerProtocolSubscription.json and ConsumerProtocolAssignment.json.
const topics = '00000002 0002"t1" 0005"other"';
const userData = 'ffffffff';
const owned = '00000001 0002"t1" 00000002 00000000 00000001';

describe('a subscription', () => {
  test.each([
    [0, `0000 ${topics} ${userData}`],
    [0, `0000 ${topics} 00000003 010203`],
    [1, `0001 ${topics} ${userData} ${owned}`],
    [2, `0002 ${topics} ${userData} ${owned} 00000007`],
    [3, `0003 ${topics} ${userData} ${owned} 00000007 0005"eu-1a"`],
    [3, `0003 ${topics} ${userData} ${owned} 00000007 ffff`],
  ])('of version %i', (_, notation) => {
    expect(consumerSubscription(bytes(notation))).toEqual(['t1', 'other']);
  });

  test('of a version to come is read as far as we know it', () => {
    expect(consumerSubscription(bytes(`0009 ${topics} ${userData} deadbeef`))).toEqual(['t1', 'other']);
  });

  test('to nothing', () => {
    expect(consumerSubscription(bytes(`0000 00000000 ${userData}`))).toEqual([]);
  });
});

describe('an assignment', () => {
  const assigned = '00000002 0002"t1" 00000003 00000000 00000003 00000001 0002"t2" 00000000';

  test.each([0, 1, 2, 3])('of version %i', (version) => {
    expect(consumerAssignment(bytes(`000${version} ${assigned} ${userData}`))).toEqual(
      new Map([
        ['t1', [0, 3, 1]],
        ['t2', []],
      ]),
    );
  });

  test('of nothing', () => {
    expect(consumerAssignment(bytes(`0000 00000000 ${userData}`))).toEqual(new Map());
  });
});

test.each([0, 1, 2, 3])('what another client writes in version %i is read', (version) => {
  const owned = [{ topic: 'a', partitions: [4, 2] }];
  const subscription = encodeConsumerProtocolSubscription({
    version,
    topics: ['a', 'bb'],
    userData: Buffer.from('own'),
    ownedPartitions: owned,
    generationId: 7,
    rackId: 'eu-1a',
  });
  expect(consumerSubscription(subscription)).toEqual(['a', 'bb']);
  const assigned = consumerAssignment(
    encodeConsumerProtocolAssignment({ version, assignedPartitions: owned }),
  );
  expect([...(assigned ?? [])].map(([topic, numbers]) => [topic, [...numbers].sort()])).toEqual([
    ['a', [2, 4]],
  ]);
});

describe('bytes that say nothing are null, never an error', () => {
  test.each([
    ['none', ''],
    ['half a version', '00'],
    ['a version only', '0000'],
    ['half a length', '0000 0000'],
    ['2³¹ − 1 topics', '0000 7fffffff'],
    ['one topic too many', '0000 00000003 0002"t1" 0002"t2"'],
    ['a name longer than the bytes', '0000 00000001 7fff"t1"'],
    ['a null name', '0000 00000001 ffff 00000000'],
    ['a name of negative length', '0000 00000001 8000 00000000'],
    ['a topic without partitions', '0000 00000001 0002"t1"'],
  ])('%s', (what, notation) => {
    expect(consumerAssignment(bytes(notation))).toBeNull();
    if (what !== 'a topic without partitions') expect(consumerSubscription(bytes(notation))).toBeNull();
  });

  test('2³¹ − 1 partitions', () => {
    expect(consumerAssignment(bytes('0000 00000001 0002"t1" 7fffffff 00000000'))).toBeNull();
  });

  test('whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const members = [consumerSubscription(Buffer.from(noise)), consumerAssignment(Buffer.from(noise))];
        expect(members).toHaveLength(2);
      }),
      { numRuns: 500 },
    );
  });

  test('cut anywhere, an assignment is null or shorter than it was, and never another', () => {
    const whole = bytes('0000 00000002 0002"t1" 00000001 00000000 0002"t2" 00000001 00000005');
    for (let size = 0; size < whole.length; size++) {
      expect(consumerAssignment(whole.subarray(0, size)), `${size} bytes`).toBeNull();
    }
  });
});
