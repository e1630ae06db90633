import { describeGroupsV5 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { describeGroups } from '../../../../../shared/adapters/kafka/messages/describe-groups.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const message = describeGroups(['g1', 'g2']);

// v6 only added an answer's field (KIP-1043); @platformatic/kafka does not have it.
test.each([5, 6])('the request in v%i', (version) => {
  expect(encoded(message, version)).toBe(bytes('03 03"g1" 03"g2" 00 00').toString('hex'));
});

test('the request is what @platformatic/kafka sends', () => {
  expect(encoded(message, 5)).toBe(oracleBytes(describeGroupsV5.createRequest(['g1', 'g2'], false)));
});

const subscription = '0000 00000002 0002"t1" 0002"t2" ffffffff'; // 18 bytes
const assignment = '0000 00000001 0002"t1" 00000002 00000000 00000003 ffffffff'; // 26 bytes

const answerOf = (version: number): Buffer => {
  const noError = version >= 6 ? '00' : '';
  return bytes(`
    00000000
    04
      0000 ${noError} 03"g1" 07"Stable" 09"consumer" 06"range"
      02
        03"m1" 06"inst1" 04"app" 0a"/10.0.0.3"
        13 ${subscription}
        1b ${assignment}
        00
      80000000 00
      0000 ${noError} 03"g2" 07"Stable" 08"connect" 08"default"
      02
        03"w1" 00 04"wrk" 06"host2" 04 010203 01
        00
      80000000 00
      0010 ${version >= 6 ? '05"gone"' : ''} 03"g3" 05"Dead" 01 01 01 80000000 00
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
    ],
  },
  {
    group: 'g2',
    error: 0,
    state: 'Stable',
    // Bytes of Kafka Connect: not ours to read.
    members: [{ id: 'w1', clientId: 'wrk', host: 'host2', subscribed: null, assigned: new Map() }],
  },
  { group: 'g3', error: 16, state: 'Dead', members: [] },
];

describe.each([5, 6])('the answer in v%i', (version) => {
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

test('the answer in v5 means the same to @platformatic/kafka', () => {
  expect(oracleParsed(describeGroupsV5.parseResponse, 5, answerOf(5))).toMatchObject({
    groups: [
      {
        groupId: 'g1',
        groupState: 'Stable',
        errorCode: 0,
        members: [{ memberId: 'm1', clientId: 'app', clientHost: '/10.0.0.3' }],
      },
      { groupId: 'g2', protocolType: 'connect' },
      { groupId: 'g3', errorCode: 16, groupState: 'Dead', members: [] },
    ],
  });
});
