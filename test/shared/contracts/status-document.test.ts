import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringifyExactly } from '../../../shared/contracts/exact-json.ts';
import { statusDocumentSchema, toStatusDocument } from '../../../shared/contracts/status-document.ts';
import { type Evaluation, evaluate } from '../../../shared/domain/evaluate.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { judged } from '../../support/judged.ts';
import { keyOrder, parseExactly } from '../../support/parse-exactly.ts';
import { largestOffset, randomSnapshot } from '../../support/random-snapshot.ts';
import { snapshotsOf } from '../../support/scenario.ts';
import { member, silence, snapshotOf } from '../../support/snapshot-notation.ts';

const cost = {
  durationMs: 41.6,
  requests: new Map([
    ['OffsetFetch', 3],
    ['ListOffsets', 9],
  ]),
};
const documentOf = (snapshot: Snapshot, policy = defaultPolicy) =>
  toStatusDocument(
    snapshot,
    judged(snapshot, () => policy),
    cost,
  );
const offsetKeys = ['start', 'committed', 'stable', 'end', 'lag', 'recordsLost'];

test('the document of a small cluster, as it is printed', () => {
  const snapshot = snapshotOf(
    { orders: [`0..${largestOffset}`, '7..10', '?'] },
    { billing: { commits: { orders: [2, 4, 4] }, members: [member({ orders: [0, 1] })] } },
    [{ scope: 'partition', topic: 'orders', partition: 2, broker: 3, ...silence }],
  );
  const text = stringifyExactly(documentOf(snapshot));
  expect(parseExactly(text, [...offsetKeys, 'lost', 'from', 'to'])).toEqual({
    schema: 'lagwarden.status/1',
    at: '2026-03-01T03:00:00.000Z',
    durationMs: 42,
    cluster: { name: 'orders-prod', id: 'cluster-1', brokers: [1, 2, 3] },
    requests: { total: 12, byApi: { ListOffsets: 9, OffsetFetch: 3 } },
    groups: [
      {
        group: 'billing',
        type: 'classic',
        state: 'Stable',
        members: 1,
        idleMembers: 0,
        unknownPartitions: 1,
        coordinator: 1,
        verdict: 'data-lost',
        severity: 'critical',
        reason: 'orders-1: 3 records deleted before the group read them: offsets 4 to 6',
        lag: largestOffset - 2n + 6n,
        timeLagSeconds: null,
        drainSeconds: null,
        lossSeconds: null,
        recordsLost: 3n,
        partitions: [
          {
            topic: 'orders',
            partition: 0,
            verdict: 'observing',
            severity: 'ok',
            reason:
              '9,223,372,036,854,775,805 offsets waiting; too little was seen to tell whether the group moves',
            evidence: { lag: largestOffset - 2n, heldByTransaction: null, nobodyReads: false },
            start: 0n,
            committed: 2n,
            stable: largestOffset,
            end: largestOffset,
            lag: largestOffset - 2n,
            timeLagSeconds: null,
            drainSeconds: null,
            lossSeconds: null,
            owner: { memberId: 'm-1', clientId: 'app', host: '/10.0.0.1' },
          },
          {
            topic: 'orders',
            partition: 1,
            verdict: 'data-lost',
            severity: 'critical',
            reason: '3 records deleted before the group read them: offsets 4 to 6',
            evidence: { lost: 3n, from: 4n, to: 7n },
            start: 7n,
            committed: 4n,
            stable: 10n,
            end: 10n,
            lag: 6n,
            timeLagSeconds: null,
            drainSeconds: null,
            lossSeconds: null,
            owner: { memberId: 'm-1', clientId: 'app', host: '/10.0.0.1' },
          },
          {
            topic: 'orders',
            partition: 2,
            verdict: 'unknown',
            severity: 'info',
            reason: 'not read (timed-out): no answer within 3000 ms',
            evidence: { reason: 'timed-out', detail: 'no answer within 3000 ms', unreadMs: 0 },
            start: null,
            committed: 4n,
            stable: null,
            end: null,
            lag: null,
            timeLagSeconds: null,
            drainSeconds: null,
            lossSeconds: null,
            owner: null,
          },
        ],
      },
    ],
    unread: [
      {
        scope: 'partition',
        broker: 3,
        topic: 'orders',
        partition: 2,
        reason: 'timed-out',
        detail: 'no answer within 3000 ms',
      },
    ],
  });
});

test('keys stand in the order in which they are documented', () => {
  const snapshot = snapshotOf(
    { orders: ['0..10'] },
    { billing: { commits: { orders: [10] }, members: [member({ orders: [0] })] } },
    [{ reason: 'garbled', partition: 1, detail: '', topic: 'b', group: 'a', scope: 'partition', broker: 1 }],
  );
  expect(keyOrder(JSON.parse(stringifyExactly(documentOf(snapshot))))).toBe(
    '{ schema at durationMs cluster{ name id brokers[] } requests{ total byApi{ ListOffsets OffsetFetch } } ' +
      'groups[{ group type state members idleMembers unknownPartitions coordinator verdict severity reason lag ' +
      'timeLagSeconds drainSeconds lossSeconds recordsLost ' +
      'partitions[{ topic partition verdict severity reason evidence{ lag marker } start committed stable end lag ' +
      'timeLagSeconds drainSeconds lossSeconds owner{ memberId clientId host } }] }] ' +
      'unread[{ scope broker group topic partition reason detail }] }',
  );
});

describe('what takes time to know', () => {
  const timeline = snapshotsOf(`
    orders-0  end: 1000 +60*60  committed: 1000 +60*20 +30*40  owner: a
    orders-1  end: 90  committed: 40  owner: a`);
  const last = timeline.reduce<Evaluation | null>(
    (before, one) => evaluate(before?.state ?? null, one),
    null,
  );
  const { findings, transitions } = last as Evaluation;
  const document = toStatusDocument(timeline.at(-1) as Snapshot, findings, cost, transitions);
  const [behind, still] = document.groups[0]?.partitions ?? [];

  test('an age is the best guess, in whole seconds from a minute on', () => {
    expect(behind).toMatchObject({ verdict: 'falling-behind', timeLagSeconds: expect.any(Number) });
    expect(Number.isInteger(behind?.timeLagSeconds)).toBe(true);
    expect(document.groups[0]?.timeLagSeconds).toBe(behind?.timeLagSeconds);
  });

  test('where only a lower bound is known it stands in the evidence', () => {
    expect(still).toMatchObject({ timeLagSeconds: null, evidence: { timeLagAtLeastSeconds: 3600 } });
  });

  test('a short age is no 0', () => {
    const dated = [
      {
        topic: 'orders',
        partition: 0,
        offset: toOffset(7n),
        notBefore: Date.UTC(2026, 2, 1, 3) - 4,
        notAfter: Date.UTC(2026, 2, 1, 3) - 4,
      },
    ];
    const snapshot = { ...snapshotOf({ orders: ['0..10'] }, { a: { commits: { orders: [7] } } }), dated };
    expect(documentOf(snapshot).groups).toMatchObject([{ timeLagSeconds: 0.1 }]);
    const older = dated.map((one) => ({
      ...one,
      notBefore: one.notBefore - 5_030,
      notAfter: one.notAfter - 5_030,
    }));
    expect(documentOf({ ...snapshot, dated: older }).groups).toMatchObject([{ timeLagSeconds: 5 }]);
  });

  test('transitions stand at the end, where polls follow each other', () => {
    const opening = evaluate(
      null,
      snapshotOf({ orders: ['7..10'] }, { a: { commits: { orders: [4] }, members: [member()] } }),
    );
    const { transitions: told } = toStatusDocument(
      timeline[0] as Snapshot,
      opening.findings,
      cost,
      opening.transitions,
    );
    expect(told).toEqual([
      {
        group: 'a',
        from: 'ok',
        to: 'pending',
        fromVerdict: null,
        toVerdict: 'data-lost',
        severity: 'critical',
        reason: 'orders-0: 3 records deleted before the group read them: offsets 4 to 6',
      },
    ]);
    expect(Object.keys(document).at(-1)).toBe('transitions');
    expect(documentOf(timeline[0] as Snapshot)).not.toHaveProperty('transitions');
  });

  test('a limit that raised the severity is a part of the reason', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10'] },
      { a: { commits: { orders: [4] }, members: [member()] } },
    );
    expect(documentOf(snapshot, { ...defaultPolicy, maxLag: 5n }).groups).toMatchObject([
      { severity: 'critical', reason: expect.stringMatching(/; lag 6 is beyond its policy's maxLag$/) },
    ]);
  });
});

describe('null means not known, never 0', () => {
  test('lag is 0 only where nothing waits, and then time lag is 0 too', () => {
    const snapshot = snapshotOf({ orders: ['0..10'] }, { a: { commits: { orders: [10] } } });
    expect(documentOf(snapshot).groups).toMatchObject([
      { lag: 0n, timeLagSeconds: 0, partitions: [{ lag: 0n, timeLagSeconds: 0 }] },
    ]);
  });

  test('nothing known: no number is 0', () => {
    const snapshot = snapshotOf(
      { orders: ['?'] },
      { a: { commits: { orders: [10] }, members: null, coordinator: null, state: '' } },
    );
    expect(documentOf(snapshot).groups).toMatchObject([
      {
        members: null,
        idleMembers: null,
        coordinator: null,
        lag: null,
        timeLagSeconds: null,
        partitions: [{ start: null, stable: null, end: null, lag: null, timeLagSeconds: null, owner: null }],
      },
    ]);
  });

  test('caught up on what could be read is not known to be caught up', () => {
    const snapshot = snapshotOf({ orders: ['0..10', '?'] }, { a: { commits: { orders: [10, 10] } } });
    expect(documentOf(snapshot).groups).toMatchObject([
      { lag: 0n, unknownPartitions: 1, timeLagSeconds: null },
    ]);
  });

  test('a group of no partition has no time lag', () => {
    expect(documentOf(snapshotOf({}, { a: { members: [member()] } })).groups).toMatchObject([
      { lag: null, timeLagSeconds: null, partitions: [] },
    ]);
  });

  test('lag that a policy allows has an age that is not known', () => {
    const snapshot = snapshotOf({ orders: ['0..10'] }, { a: { commits: { orders: [7] } } });
    expect(documentOf(snapshot, { ...defaultPolicy, allowedLag: 5n }).groups).toMatchObject([
      { verdict: 'caught-up', lag: 3n, timeLagSeconds: null },
    ]);
  });

  test('beyond the end: negative on the partition, 0 in the sum', () => {
    const snapshot = snapshotOf({ orders: ['0..10'] }, { a: { commits: { orders: [12] } } });
    expect(documentOf(snapshot).groups).toMatchObject([{ lag: 0n, partitions: [{ lag: -2n }] }]);
  });
});

describe('of any snapshot', () => {
  test('the document keeps its schema, and every number and name survives being printed and read', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        const document = documentOf(snapshot);
        expect(() => statusDocumentSchema.parse(document)).not.toThrow();
        const text = stringifyExactly(document);
        expect(text).not.toContain('\n');
        expect(
          parseExactly(text, [...offsetKeys, 'lost', 'from', 'to', 'inLog', 'heldByTransaction']),
        ).toEqual(document);
      }),
    );
  });

  test('nothing unread is left out, and groups keep their order', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        const { groups, unread } = documentOf(snapshot);
        expect(unread).toEqual(snapshot.unread);
        expect(groups.map(({ group }) => group)).toEqual(snapshot.groups.map(({ group }) => group));
      }),
    );
  });
});
