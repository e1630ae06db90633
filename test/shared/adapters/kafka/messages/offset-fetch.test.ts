import { offsetFetchV6, offsetFetchV7, offsetFetchV8 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import {
  offsetFetch,
  offsetFetchOfOneGroup,
} from '../../../../../shared/adapters/kafka/messages/offset-fetch.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const byId = (...ids: string[]) => ids.map((groupId) => ({ groupId, topics: null }));

describe('the request', () => {
  test('v8 names many groups, every topic, and does not wait for transactions', () => {
    expect(encoded(offsetFetch(['g1', 'group-2']), 8)).toBe(
      bytes('03 03"g1"00 00 08"group-2"00 00 00 00').toString('hex'),
    );
  });

  test('asks for what no transaction may still move, where the version can say so', () => {
    expect(encoded(offsetFetch(['g1'], true), 8)).toBe(bytes('02 03"g1"00 00 01 00').toString('hex'));
    expect(encoded(offsetFetchOfOneGroup('g1', true), 7)).toBe(bytes('03"g1" 00 01 00').toString('hex'));
    expect(encoded(offsetFetchOfOneGroup('g1', true), 6)).toBe(bytes('03"g1" 00 00').toString('hex'));
  });

  test('v7 and v6 name one', () => {
    expect(encoded(offsetFetchOfOneGroup('g1'), 7)).toBe(bytes('03"g1" 00 00 00').toString('hex'));
    expect(encoded(offsetFetchOfOneGroup('g1'), 6)).toBe(bytes('03"g1" 00 00').toString('hex'));
  });

  test('is what @platformatic/kafka sends', () => {
    // biome-ignore lint/suspicious/noExplicitAny: its types do not know that topics may be null, which its encoder does.
    const groups = (...ids: string[]): any => byId(...ids);
    expect(encoded(offsetFetch(['a', 'bb']), 8)).toBe(
      oracleBytes(offsetFetchV8.createRequest(groups('a', 'bb'), false)),
    );
    expect(encoded(offsetFetchOfOneGroup('a'), 7)).toBe(
      oracleBytes(offsetFetchV7.createRequest(groups('a'), false)),
    );
    expect(encoded(offsetFetchOfOneGroup('a'), 6)).toBe(
      oracleBytes(offsetFetchV6.createRequest(groups('a'), false)),
    );
  });
});

/** Three partitions: a commit, none, an error; then a topic whose commit carries metadata and exceeds 2⁵³. */
const topics = `
  03
    03"t1" 04
      00000000 0000000000000065 ffffffff 01 0000 00
      00000001 ffffffffffffffff ffffffff 01 0000 00
      00000002 ffffffffffffffff ffffffff 00 001d 00
    00
    03"t2" 02
      00000007 0020000000000001 00000003 05"note" 0000 00
    00
`;

const commits = {
  topics: [
    { topic: 't1', partitions: [0], offsets: BigInt64Array.of(101n) },
    { topic: 't2', partitions: [7], offsets: BigInt64Array.of(9007199254740993n) },
  ],
  partitionErrors: [{ topic: 't1', partition: 2, error: 29 }],
};

const toOracle = [
  {
    name: 't1',
    partitions: [
      { partitionIndex: 0, committedOffset: 101n, errorCode: 0 },
      { partitionIndex: 1, committedOffset: -1n, errorCode: 0 },
      { partitionIndex: 2, committedOffset: -1n, errorCode: 29 },
    ],
  },
  { name: 't2', partitions: [{ partitionIndex: 7, committedOffset: 9007199254740993n, metadata: 'note' }] },
];

describe('the answer in v8', () => {
  const answer = bytes(`00000000 03  03"g1" ${topics} 0000 00  03"g2" 01 0010 00  00`);
  const message = offsetFetch(['g1', 'g2']);
  const groups = [
    { group: 'g1', error: 0, ...commits },
    { group: 'g2', error: 16, topics: [], partitionErrors: [] },
  ];

  test('is read to its last byte; "no commit" is left out, an error is data', () => {
    expect(decoded(message, 8, answer)).toEqual(groups);
  });

  test('means the same to @platformatic/kafka', () => {
    expect(oracleParsed(offsetFetchV8.parseResponse, 8, answer)).toMatchObject({
      groups: [
        { groupId: 'g1', topics: toOracle, errorCode: 0 },
        { groupId: 'g2', topics: [], errorCode: 16 },
      ],
    });
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, 8, answer);
  });

  test('may hold tagged fields that we do not know', () => {
    expect(decoded(message, 8, withUnknownTag(answer))).toEqual(groups);
  });
});

describe.each([
  [6, offsetFetchV6],
  [7, offsetFetchV7],
] as const)('the answer in v%i', (version, oracle) => {
  const answer = bytes(`00000000 ${topics} 0000 00`);
  const message = offsetFetchOfOneGroup('g1');

  test('is read to its last byte, under the name that was asked for', () => {
    expect(decoded(message, version, answer)).toEqual({ group: 'g1', error: 0, ...commits });
  });

  test('means the same to @platformatic/kafka', () => {
    expect(oracleParsed(oracle.parseResponse, version, answer)).toMatchObject({ topics: toOracle });
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, version, answer);
  });

  test('may hold tagged fields that we do not know', () => {
    expect(decoded(message, version, withUnknownTag(answer))).toMatchObject(commits);
  });
});
