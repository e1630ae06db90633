import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Reading } from '../../../shared/domain/reading.ts';
import { judgeReading, rules, severityOf } from '../../../shared/domain/verdict.ts';
import type { Verdict } from '../../../shared/domain/verdict-names.ts';
import { verdicts } from '../../../shared/domain/verdict-names.ts';
import { largestOffset } from '../../support/random-snapshot.ts';
import { type LogNote, member, partitionOf, silence } from '../../support/snapshot-notation.ts';

/** The reading of a group that committed `committed` (`?`: it could not be read) on a partition with this log. */
function reading(committed: number | bigint | null | '?', note: LogNote): Reading {
  const { start, stable, end } = partitionOf(note);
  const commit = committed === null || committed === '?' ? null : BigInt(committed);
  const lag =
    committed === '?' || end === null ? silence : commit === null ? ('no-commit' as const) : end - commit;
  const committedOffset = commit as Reading['committed'];
  const owner = member({ orders: [0] });
  return { topic: 'orders', partition: 0, start, stable, end, committed: committedOffset, lag, owner };
}

type Row = readonly [
  name: string,
  seen: Reading,
  answers: string,
  verdict: Verdict,
  evidence: object,
  allowedLag?: bigint,
];

/**
 * The table of rules. A row is a reading, the answer of EVERY rule in the order of their numbers (`✓` holds, `·` does
 * not), and the verdict: the first that holds. To add a rule, add its column to every row. To change an answer in a row
 * needs a reason in the commit: each row is a case from the field or a boundary.
 *
 * Answers of: 1 unknown, 4 data-lost, 5 uncommitted, 6 caught-up, 14 observing.
 */
// biome-ignore format: a table is read by its columns
const table: readonly Row[] = [
  ['nothing waits',
    reading(10, '0..10'), '· · · ✓ ✓', 'caught-up', { lag: 0n }],
  ['an empty log that was never written',
    reading(0, '0..0'), '· · · ✓ ✓', 'caught-up', { lag: 0n }],
  ['retention emptied the log after all was read',
    reading(10, '10..10'), '· · · ✓ ✓', 'caught-up', { lag: 0n }],
  ['at the largest offset there is',
    reading(largestOffset, `0..${largestOffset}`), '· · · ✓ ✓', 'caught-up', { lag: 0n }],
  ['the start was not read: loss cannot be told',
    reading(10, '?..10..10'), '· · · ✓ ✓', 'caught-up', { lag: 0n }],
  ['within the lag that the policy allows',
    reading(7, '0..10'), '· · · ✓ ✓', 'caught-up', { lag: 3n }, 3n],
  ['one more than the policy allows',
    reading(6, '0..10'), '· · · · ✓', 'observing', { lag: 4n, heldByTransaction: null, nobodyReads: false }, 3n],
  ['a commit beyond the end is never allowed lag',
    reading(12, '0..10'), '· · · · ✓', 'observing', { lag: -2n, heldByTransaction: null, nobodyReads: false }, 3n],

  ['records wait',
    reading(4, '0..10'), '· · · · ✓', 'observing', { lag: 6n, heldByTransaction: null, nobodyReads: false }],
  ['at the start and all of it there',
    reading(0, '0..10'), '· · · · ✓', 'observing', { lag: 10n, heldByTransaction: null, nobodyReads: false }],
  ['exactly at a start that has moved',
    reading(4, '4..10'), '· · · · ✓', 'observing', { lag: 6n, heldByTransaction: null, nobodyReads: false }],
  ['lag that no double can hold',
    reading(1, `0..${largestOffset}`), '· · · · ✓', 'observing', { lag: largestOffset - 1n, heldByTransaction: null, nobodyReads: false }],
  // A transaction's control record takes an offset that a reader may never commit beyond (Streams exactly-once).
  ['one control record behind the commit',
    reading(9, '0..10'), '· · · · ✓', 'observing', { lag: 1n, heldByTransaction: null, nobodyReads: false }],
  ['a hung transaction holds the reader at the stable offset',
    reading(5, '0..5..10'), '· · · · ✓', 'observing', { lag: 5n, heldByTransaction: 5n, nobodyReads: false }],
  ['a transaction is open, but the reader is not there yet',
    reading(4, '0..5..10'), '· · · · ✓', 'observing', { lag: 6n, heldByTransaction: null, nobodyReads: false }],
  ['the stable offset was not read',
    reading(5, '0..?..10'), '· · · · ✓', 'observing', { lag: 5n, heldByTransaction: null, nobodyReads: false }],
  // Monitors that clamp this to 0 (KMinion, KEDA) show a truncated log and a bad reset as healthy.
  ['the commit lies beyond the end',
    reading(12, '0..10'), '· · · · ✓', 'observing', { lag: -2n, heldByTransaction: null, nobodyReads: false }],
  ['the topic was recreated and is empty',
    reading(500, '0..0'), '· · · · ✓', 'observing', { lag: -500n, heldByTransaction: null, nobodyReads: false }],

  ['retention overtook the reader',
    reading(4, '7..10'), '· ✓ · · ✓', 'data-lost', { lost: 3n, from: 4n, to: 7n }],
  ['one record lost',
    reading(6, '7..10'), '· ✓ · · ✓', 'data-lost', { lost: 1n, from: 6n, to: 7n }],
  // A lag counted from the start would be 0 here, and hide that everything was deleted unread.
  ['retention emptied the log before it was read',
    reading(4, '10..10'), '· ✓ · · ✓', 'data-lost', { lost: 6n, from: 4n, to: 10n }],
  ['loss within the lag that the policy allows is loss',
    reading(9, '10..10'), '· ✓ · ✓ ✓', 'data-lost', { lost: 1n, from: 9n, to: 10n }, 3n],

  // "No commit" (−1 on the wire) is neither 0 nor everything.
  ['a member owns it and nothing was committed',
    reading(null, '3..10'), '· · ✓ · ·', 'uncommitted', { inLog: 7n }],
  ['the same on an empty log',
    reading(null, '0..0'), '· · ✓ · ·', 'uncommitted', { inLog: 0n }],
  ['the same where the start was not read',
    reading(null, '?..10..10'), '· · ✓ · ·', 'uncommitted', { inLog: null }],

  ['the end was not read: leaderless, timed out, unauthorised',
    reading(4, '?'), '✓ · · · ·', 'unknown', silence],
  ['the same without a commit',
    reading(null, '?'), '✓ · · · ·', 'unknown', silence],
  ['the commit was not read',
    reading('?', '0..10'), '✓ · · · ·', 'unknown', silence],
  ['behind the start, but the end was not read',
    reading(4, '7..?..?'), '✓ ✓ · · ·', 'unknown', silence],
];

describe('the rules', () => {
  test.each(table.map((row) => [row[0], row] as const))('%s', (_, row) => {
    const [, seen, answers, verdict, evidence, allowedLag] = row;
    const policy = { ...defaultPolicy, allowedLag: allowedLag ?? defaultPolicy.allowedLag };
    const given = rules.map((rule) =>
      rule.judge(seen, { policy, hasMembers: true })?.verdict === rule.verdict ? '✓' : '·',
    );
    expect(given.join(' ')).toBe(answers);
    expect(judgeReading(seen, { policy, hasMembers: true })).toEqual({ verdict, evidence });
  });

  test('every rule is the deciding one of some row, and every rule but the last has a row where it does not hold', () => {
    expect(new Set(table.map(([, , , verdict]) => verdict))).toEqual(
      new Set(rules.map((rule) => rule.verdict)),
    );
    const columns = rules.map((_, i) => new Set(table.map(([, , answers]) => answers.split(' ')[i])));
    for (const column of columns) expect(column).toEqual(new Set(['✓', '·']));
  });

  test('are numbered by their place among all verdicts', () => {
    for (const { number, verdict } of rules) expect(verdicts[number - 1]).toBe(verdict);
    expect(rules.map(({ number }) => number)).toEqual(
      rules.map(({ number }) => number).toSorted((a, b) => a - b),
    );
  });

  test('leave nothing over: a reading that no rule takes is an error, not silently ok', () => {
    const impossible = { ...reading(4, '0..10'), lag: 'impossible' as 'no-commit' };
    expect(() => judgeReading(impossible, { hasMembers: true, policy: defaultPolicy })).toThrow(
      /no rule holds for orders-0/,
    );
  });
});

describe('severity', () => {
  test.each([
    ['unknown', 'info'],
    ['data-lost', 'critical'],
    ['uncommitted', 'info'],
    ['caught-up', 'ok'],
    ['observing', 'ok'],
  ] as const)('%s is %s', (verdict, severity) => {
    expect(severityOf(verdict, defaultPolicy)).toBe(severity);
  });

  test('a policy may say otherwise, for the verdict that it names', () => {
    const policy = { ...defaultPolicy, severity: { 'data-lost': 'warning', observing: 'info' } } as const;
    expect(severityOf('data-lost', policy)).toBe('warning');
    expect(severityOf('observing', policy)).toBe('info');
    expect(severityOf('unknown', policy)).toBe('info');
  });
});
