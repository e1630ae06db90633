import { describe, expect, test } from 'vitest';
import { judge } from '../../../shared/domain/finding.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { measure } from '../../../shared/domain/reading.ts';
import { formatCount, groupReason, partitionName, partitionReason } from '../../../shared/domain/reason.ts';
import type { Judgement } from '../../../shared/domain/verdict.ts';
import {
  type GroupNote,
  type LogNote,
  member,
  silence,
  snapshotOf,
} from '../../support/snapshot-notation.ts';

test.each([
  [0, '0'],
  [1204000n, '1,204,000'],
  [2n ** 63n - 1n, '9,223,372,036,854,775,807'],
])('%d is written %s', (value, text) => {
  expect(formatCount(value)).toBe(text);
});

describe('a partition', () => {
  const reasons: readonly [Judgement, string][] = [
    [{ verdict: 'unknown', evidence: silence }, 'not read (timed-out): no answer within 3000 ms'],
    [
      { verdict: 'data-lost', evidence: { lost: 3n, from: 4n, to: 7n } },
      '3 records deleted before the group read them: offsets 4 to 6',
    ],
    [
      { verdict: 'data-lost', evidence: { lost: 1n, from: 4n, to: 5n } },
      '1 record deleted before the group read it: offset 4',
    ],
    [
      { verdict: 'data-lost', evidence: { lost: 2_000_000n, from: 0n, to: 2_000_000n } },
      '2,000,000 records deleted before the group read them: offsets 0 to 1999999',
    ],
    [{ verdict: 'uncommitted', evidence: { inLog: null } }, 'owned by a member, no commit yet'],
    [
      { verdict: 'uncommitted', evidence: { inLog: 1n } },
      'owned by a member, no commit yet; the log holds 1 offset',
    ],
    [
      { verdict: 'uncommitted', evidence: { inLog: 1234n } },
      'owned by a member, no commit yet; the log holds 1,234 offsets',
    ],
    [{ verdict: 'caught-up', evidence: { lag: 0n } }, 'nothing waits'],
    [{ verdict: 'caught-up', evidence: { lag: 1500n } }, 'lag 1,500 is within what the policy allows'],
    [
      { verdict: 'observing', evidence: { lag: 1n, heldByTransaction: null, nobodyReads: false } },
      '1 offset waiting; one look cannot tell whether the group moves',
    ],
    [
      { verdict: 'observing', evidence: { lag: 1n, heldByTransaction: null, nobodyReads: true } },
      '1 offset waiting and no member to read it; one look cannot tell since when',
    ],
    [
      { verdict: 'observing', evidence: { lag: 5000n, heldByTransaction: 1200n, nobodyReads: false } },
      '5,000 offsets waiting; an open transaction holds the last stable offset 1,200 below the end',
    ],
    [
      { verdict: 'observing', evidence: { lag: -1500n, heldByTransaction: null, nobodyReads: false } },
      'committed 1,500 beyond the end; a second look tells a race from a truncated log',
    ],
  ];
  test.each(reasons)('%o', (judgement, reason) => {
    expect(partitionReason(judgement)).toBe(reason);
  });

  test("is named as Kafka's own tools write it", () => {
    const [finding] = judge(
      measure(snapshotOf({ 'a-b': ['0..1'] }, { billing: { commits: { 'a-b': [0] } } })),
    );
    expect(finding?.partitions.map(partitionName)).toEqual(['a-b-0']);
  });
});

describe('a group', () => {
  const owned = { members: [member({ orders: [0] })] };
  const cases: readonly [string, readonly LogNote[], GroupNote, string][] = [
    [
      'of one partition names it',
      ['0..10'],
      { ...owned, commits: { orders: [4] } },
      'orders-0: 6 offsets waiting; one look cannot tell whether the group moves',
    ],
    [
      'names its worst partition',
      ['0..10', '0..10'],
      { ...owned, commits: { orders: [10, 4] } },
      'orders-1: 6 offsets waiting; one look cannot tell whether the group moves',
    ],
    [
      'counts those like it',
      ['0..10', '0..10', '0..10'],
      { ...owned, commits: { orders: [4, 10, 5] } },
      'orders-0: 6 offsets waiting; one look cannot tell whether the group moves (and 1 more like it)',
    ],
    [
      'without members says that nobody reads what waits',
      ['0..10'],
      { commits: { orders: [4] } },
      'orders-0: 6 offsets waiting and no member to read them; one look cannot tell since when',
    ],
    [
      'that lost records on several partitions names the sum',
      ['7..10', '9..10', '0..10'],
      { commits: { orders: [4, 4, 10] } },
      '8 records lost on 2 partitions; worst orders-0: 3 records deleted before the group read them: offsets 4 to 6',
    ],
    [
      'caught up everywhere needs no partition',
      ['0..1', '0..1'],
      { commits: { orders: [1, 1] } },
      'nothing waits',
    ],
    [
      'whose commits were not read',
      ['0..10'],
      { ...owned, unread: silence },
      'not read (timed-out): no answer within 3000 ms',
    ],
    [
      'with members and no commit',
      [],
      { members: [member()] },
      'no commit was found; it has members, but they own no partition that we can see',
    ],
    [
      'without a commit whose members are not known',
      [],
      { members: null, state: 'Stable' },
      'no commit was found; its members are not known',
    ],
  ];
  test.each(cases)('%s', (_, logs, note, reason) => {
    const findings = judge(measure(snapshotOf({ orders: logs }, { billing: note })));
    expect(findings.map(groupReason)).toEqual([reason]);
  });

  test('that a policy lets lag names the partition that lags most', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10', '0..10'] },
      { billing: { commits: { orders: [10, 7] } } },
    );
    const findings = judge(measure(snapshot), () => ({ ...defaultPolicy, allowedLag: 5n }));
    expect(findings.map(groupReason)).toEqual([
      'orders-1: lag 3 is within what the policy allows (and 1 more like it)',
    ]);
  });
});
