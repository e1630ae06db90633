import { describe, expect, test } from 'vitest';
import { compareVerdicts, type GroupFinding } from '../../../shared/domain/finding.ts';
import { compilePolicies, defaultPolicy, type PolicySettings } from '../../../shared/domain/policy.ts';
import { everything } from '../../../shared/domain/selector.ts';
import type { Unread } from '../../../shared/domain/unread.ts';
import { verdicts } from '../../../shared/domain/verdict-names.ts';
import { judged } from '../../support/judged.ts';
import {
  type GroupNote,
  type LogNote,
  member,
  silence,
  snapshotOf,
} from '../../support/snapshot-notation.ts';

/** The finding of one group on the topic `orders`. */
function findingOf(
  logs: readonly LogNote[],
  note: GroupNote,
  settings: PolicySettings = {},
  unread: readonly Unread[] = [],
): GroupFinding {
  const policies = compilePolicies([{ match: everything, settings }]);
  const snapshot = snapshotOf({ orders: logs }, { billing: note }, unread);
  const [finding] = judged(snapshot, (subject) => policies({ cluster: 'orders-prod', ...subject }));
  return finding as GroupFinding;
}

const commits = (...offsets: (number | null)[]) => ({ orders: offsets });
const alive = (...partitions: number[]) => [member({ orders: partitions })];

describe('a group has the verdict of its worst partition', () => {
  test.each([
    ['by severity first', ['0..10', '7..10'], [10, 4], 1, 'data-lost', 'critical'],
    ['unread before ok', ['0..10', '?'], [4, 4], 1, 'unknown', 'info'],
    ['records that wait before none', ['0..10', '0..10'], [10, 4], 1, 'observing', 'ok'],
    ['then by the larger lag', ['0..10', '0..10', '0..10'], [4, 2, 9], 1, 'observing', 'ok'],
    ['a commit beyond the end before any lag', ['0..10', '0..10'], [4, 12], 1, 'observing', 'ok'],
    ['an open transaction before a larger lag', ['0..10', '0..7..10'], [4, 7], 1, 'observing', 'ok'],
    ['loss by the larger lag', ['7..10', '7..20'], [4, 4], 1, 'data-lost', 'critical'],
    ['then the first in order', ['0..10', '0..10'], [4, 4], 0, 'observing', 'ok'],
    ['then the first in order, unread too', ['?', '?'], [4, 4], 0, 'unknown', 'info'],
  ] as const)('%s', (_, logs, offsets, partition, verdict, severity) => {
    const finding = findingOf(logs, { commits: commits(...offsets), members: alive(0) });
    expect(finding).toMatchObject({ verdict, severity, worst: { verdict, reading: { partition } } });
  });

  test('unread is worse than not committed where both are of no more than information', () => {
    const finding = findingOf(['0..10', '?'], { commits: commits(null, 4), members: alive(0) });
    expect(finding.partitions.map(({ verdict }) => verdict)).toEqual(['uncommitted', 'unknown']);
    expect(finding.verdict).toBe('unknown');
  });

  test('every verdict has its place among the others', () => {
    const order = verdicts.toSorted((a, b) => compareVerdicts(b, a));
    expect(order).toEqual(
      (
        'recreated beyond-end data-lost blocked stalled unowned stopped rebalancing falling-behind rewound unknown ' +
        'abandoned uncommitted observing draining keeping-up caught-up'
      ).split(' '),
    );
  });
});

describe('a group as a whole', () => {
  test('whose commits were not read is unknown, whatever its members own', () => {
    const finding = findingOf(['0..10'], { members: alive(0), unread: silence });
    expect(finding).toMatchObject({
      verdict: 'unknown',
      severity: 'info',
      worst: null,
      lag: null,
      unknownPartitions: 1,
      partitions: [{ verdict: 'unknown', evidence: silence }],
    });
  });

  test.each<[string, readonly LogNote[], string, string]>([
    ['that seems caught up is unknown', ['0..4'], 'unknown', 'info'],
    ['that seems to wait is unknown', ['0..10'], 'unknown', 'info'],
    ['that lost records has lost them all the same', ['7..10'], 'data-lost', 'critical'],
  ])('whose members were not read and %s', (_, logs, verdict, severity) => {
    const note: GroupNote = { commits: commits(4), members: null, state: 'Stable' };
    const unread: Unread = { scope: 'group', group: 'billing', ...silence };
    const finding = findingOf(logs, note, {}, [unread]);
    expect(finding).toMatchObject({ verdict, severity, unread: silence });
    expect(findingOf(logs, note, {}, [{ ...unread, group: 'another' }]).unread).toBeNull();
  });

  test('with members and nothing to measure is uncommitted', () => {
    const finding = findingOf([], { members: [member()] });
    expect(finding).toMatchObject({ verdict: 'uncommitted', severity: 'info', worst: null, lag: null });
  });

  test('gets the severity that a policy sets for such a verdict', () => {
    const severity = { unknown: 'critical', uncommitted: 'warning' } as const;
    expect(findingOf([], { members: [member()] }, { severity }).severity).toBe('warning');
    expect(findingOf([], { members: alive(0), unread: silence }, { severity }).severity).toBe('critical');
    expect(findingOf([], { members: null, unread: silence }, { severity }).severity).toBe('warning');
  });

  test('is asked about without a topic: a policy for some topics does not mean it', () => {
    const policies = compilePolicies([
      { match: { ...everything, topics: ['orders'] }, settings: { severity: { uncommitted: 'critical' } } },
    ]);
    const snapshot = snapshotOf({}, { billing: { members: [member()] } });
    const [finding] = judged(snapshot, (subject) => policies({ cluster: 'c', ...subject }));
    expect(finding?.severity).toBe('info');
  });
});

describe('the sums of a group', () => {
  test('lag is the sum of what is known, a negative one counting 0; what is left out is counted', () => {
    const finding = findingOf(['0..10', '0..10', '?', '0..10'], {
      commits: commits(4, 12, 4, null),
      members: alive(3),
    });
    expect(finding).toMatchObject({ lag: 6n, unknownPartitions: 2 });
  });

  test('lag is null where nothing is known, and 0 only where it is', () => {
    expect(findingOf(['?'], { commits: commits(4) }).lag).toBeNull();
    expect(findingOf(['0..10'], { commits: commits(12) }).lag).toBe(0n);
  });

  test('records lost are those between the commits and the starts', () => {
    expect(findingOf(['7..10', '0..10', '12..12'], { commits: commits(4, 4, 2) }).recordsLost).toBe(13n);
  });
});

describe('first sight', () => {
  test.each([
    ['nobody is a member', { members: [] }, 'warning'],
    ['somebody is', { members: alive(0) }, 'critical'],
    ['members were not read, and it is not Empty', { members: null, state: 'Stable' }, 'critical'],
    ['members were not read, and its state was not told', { members: null, state: '' }, 'critical'],
    ['members were not read, but it is Empty', { members: null, state: 'Empty' }, 'warning'],
  ] as const)('a loss where %s', (_, note, severity) => {
    const finding = findingOf(['7..10'], { commits: commits(4), ...note });
    expect(finding).toMatchObject({ verdict: 'data-lost', severity, worst: { severity } });
  });

  test('nor does a policy make a group critical that may have died long ago', () => {
    const settings: PolicySettings = { severity: { observing: 'critical' } };
    expect(findingOf(['0..10'], { commits: commits(4) }, settings).severity).toBe('warning');
    expect(findingOf(['0..10'], { commits: commits(4), members: alive(0) }, settings).severity).toBe(
      'critical',
    );
  });
});

describe('a policy', () => {
  test('is asked for by group and topic: once a topic to remember, and once to judge', () => {
    const asked: unknown[] = [];
    const snapshot = snapshotOf(
      { a: ['0..1', '0..1'], b: ['0..1'] },
      { billing: { commits: { b: [0], a: [0, 0] } } },
    );
    judged(snapshot, (subject) => {
      asked.push(subject);
      return defaultPolicy;
    });
    const once = [
      { group: 'billing', topic: 'a' },
      { group: 'billing', topic: 'b' },
    ];
    expect(asked).toEqual([...once, ...once]);
  });

  test('allows lag', () => {
    const note = { commits: commits(7) };
    expect(findingOf(['0..10'], note, { allowedLag: 3n }).verdict).toBe('caught-up');
    expect(findingOf(['0..10'], note, { allowedLag: 2n }).verdict).toBe('observing');
  });

  test('promises no time lag where none is known', () => {
    const finding = findingOf(['0..10'], { commits: commits(null), members: alive(0) }, { maxTimeLagMs: 1 });
    expect(finding).toMatchObject({ verdict: 'uncommitted', severity: 'info', timeLagMs: null });
  });

  test('decides which partition is the worst', () => {
    const note = { commits: commits(4, 4), members: alive(0) };
    expect(findingOf(['7..10', '?'], note).worst?.reading.partition).toBe(0);
    const severity = { 'data-lost': 'info', unknown: 'warning' } as const;
    expect(findingOf(['7..10', '?'], note, { severity }).worst?.reading.partition).toBe(1);
  });
});

describe('idle members', () => {
  const two = [member({ orders: [0] }), member({}, { id: 'm-2', subscribed: ['orders'] })];
  test.each([
    ['own no partition of a settled group', { members: two }, 1],
    ['are none where there is no member', { members: [] }, 0],
    ['are not known while the group rebalances', { members: two, state: 'PreparingRebalance' }, null],
    ['are not known where the members are not', { members: null }, null],
    [
      'are not known where a protocol hides what is owned',
      { members: [member({}, { subscribed: null })] },
      null,
    ],
  ] as const)('%s', (_, note, idle) => {
    expect(findingOf(['0..10'], { commits: commits(4), ...note }).idleMembers).toBe(idle);
  });
});
