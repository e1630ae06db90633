import { listGroupsV3, listGroupsV4, listGroupsV5 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { listGroups } from '../../../../../shared/adapters/kafka/messages/list-groups.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

describe('the request', () => {
  test.each([
    [3, '00'],
    [4, '01 00'],
    [5, '01 01 00'],
  ])('v%i filters nothing', (version, notation) => {
    expect(encoded(listGroups(), version)).toBe(bytes(notation).toString('hex'));
  });

  test('is what @platformatic/kafka sends', () => {
    expect(encoded(listGroups(), 3)).toBe(oracleBytes(listGroupsV3.createRequest([], [])));
    expect(encoded(listGroups(), 4)).toBe(oracleBytes(listGroupsV4.createRequest([], [])));
    expect(encoded(listGroups(), 5)).toBe(oracleBytes(listGroupsV5.createRequest([], [])));
  });
});

const cases = [
  {
    version: 3,
    oracle: listGroupsV3,
    answer: '00000000 0000 03 03"g1"09"consumer"00 03"g2"01 00 00',
    groups: [
      { group: 'g1', protocolType: 'consumer', state: null, type: null },
      { group: 'g2', protocolType: '', state: null, type: null },
    ],
  },
  {
    version: 4,
    oracle: listGroupsV4,
    answer: '00000000 0000 02 03"g1"09"consumer"07"Stable"00 00',
    groups: [{ group: 'g1', protocolType: 'consumer', state: 'Stable', type: null }],
  },
  {
    version: 5,
    oracle: listGroupsV5,
    answer:
      '00000000 0000 03 03"g1"09"consumer"07"Stable"09"Consumer"00 03"g2"06"share"06"Empty"06"Share"00 00',
    groups: [
      { group: 'g1', protocolType: 'consumer', state: 'Stable', type: 'Consumer' },
      { group: 'g2', protocolType: 'share', state: 'Empty', type: 'Share' },
    ],
  },
];

describe.each(cases)('the answer in v$version', ({ version, oracle, answer: notation, groups }) => {
  const answer = bytes(notation);

  test('is read to its last byte', () => {
    expect(decoded(listGroups(), version, answer)).toEqual({ error: 0, groups });
  });

  test('means the same to @platformatic/kafka', () => {
    expect(oracleParsed(oracle.parseResponse, version, answer)).toMatchObject({
      groups: groups.map(({ group, protocolType, state, type }) => ({
        groupId: group,
        protocolType,
        groupState: state ?? '',
        groupType: type ?? '',
      })),
    });
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(listGroups(), version, answer);
  });

  test('may hold tagged fields that we do not know', () => {
    expect(decoded(listGroups(), version, withUnknownTag(answer))).toEqual({ error: 0, groups });
  });
});

test('an error of the whole answer is data', () => {
  expect(decoded(listGroups(), 5, bytes('00000000 001f 01 00'))).toEqual({ error: 31, groups: [] });
});
