import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringifyExactly } from '../../../shared/contracts/exact-json.ts';
import { toSnapshotLine } from '../../../shared/contracts/snapshot-file.ts';
import { snapshotLineSchema } from '../../../shared/contracts/snapshot-line.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { parseExactly } from '../../support/parse-exactly.ts';
import { largestOffset, randomSnapshot } from '../../support/random-snapshot.ts';
import { member, silence, snapshotOf } from '../../support/snapshot-notation.ts';

const lineOf = (snapshot: Snapshot): string => stringifyExactly(toSnapshotLine(snapshot));
const parse = (line: string): unknown => parseExactly(line, ['start', 'end', 'stable', 'offset']);

test('a line is written key by key as documented, offsets exactly', () => {
  const snapshot = snapshotOf(
    { orders: [`1..7..${largestOffset}`, '?'] },
    {
      billing: { commits: { orders: [4, 5] }, members: [member({ orders: [0, 1] })] },
      closed: { members: null, state: 'Stable', coordinator: null, unread: silence },
    },
    [{ scope: 'partition', topic: 'orders', partition: 1, broker: 3, ...silence }],
  );
  expect(lineOf(snapshot)).toBe(
    '{"schema":"lagwarden.snapshot/1","cluster":"orders-prod","at":"2026-03-01T03:00:00.000Z","brokers":[1,2,3],' +
      '"topics":[{"name":"orders","id":null,"partitions":[' +
      '{"partition":0,"leader":1,"start":1,"end":9223372036854775807,"stable":7},' +
      '{"partition":1,"leader":1,"start":null,"end":null,"stable":null,"error":"timed-out"}]}],' +
      '"groups":[{"group":"billing","type":"classic","state":"Stable","coordinator":1,' +
      '"members":[{"id":"m-1","clientId":"app","host":"/10.0.0.1","subscribed":["orders"],"assigned":{"orders":[0,1]}}],' +
      '"commits":[{"topic":"orders","partition":0,"offset":4},{"topic":"orders","partition":1,"offset":5}]},' +
      '{"group":"closed","type":"classic","state":"Stable","coordinator":null,"members":null,"commits":[],' +
      '"error":"timed-out"}],' +
      '"unread":[{"scope":"partition","broker":3,"topic":"orders","partition":1,"reason":"timed-out",' +
      '"detail":"no answer within 3000 ms"}]}',
  );
});

test('names that an object treats specially survive as keys', () => {
  const owner = member(
    {},
    {
      assigned: new Map([
        ['__proto__', [3]],
        ['constructor', [0]],
      ]),
      subscribed: null,
    },
  );
  const line = lineOf(snapshotOf({}, { ['__proto__']: { members: [owner] } }));
  expect(line).toContain('"group":"__proto__"');
  expect(line).toContain('"subscribed":null,"assigned":{"__proto__":[3],"constructor":[0]}');
});

test.each([{ orders: 0 }, { orders: ['0'] }, { orders: [0.5] }, { orders: [-1] }, [], null, 'orders'])(
  'an assignment such as %j is refused',
  (assigned) => {
    const line = toSnapshotLine(snapshotOf({}, { billing: { members: [member()] } }));
    const garbled = JSON.parse(JSON.stringify(line), (key, value) => (key === 'assigned' ? assigned : value));
    expect(snapshotLineSchema.safeParse(line).success).toBe(true);
    expect(snapshotLineSchema.safeParse(garbled).error?.issues).toMatchObject([
      {
        path: ['groups', 0, 'members', 0, 'assigned'],
        message: expect.stringContaining('partition numbers by topic'),
      },
    ]);
  },
);

test('the line of any snapshot keeps its schema and is the same after being read and written again', () => {
  fc.assert(
    fc.property(randomSnapshot, (snapshot) => {
      const line = lineOf(snapshot);
      expect(line).not.toMatch(/[\n\r]/);
      expect(stringifyExactly(snapshotLineSchema.parse(parse(line)))).toBe(line);
    }),
  );
});

test('no commit and no partition of any snapshot is lost', () => {
  fc.assert(
    fc.property(randomSnapshot, (snapshot) => {
      const line = snapshotLineSchema.parse(toSnapshotLine(snapshot));
      for (const [i, { commits }] of snapshot.groups.entries()) {
        expect(
          line.groups[i]?.commits.map(({ topic, partition, offset }) => [topic, partition, offset]),
        ).toEqual(
          commits.flatMap(({ topic, partitions, offsets }) =>
            partitions.map((partition, at) => [topic, partition, offsets[at]]),
          ),
        );
      }
      expect(line.topics.flatMap(({ partitions }) => partitions.map(({ end }) => end))).toEqual(
        [...snapshot.topics.values()].flatMap(({ partitions }) =>
          [...partitions.values()].map(({ end }) => end),
        ),
      );
    }),
  );
});
