import { listOffsetsV6, listOffsetsV7 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import {
  listOffsets,
  listOffsetsTimestamp,
} from '../../../../../shared/adapters/kafka/messages/list-offsets.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const partitions = new Map([
  ['t1', [0, 5]],
  ['t2', [1]],
]);
const stable = listOffsets({ timestamp: listOffsetsTimestamp.latest, readCommitted: true, partitions });
const starts = listOffsets({ timestamp: listOffsetsTimestamp.earliest, readCommitted: false, partitions });

describe.each([
  [6, listOffsetsV6],
  [7, listOffsetsV7],
] as const)('v%i', (version, oracle) => {
  test('the request for the last stable offset', () => {
    expect(encoded(stable, version)).toBe(
      bytes(`
        ffffffff 01                # a client, read committed
        03
          03"t1" 03
            00000000 ffffffff ffffffffffffffff 00
            00000005 ffffffff ffffffffffffffff 00
          00
          03"t2" 02
            00000001 ffffffff ffffffffffffffff 00
          00
        00
      `).toString('hex'),
    );
  });

  test('the request for the log start', () => {
    const one = new Map([['t', [3]]]);
    const message = listOffsets({ timestamp: -2n, readCommitted: false, partitions: one });
    expect(encoded(message, version)).toBe(
      bytes('ffffffff 00 02 02"t" 02 00000003 ffffffff fffffffffffffffe 00 00 00').toString('hex'),
    );
  });

  test.each([
    ['last stable', stable, 1, -1n],
    ['start', starts, 0, -2n],
  ] as const)(
    'the request for %s offsets is what @platformatic/kafka sends',
    (_, message, level, timestamp) => {
      const topics = [...partitions].map(([name, numbers]) => ({
        name,
        partitions: numbers.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp })),
      }));
      expect(encoded(message, version)).toBe(oracleBytes(oracle.createRequest(-1, level, topics)));
    },
  );

  const answer = bytes(`
    00000000
    03
      03"t1" 03
        00000000 0000 ffffffffffffffff 7fffffffffffffff 00000004 00
        00000005 0006 ffffffffffffffff ffffffffffffffff ffffffff 00
      00
      03"t2" 02
        00000001 0000 ffffffffffffffff 0000000000000000 00000000 00
      00
    00
  `);
  const offsets = [
    { topic: 't1', partitions: [0, 5], errors: [0, 6], offsets: [9223372036854775807n, -1n] },
    { topic: 't2', partitions: [1], errors: [0], offsets: [0n] },
  ];

  test('the answer is read to its last byte, an error is data', () => {
    expect(decoded(stable, version, answer)).toEqual(offsets);
  });

  test('the answer means the same to @platformatic/kafka', () => {
    expect(oracleParsed(oracle.parseResponse, version, answer)).toMatchObject({
      topics: [
        {
          name: 't1',
          partitions: [
            { partitionIndex: 0, errorCode: 0, offset: 9223372036854775807n },
            { partitionIndex: 5, errorCode: 6, offset: -1n },
          ],
        },
        { name: 't2', partitions: [{ partitionIndex: 1, errorCode: 0, offset: 0n }] },
      ],
    });
  });

  test('the answer is garbled wherever it is cut', () => {
    expectEveryCutGarbled(stable, version, answer);
  });

  test('the answer may hold tagged fields that we do not know', () => {
    expect(decoded(stable, version, withUnknownTag(answer))).toEqual(offsets);
  });
});
