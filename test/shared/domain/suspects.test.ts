import { describe, expect, test } from 'vitest';
import { evaluate, type MonitorState } from '../../../shared/domain/evaluate.ts';
import type { DatedOffset, Snapshot } from '../../../shared/domain/snapshot.ts';
import { findSuspects } from '../../../shared/domain/suspects.ts';
import { scenarioStart, snapshotsOf } from '../../support/scenario.ts';
import { snapshotOf } from '../../support/snapshot-notation.ts';

/** What the last poll of a scenario would have dated, after the polls before it. */
function suspectsAfter(scenario: string, dated: (at: number) => readonly DatedOffset[] = () => []) {
  const snapshots = snapshotsOf(scenario, { dated });
  let state: MonitorState | null = null;
  for (const snapshot of snapshots.slice(0, -1)) state = evaluate(state, snapshot).state;
  return findSuspects(snapshots.at(-1) as Snapshot, state?.memory ?? null);
}

const places = (suspects: ReturnType<typeof findSuspects>) =>
  suspects.map(({ topic, partition, offset }) => `${topic}-${partition}@${offset}`);

describe('at first sight', () => {
  test('every waiting record is a suspect, and nothing else', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10', '0..10', '0..10', '?', '0..10'] },
      { billing: { commits: { orders: [4, 10, 12, 4, null], gone: [1] } } },
    );
    expect(findSuspects(snapshot, null)).toEqual([{ topic: 'orders', partition: 0, offset: 4n, hint: {} }]);
  });

  test('the largest lag of each group comes first, the largest of all before the others', () => {
    const snapshot = snapshotOf(
      { big: ['0..900', '0..800', '0..700'], small: ['0..5', '0..3'] },
      { a: { commits: { big: [0, 0, 0] } }, b: { commits: { small: [0, 0] } } },
    );
    expect(places(findSuspects(snapshot, null))).toEqual([
      'big-0@0',
      'small-0@0',
      'big-1@0',
      'small-1@0',
      'big-2@0',
    ]);
  });

  test('groups at the same offset share one', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10'] },
      { a: { commits: { orders: [4] } }, b: { commits: { orders: [4] } } },
    );
    expect(places(findSuspects(snapshot, null))).toEqual(['orders-0@4']);
  });

  test('only the groups that are wanted', () => {
    const snapshot = snapshotOf(
      { orders: ['0..10'] },
      { a: { commits: { orders: [4] } }, b: { commits: { orders: [5] } } },
    );
    expect(places(findSuspects(snapshot, null, (group) => group === 'b'))).toEqual(['orders-0@5']);
  });

  test('a thousand at most, every group among them', () => {
    const logs = Array.from({ length: 1_500 }, () => '0..900');
    const snapshot = snapshotOf(
      { wide: logs, small: ['0..2'] },
      { wide: { commits: { wide: logs.map(() => 1) } }, small: { commits: { small: [1] } } },
    );
    const suspects = places(findSuspects(snapshot, null));
    expect(suspects).toHaveLength(1_000);
    expect(suspects[1]).toBe('small-0@1');
  });
});

describe('with memory', () => {
  test('what came while we watched is bounded by our own polls', () => {
    expect(suspectsAfter('orders-0  end: 10 +10*5  committed: 10 +10*2  owner: a')).toEqual([]);
  });

  test('what was there when watching began is not, and is known to be that old at least', () => {
    expect(suspectsAfter('orders-0  end: 10 +10*5  committed: 4  owner: a')).toEqual([
      { topic: 'orders', partition: 0, offset: 4n, hint: { notAfter: scenarioStart } },
    ]);
  });

  test('a poll that did not read the end bounds nothing', () => {
    expect(places(suspectsAfter('orders-0  end: ? ? 10 10  committed: 4  owner: a'))).toEqual(['orders-0@4']);
  });

  test('polls from before the log was there bound nothing', () => {
    const scenario = 'clicks-0  end: 5  committed: 5\norders-0  end: -*3 10*3  committed: 4  owner: a';
    expect(suspectsAfter(scenario)).toEqual([
      { topic: 'orders', partition: 0, offset: 4n, hint: { notAfter: scenarioStart + 3 * 60_000 } },
    ]);
  });

  test('a log that was never seen, and a group that was not', () => {
    const past = evaluate(null, snapshotOf({ orders: ['0..10'] }, { a: { commits: { orders: [10] } } })).state
      .memory;
    const now = snapshotOf(
      { orders: ['0..20'], late: ['0..10'] },
      { a: { commits: { late: [1] } }, b: { commits: { orders: [3] } } },
    );
    expect(findSuspects(now, past)).toEqual([
      { topic: 'orders', partition: 0, offset: 3n, hint: { notAfter: now.at } },
      { topic: 'late', partition: 0, offset: 1n, hint: {} },
    ]);
  });

  const date = (offset: bigint): DatedOffset => ({
    topic: 'orders',
    partition: 0,
    offset: offset as DatedOffset['offset'],
    notBefore: scenarioStart - 5_000,
    notAfter: scenarioStart - 4_000,
  });
  const once = (at: number) => (at === scenarioStart ? [date(4n)] : []);

  test('what is dated is not dated again while the commit stands', () => {
    expect(suspectsAfter('orders-0  end: 10  committed: 4*5  owner: a', once)).toEqual([]);
  });

  test('when the commit moves it is, and came no earlier than the record before', () => {
    expect(suspectsAfter('orders-0  end: 10  committed: 4*5 6  owner: a', once)).toEqual([
      {
        topic: 'orders',
        partition: 0,
        offset: 6n,
        hint: { notBefore: scenarioStart - 5_000, notAfter: scenarioStart },
      },
    ]);
  });

  test('when the commit falls back, the date before says nothing', () => {
    expect(suspectsAfter('orders-0  end: 10  committed: 4*5 2  owner: a', once)).toEqual([
      { topic: 'orders', partition: 0, offset: 2n, hint: { notAfter: scenarioStart } },
    ]);
  });

  test('a topic that was made anew has no past', () => {
    expect(suspectsAfter('orders  id: A*4 B\norders-0  end: 10*4 50  committed: 10  owner: a')).toEqual([
      { topic: 'orders', partition: 0, offset: 10n, hint: {} },
    ]);
  });
});
