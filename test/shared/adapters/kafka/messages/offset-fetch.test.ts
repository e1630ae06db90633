import { offsetFetchV6, offsetFetchV7, offsetFetchV8 } from '@platformatic/kafka';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  offsetFetch,
  offsetFetchOfOneGroup,
} from '../../../../../shared/adapters/kafka/messages/offset-fetch.ts';
import { WireWriter } from '../../../../../shared/adapters/kafka/wire.ts';
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

describe('lists of partitions that recur', () => {
  type Note = readonly (readonly [partition: number, committed: bigint, error?: number])[];

  /** One group whose topics are the notes. */
  const answer = (notes: readonly (readonly [string, Note])[]) => {
    const out = new WireWriter();
    out.int32(0);
    out.arrayLength(1);
    out.string('g1');
    out.arrayLength(notes.length);
    for (const [topic, note] of notes) {
      out.string(topic);
      out.arrayLength(note.length);
      for (const [partition, committed, error = 0] of note) {
        out.int32(partition);
        out.int64(committed);
        out.int32(-1);
        out.string('');
        out.int16(error);
        out.noTags();
      }
      out.noTags();
    }
    out.int16(0);
    out.noTags();
    out.noTags();
    return decoded(offsetFetch(['g1']), 8, Buffer.from(out.written))[0]?.topics ?? [];
  };

  test('are one array', () => {
    const [first, second] = answer([
      [
        'a',
        [
          [2, 20n],
          [0, 0n],
        ],
      ],
      [
        'b',
        [
          [2, 21n],
          [0, 1n],
        ],
      ],
    ]);
    expect(second?.partitions).toBe(first?.partitions);
    expect(second).toEqual({ topic: 'b', partitions: [2, 0], offsets: BigInt64Array.of(21n, 1n) });
  });

  test('are told from those that only begin alike, or lack what has no commit or an error', () => {
    const notes: (readonly [string, Note])[] = [
      [
        'a',
        [
          [2, 20n],
          [0, 0n],
          [1, 10n],
        ],
      ],
      [
        'longer',
        [
          [2, 20n],
          [0, 0n],
          [1, 10n],
          [3, 30n],
        ],
      ],
      [
        'shorter',
        [
          [2, 20n],
          [0, 0n],
        ],
      ],
      [
        'other',
        [
          [2, 20n],
          [7, 70n],
          [1, 10n],
        ],
      ],
      ['nothing', []],
      [
        'none',
        [
          [2, 20n],
          [0, -1n],
          [1, 10n],
        ],
      ],
      [
        'error',
        [
          [2, 20n],
          [0, 0n, 29],
          [1, 10n],
        ],
      ],
      [
        'a',
        [
          [2, 22n],
          [0, 2n],
          [1, 12n],
        ],
      ],
    ];
    const expected = notes.map(([topic, note]) => {
      const known = note.filter(([, committed, error = 0]) => committed >= 0n && error === 0);
      return {
        topic,
        partitions: known.map(([partition]) => partition),
        offsets: BigInt64Array.from(known, ([, committed]) => committed),
      };
    });
    expect(answer(notes)).toEqual(expected);
  });

  test('and any others are read as they are', () => {
    const note = fc.array(fc.tuple(fc.nat(3), fc.bigInt(-1n, 2n ** 63n - 1n)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), note), { maxLength: 8 }), (notes) => {
        const expected = notes.map(([topic, all]) => {
          const known = all.filter(([, committed]) => committed >= 0n);
          return [topic, known.map(([partition]) => partition), known.map(([, committed]) => committed)];
        });
        const read = answer(notes).map(({ topic, partitions, offsets }) => [
          topic,
          [...partitions],
          Array.from(offsets),
        ]);
        expect(read).toEqual(expected);
      }),
    );
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
