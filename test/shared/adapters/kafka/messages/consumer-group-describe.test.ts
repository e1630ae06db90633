import { consumerGroupDescribeV0 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { consumerGroupDescribe } from '../../../../../shared/adapters/kafka/messages/consumer-group-describe.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const message = consumerGroupDescribe(['g1', 'g2']);

// v1 (Kafka 4.0) added the member's type to the answer; @platformatic/kafka does not have it.
test.each([0, 1])('the request in v%i', (version) => {
  expect(encoded(message, version)).toBe(bytes('03 03"g1" 03"g2" 00 00').toString('hex'));
});

test('the request is what @platformatic/kafka sends', () => {
  expect(encoded(message, 0)).toBe(oracleBytes(consumerGroupDescribeV0.createRequest(['g1', 'g2'], false)));
});

const uuid = '000102030405060708090a0b0c0d0e0f';

const answerOf = (version: number): Buffer => {
  const memberType = version >= 1 ? '01' : '';
  return bytes(`
    00000000
    03
      0000 00 03"g1" 07"Stable" 0000000a 0000000a 08"uniform"
      03
        03"m1" 00 06"eu-1a" 0000000a 04"app" 0a"/10.0.0.3"
          03 03"t1" 03"t2"  00                                  # subscribed by name
          02 ${uuid} 03"t1" 03 00000000 00000003 00  00         # assigned
          02 ${uuid} 03"t1" 02 00000000 00  00                  # to be assigned
          ${memberType} 00
        03"m2" 03"i2" 00 ffffffff 04"app" 06"host2"
          01 04"t.*"     # subscribed by a regular expression
          02 ${uuid} 03"t9" 02 00000001 00  00
          01 00
          ${memberType} 00
      80000000 00
      0045 05"gone" 03"g2" 01 00000000 00000000 01 01 80000000 00
    00
  `);
};

const expected = [
  {
    group: 'g1',
    error: 0,
    state: 'Stable',
    members: [
      {
        id: 'm1',
        clientId: 'app',
        host: '10.0.0.3',
        subscribed: ['t1', 't2'],
        assigned: new Map([['t1', [0, 3]]]),
      },
      // What its expression matched shows only in the assignment.
      { id: 'm2', clientId: 'app', host: 'host2', subscribed: ['t9'], assigned: new Map([['t9', [1]]]) },
    ],
  },
  { group: 'g2', error: 69, state: '', members: [] },
];

describe.each([0, 1])('the answer in v%i', (version) => {
  const answer = answerOf(version);

  test('is read to its last byte', () => {
    expect(decoded(message, version, answer)).toEqual(expected);
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, version, answer);
  });

  test('may hold tagged fields that we do not know', () => {
    expect(decoded(message, version, withUnknownTag(answer))).toEqual(expected);
  });
});

test('the answer in v0 means the same to @platformatic/kafka', () => {
  expect(oracleParsed(consumerGroupDescribeV0.parseResponse, 0, answerOf(0))).toMatchObject({
    groups: [
      {
        groupId: 'g1',
        members: [
          {
            memberId: 'm1',
            subscribedTopicNames: ['t1', 't2'],
            assignment: { topicPartitions: [{ topicName: 't1', partitions: [0, 3] }] },
            targetAssignment: { topicPartitions: [{ topicName: 't1', partitions: [0] }] },
          },
          { memberId: 'm2', subscribedTopicRegex: 't.*' },
        ],
      },
      { groupId: 'g2', errorCode: 69, members: [] },
    ],
  });
});
