import { listOffsetsV6, listOffsetsV7 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { listOffsetsByTimestamp } from '../../../../../shared/adapters/kafka/messages/list-offsets-by-timestamp.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const asked = new Map([
  [
    't1',
    new Map([
      [0, 0n],
      [5, 1_700_000_000_000n],
    ]),
  ],
  ['t2', new Map([[1, 255n]])],
]);
const message = listOffsetsByTimestamp(asked);

describe.each([
  [6, listOffsetsV6],
  [7, listOffsetsV7],
] as const)('v%i', (version, oracle) => {
  test('the request names an instant for each partition', () => {
    expect(encoded(message, version)).toBe(
      bytes(`
        ffffffff 00                # a client, read uncommitted
        03
          03"t1" 03
            00000000 ffffffff 0000000000000000 00
            00000005 ffffffff 0000018bcfe56800 00
          00
          03"t2" 02
            00000001 ffffffff 00000000000000ff 00
          00
        00
      `).toString('hex'),
    );
  });

  test('the request is what @platformatic/kafka sends', () => {
    const topics = [...asked].map(([name, partitions]) => ({
      name,
      partitions: [...partitions].map(([partitionIndex, timestamp]) => ({
        partitionIndex,
        currentLeaderEpoch: -1,
        timestamp,
      })),
    }));
    expect(encoded(message, version)).toBe(oracleBytes(oracle.createRequest(-1, 0, topics)));
  });

  const answer = bytes(`
    00000000
    03
      03"t1" 03
        00000000 0000 0000018bcfe56800 7fffffffffffffff 00000004 00
        00000005 0006 ffffffffffffffff ffffffffffffffff ffffffff 00
      00
      03"t2" 02
        00000001 0000 ffffffffffffffff ffffffffffffffff ffffffff 00
      00
    00
  `);
  const found = [
    {
      topic: 't1',
      partitions: [0, 5],
      errors: [0, 6],
      timestamps: [1_700_000_000_000n, -1n],
      offsets: [2n ** 63n - 1n, -1n],
    },
    { topic: 't2', partitions: [1], errors: [0], timestamps: [-1n], offsets: [-1n] },
  ];

  test('the answer is read to its last byte, an error is data', () => {
    expect(decoded(message, version, answer)).toEqual(found);
  });

  test('the answer means the same to @platformatic/kafka', () => {
    expect(oracleParsed(oracle.parseResponse, version, answer)).toMatchObject({
      topics: [
        {
          name: 't1',
          partitions: [
            { partitionIndex: 0, errorCode: 0, timestamp: 1_700_000_000_000n, offset: 2n ** 63n - 1n },
            { partitionIndex: 5, errorCode: 6 },
          ],
        },
        { name: 't2', partitions: [{ partitionIndex: 1, errorCode: 0, timestamp: -1n, offset: -1n }] },
      ],
    });
  });

  test('the answer is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, version, answer);
  });

  test('the answer may hold tagged fields that we do not know', () => {
    expect(decoded(message, version, withUnknownTag(answer))).toEqual(found);
  });
});
