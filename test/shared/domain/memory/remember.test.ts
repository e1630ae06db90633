import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterMemory } from '../../../../shared/domain/memory/cluster-memory.ts';
import { remember } from '../../../../shared/domain/memory/remember.ts';
import { outcome, play } from '../../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Where each group-partition stands, by its name. */
function rowsOf({ groups }: ClusterMemory): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [name, { base, keys }] of groups)
    for (const [i, topic] of keys.topics.entries())
      rows.set(`${name} ${topic}-${keys.partitions[i]}`, base + i);
  return rows;
}

describe('rows', () => {
  test('each group-partition has one of its own', () => {
    const { memory } = outcome(
      'a-0  end: 5  committed: 1\nb-0  end: 5  committed: 2\ngroup shop\na-0  committed: 3\nb-7  end: 9  committed: 4',
    );
    const committed = [...rowsOf(memory)].map(([place, row]) => [place, memory.history.committed[row]]);
    expect(committed).toEqual([
      ['billing a-0', 1n],
      ['billing b-0', 2n],
      ['shop a-0', 3n],
      ['shop b-7', 4n],
    ]);
    expect(memory.history.size).toBe(4);
  });

  test('without a policy the default one holds', () => {
    const [first, second] = play('orders-0  end: 10  committed: 4*2');
    if (first === undefined || second === undefined) throw new Error('two polls are expected');
    expect(remember(first.memory, second.snapshot, second.readings)).toEqual(second.memory);
  });

  test('a table is never shared between two polls', () => {
    const [first, second] = play('orders-0  end: 10  committed: 4 5').map(({ memory }) => memory.history);
    expect([first?.committed[0], second?.committed[0]]).toEqual([4n, 5n]);
  });

  test.each([
    ['a partition', 'orders-0  end: 10  committed: 4 -\norders-1  end: 10  committed: 4', 'billing orders-0'],
    [
      'a group',
      'orders-0  end: 10  committed: 4\ngroup shop  seen: yes -\norders-0  committed: 4',
      'shop orders-0',
    ],
  ])('%s that is not seen any more is kept for a day', (_, scenario, place) => {
    const rowsAfter = (polls: number) =>
      rowsOf(outcome(`polls: ${polls}\n${scenario}`, { everyMs: hour }).memory);
    expect(rowsAfter(25).has(place)).toBe(true);
    expect(rowsAfter(28).has(place)).toBe(false);
    expect(rowsAfter(28).size).toBe(1);
  });

  test('what comes back within a day goes on from where it was', () => {
    const { memory } = outcome('orders-0  end: 10  committed: 4*3 -*30 4*2\norders-1  end: 10  committed: 4');
    const row = rowsOf(memory).get('billing orders-0') as number;
    expect(memory.history.silentMs[row]).toBe(3 * minute);
  });
});

interface Fact {
  committed: bigint;
  progressAt: number;
  silentMs: number;
  /** Polls that told nothing of it since the latest that did. */
  unread: number;
}

/** One poll: of each place of each group, its commit; `null`: nobody spoke of it. */
type Told = readonly (readonly (number | null)[])[];
const groups = ['a', 'b', 'c'];
const places = ['orders-0', 'orders-1', 'payments-0'];
const end = 100n;

/** The same facts, kept the plain way. */
function naively(polls: readonly Told[], startsAt: number): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const [i, poll] of polls.entries()) {
    const at = startsAt + i * minute;
    for (const [g, commits] of poll.entries()) {
      // A group of which nothing is told is not listed at all, which says nothing of its partitions.
      if (commits.every((commit) => commit === null)) continue;
      for (const [p, commit] of commits.entries()) {
        const key = `${groups[g]} ${places[p]}`;
        const before = facts.get(key);
        if (commit === null) {
          if (before !== undefined) before.unread += 1;
          continue;
        }
        const committed = BigInt(commit);
        if (before === undefined) {
          facts.set(key, { committed, progressAt: 0, silentMs: 0, unread: 0 });
          continue;
        }
        const progressed = committed > before.committed;
        // It may have moved as soon as nobody saw it.
        if (progressed) before.progressAt = at - before.unread * minute;
        if (progressed || committed >= end) before.silentMs = 0;
        else if (before.unread === 0) before.silentMs += minute;
        before.committed = committed;
        before.unread = 0;
      }
    }
  }
  return facts;
}

test('partitions and groups that appear, vanish and change places never mix up their histories', () => {
  const commit = fc.option(fc.integer({ min: 90, max: 101 }), { nil: null, freq: 2 });
  const poll = fc.array(fc.array(commit, { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 });
  const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
  fc.assert(
    fc.property(fc.array(poll, { minLength: 1, maxLength: 12 }), order, (polls, groupOrder) => {
      const column = (values: (number | null)[]) => values.map((value) => value ?? '-').join(' ');
      const scenario = groupOrder.map((g) => {
        const seen = polls.map((told) => (told[g]?.every((one) => one === null) ? '-' : 'yes')).join(' ');
        const lines = places.map(
          (place, p) =>
            `${place}  end: ${end}  committed: ${column(polls.map((told) => told[g]?.[p] ?? null))}`,
        );
        return [`group ${groups[g]}  seen: ${seen}`, ...lines].join('\n');
      });
      const all = play(scenario.join('\n'));
      const { history, ...memory } = (all.at(-1) as (typeof all)[number]).memory;
      const rows = rowsOf({ ...memory, history });
      const expected = naively(polls, (all[0] as (typeof all)[number]).memory.at);
      expect(new Set(rows.keys())).toEqual(new Set(expected.keys()));
      for (const [key, fact] of expected) {
        const row = rows.get(key) as number;
        expect(
          {
            committed: history.committed[row],
            progressAt: history.progressAt[row],
            silentMs: history.silentMs[row],
          },
          key,
        ).toEqual({ committed: fact.committed, progressAt: fact.progressAt, silentMs: fact.silentMs });
      }
    }),
  );
});

test('the loss counter never falls, and is the true loss where the start stands while the reader jumps', () => {
  const step = fc.record({
    moves: fc.constantFrom('start', 'reader', 'back', 'nothing'),
    by: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let start = 0;
      let committed = 10;
      const lostRecords = new Set<number>();
      const rows: { start: number; committed: number; lost: number }[] = [];
      for (const { moves, by } of [{ moves: 'nothing', by: 0 }, ...steps]) {
        if (moves === 'start') {
          start += by;
          for (let offset = committed; offset < start; offset++) lostRecords.add(offset);
        }
        // Kafka gives nothing below the start: a reader that is there jumps to it first.
        if (moves === 'reader') {
          const from = Math.max(start, committed);
          committed = from + by;
        }
        if (moves === 'back') committed = Math.max(start, committed - by);
        rows.push({ start, committed, lost: lostRecords.size });
      }
      const column = (name: 'start' | 'committed') => rows.map((row) => row[name]).join(' ');
      const polls = play(
        `orders-0  start: ${column('start')}  end: 10000  committed: ${column('committed')}`,
      );
      const told = polls.map(({ memory }) => Number(memory.history.lost[0]));
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told.at(-1)).toBe(rows.at(-1)?.lost);
    }),
  );
});

test('what a group did on a topic is forgotten with the last of its partitions', () => {
  const scenario = [
    'a-0  end: 10 +1*200  committed: 10 +1*4 -',
    'b-0  end: 10 +1*200  committed: - 10 +1*200',
  ].join('\n');
  const topicsAt = (poll: number) => {
    const { memory } = play(scenario, { everyMs: hour / 2 })[poll] as ReturnType<typeof outcome>;
    return [...(memory.groups.get('billing')?.life.topics.keys() ?? [])];
  };
  expect(topicsAt(30)).toEqual(['a', 'b']);
  expect(topicsAt(60)).toEqual(['b']);
});
