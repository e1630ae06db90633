import { describe, expect, test } from 'vitest';
import type { PartitionFinding } from '../../../shared/domain/finding.ts';
import type { Judgement, JudgementOf } from '../../../shared/domain/judgement.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import {
  findingReason,
  formatCount,
  formatDuration,
  groupReason,
  partitionName,
  partitionReason,
} from '../../../shared/domain/reason.ts';
import { judged } from '../../support/judged.ts';
import {
  type GroupNote,
  type LogNote,
  member,
  silence,
  snapshotOf,
} from '../../support/snapshot-notation.ts';

const minute = 60_000;
const hour = 60 * minute;

test.each([
  [0, '0'],
  [1204000n, '1,204,000'],
  [2n ** 63n - 1n, '9,223,372,036,854,775,807'],
])('%d is written %s', (value, text) => {
  expect(formatCount(value)).toBe(text);
});

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_600_000, '1 h'],
  [2 * hour + 5 * minute, '2 h 5 min'],
  [24 * hour - 1, '23 h 59 min'],
  [24 * hour, '1 d'],
  [76 * hour, '3 d 4 h'],
])('%d ms is said as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe('a partition', () => {
  const noon = Date.UTC(2026, 2, 1, 12, 0, 0, 999);
  const waiting = {
    lag: 1_200n,
    silentMs: 2 * hour + 5 * minute,
    patienceMs: 5 * minute,
    lastProgressAt: null,
  };
  const stall = { ...waiting, at: 42n, neverCommitted: false, maybeNothing: false };
  const given = (rest: Partial<JudgementOf<'abandoned'>['evidence']>) => ({
    instead: 'stopped' as const,
    lag: 6n,
    lost: 0n,
    lastLifeAt: null,
    supersededBy: null,
    ...rest,
  });
  const reasons: readonly [Judgement, string][] = [
    [
      { verdict: 'unknown', evidence: { ...silence, unreadMs: 0 } },
      'not read (timed-out): no answer within 3000 ms',
    ],
    [
      { verdict: 'unknown', evidence: { ...silence, unreadMs: 5 * minute } },
      'not read for 5 min (timed-out): no answer within 3000 ms',
    ],
    [
      { verdict: 'recreated', evidence: { committed: 500n, end: 4n, oldTopicId: 'A', newTopicId: 'B' } },
      'the topic was deleted and made again; the commit 500 is of the old one, beyond the new end 4',
    ],
    [
      { verdict: 'recreated', evidence: { committed: 3n, end: 4n, oldTopicId: 'A', newTopicId: 'B' } },
      'the topic was deleted and made again; the commit 3 is of the old one',
    ],
    [
      { verdict: 'recreated', evidence: { committed: 3n, end: null, oldTopicId: 'A', newTopicId: 'B' } },
      'the topic was deleted and made again; the commit 3 is of the old one',
    ],
    [
      { verdict: 'beyond-end', evidence: { committed: 500n, end: 499n, beyond: 1n } },
      'committed 500 is 1 offset beyond the end 499, in two polls running: a truncated log, or a bad reset',
    ],
    [
      { verdict: 'blocked', evidence: { ...waiting, stable: 300n, held: 160n, stillMs: 16 * minute } },
      'an open transaction holds the reader at 300, 160 offsets below the end, for 16 min',
    ],
    [
      {
        verdict: 'rebalancing',
        evidence: { ...waiting, rebalances: 1, withinMs: 15 * minute, phase: 'held' },
      },
      'the group rebalances, no progress for 2 h 5 min; judged when it has settled',
    ],
    [
      {
        verdict: 'rebalancing',
        evidence: { ...waiting, rebalances: 1, withinMs: 15 * minute, phase: 'stuck' },
      },
      'a rebalance that does not end: no progress for 2 h 5 min, 1,200 offsets wait',
    ],
    [
      {
        verdict: 'rebalancing',
        evidence: { ...waiting, rebalances: 9, withinMs: 15 * minute, phase: 'loop' },
      },
      '9 rebalances within 15 min while lag grew to 1,200',
    ],
    [
      { verdict: 'stalled', evidence: { ...stall, scope: 'partition' } },
      "stuck at offset 42 for 2 h 5 min, 1,200 offsets wait; its owner's other partitions move: perhaps a record that it cannot process",
    ],
    [
      { verdict: 'stalled', evidence: { ...stall, lag: 1n, scope: 'member' } },
      'stuck at offset 42 for 2 h 5 min, 1 offset waits; nothing that its owner reads moves',
    ],
    [
      { verdict: 'stalled', evidence: { ...stall, scope: 'group', maybeNothing: true } },
      'stuck at offset 42 for 2 h 5 min, 1,200 offsets wait; nothing that the group reads moves; perhaps only markers or aborted records',
    ],
    [
      { verdict: 'stalled', evidence: { ...stall, scope: 'partition', neverCommitted: true } },
      'nothing committed for 2 h 5 min while the group commits elsewhere, 1,200 offsets wait',
    ],
    [
      { verdict: 'unowned', evidence: { ...waiting, subscribed: true } },
      'no member owns it, 1,200 offsets wait, no progress for 2 h 5 min',
    ],
    [
      { verdict: 'unowned', evidence: { ...waiting, subscribed: false } },
      'no member subscribes to the topic any more, 1,200 offsets wait, no progress for 2 h 5 min',
    ],
    [
      { verdict: 'stopped', evidence: { ...waiting, lastMemberAt: null } },
      'no members, 1,200 offsets wait, no progress for 2 h 5 min',
    ],
    [
      { verdict: 'stopped', evidence: { ...waiting, lastMemberAt: noon } },
      'no members (the last was seen 2026-03-01T12:00:00Z), 1,200 offsets wait, no progress for 2 h 5 min',
    ],
    [{ verdict: 'abandoned', evidence: given({}) }, 'never seen alive, 6 offsets wait; it would be stopped'],
    [
      { verdict: 'abandoned', evidence: given({ instead: 'data-lost', lost: 1n, lastLifeAt: noon }) },
      'no life since 2026-03-01T12:00:00Z, 6 offsets wait, 1 record lost; it would be data-lost',
    ],
    [
      { verdict: 'abandoned', evidence: given({ lost: 2n, supersededBy: 'billing-v2' }) },
      'superseded by billing-v2; 6 offsets wait, 2 records lost',
    ],
    [
      { verdict: 'rewound', evidence: { from: 1_090n, to: 200n, back: 890n, at: noon, lag: 910n } },
      'the commit fell back by 890 offsets, from 1090 to 200, at 2026-03-01T12:00:00Z',
    ],
    [
      { verdict: 'falling-behind', evidence: { lag: 1_500n, grownBy: 500n, overMs: 10 * minute } },
      'it moves, but lag grew by 500 to 1,500 in 10 min',
    ],
    [
      { verdict: 'draining', evidence: { lag: 1_500n, shrunkBy: 500n, overMs: 10 * minute } },
      'lag 1,500, 500 less than 10 min ago',
    ],
    [{ verdict: 'keeping-up', evidence: { lag: 1n } }, '1 offset waits, and it moves'],
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
    [{ verdict: 'caught-up', evidence: { lag: 0n, marker: false } }, 'nothing waits'],
    [
      { verdict: 'caught-up', evidence: { lag: 1n, marker: true } },
      'only the marker of a transaction is left',
    ],
    [
      { verdict: 'caught-up', evidence: { lag: 1500n, marker: false } },
      'lag 1,500 is within what the policy allows',
    ],
    [
      { verdict: 'observing', evidence: { lag: 1n, heldByTransaction: null, nobodyReads: false } },
      '1 offset waiting; too little was seen to tell whether the group moves',
    ],
    [
      { verdict: 'observing', evidence: { lag: 1n, heldByTransaction: null, nobodyReads: true } },
      '1 offset waiting and no member to read it; too little was seen to tell since when',
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
    const [finding] = judged(snapshotOf({ 'a-b': ['0..1'] }, { billing: { commits: { 'a-b': [0] } } }));
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
      'orders-0: 6 offsets waiting; too little was seen to tell whether the group moves',
    ],
    [
      'names its worst partition',
      ['0..10', '0..10'],
      { ...owned, commits: { orders: [10, 4] } },
      'orders-1: 6 offsets waiting; too little was seen to tell whether the group moves',
    ],
    [
      'counts those like it',
      ['0..10', '0..10', '0..10'],
      { ...owned, commits: { orders: [4, 10, 5] } },
      'orders-0: 6 offsets waiting; too little was seen to tell whether the group moves (and 1 more like it)',
    ],
    [
      'does not count what only shares the verdict: a commit beyond the end, and records that wait',
      ['0..10', '0..10', '0..10'],
      { ...owned, commits: { orders: [4, 12, 5] } },
      'orders-1: committed 2 beyond the end; a second look tells a race from a truncated log',
    ],
    [
      'counts what is held by a transaction apart from what waits',
      ['0..4..10', '0..10', '0..5..10'],
      { ...owned, commits: { orders: [4, 1, 5] } },
      'orders-0: 6 offsets waiting; an open transaction holds the last stable offset 6 below the end (and 1 more like it)',
    ],
    [
      'without members says that nobody reads what waits',
      ['0..10'],
      { commits: { orders: [4] } },
      'orders-0: 6 offsets waiting and no member to read them; too little was seen to tell since when',
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
    const findings = judged(snapshotOf({ orders: logs }, { billing: note }));
    expect(findings.map(groupReason)).toEqual([reason]);
  });

  test('counts what was not read by its reason', () => {
    const leaderless = { reason: 'leaderless', detail: 'it has no leader' } as const;
    const snapshot = snapshotOf({ orders: ['?', '?'] }, { billing: { commits: { orders: [1, 1] } } }, [
      { scope: 'partition', group: 'billing', topic: 'orders', partition: 2, ...leaderless },
    ]);
    expect(judged(snapshot).map(groupReason)).toEqual([
      'orders-0: not read (timed-out): no answer within 3000 ms (and 1 more like it)',
    ]);
  });

  test('that a policy lets lag names the partition that lags most', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10', '0..10'] },
      { billing: { commits: { orders: [10, 7] } } },
    );
    const findings = judged(snapshot, () => ({ ...defaultPolicy, allowedLag: 5n }));
    expect(findings.map(groupReason)).toEqual([
      'orders-1: lag 3 is within what the policy allows (and 1 more like it)',
    ]);
  });
});

describe('limits that raised the severity', () => {
  const [finding] = judged(snapshotOf({ orders: ['0..10'] }, { billing: { commits: { orders: [4] } } }));
  const partition = finding?.partitions[0] as PartitionFinding;
  const verdict = partitionReason(partition);
  const timeLag = { ms: 3 * hour, atLeastMs: 2 * hour, atMostMs: 4 * hour, method: 'ends' } as const;
  test.each<[Partial<PartitionFinding>, string]>([
    [{ limits: [] }, ''],
    [{ limits: ['maxLag'] }, "; lag 6 is beyond its policy's maxLag"],
    [
      { limits: ['maxTimeLag'], timeLag },
      "; the oldest has waited for 2 h or more, beyond its policy's maxTimeLag",
    ],
    [
      { limits: ['timeToLoss'], lossMs: 90 * 60_000 },
      '; the first records may be deleted unread in 1 h 30 min',
    ],
    [{ limits: ['timeToLoss'], lossMs: 0 }, '; records may be deleted unread at any moment'],
    [
      { limits: ['maxLag', 'timeToLoss'], lossMs: 0 },
      "; lag 6 is beyond its policy's maxLag; records may be deleted unread at any moment",
    ],
  ])('%j', (change, said) => {
    expect(findingReason({ ...partition, ...change } as PartitionFinding)).toBe(`${verdict}${said}`);
  });
});
