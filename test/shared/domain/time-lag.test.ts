import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../../shared/domain/reading.ts';
import { isExact, producedAt, type TimeLag, timeLagOf } from '../../../shared/domain/time-lag.ts';
import { outcome, type ScenarioPoll } from '../../support/scenario.ts';

const second = 1_000;
const minute = 60 * second;

const logOf = ({ memory: { logs } }: Pick<ScenarioPoll, 'memory'>) => ({
  logs,
  slot: logs.topics.get('orders')?.slots.get(0),
});

function lagIn(poll: ScenarioPoll, stamp?: { readonly ago: number; readonly width?: number }) {
  const reading = poll.readings[0]?.partitions[0] as Reading;
  const { at } = poll.memory;
  const dated =
    stamp === undefined
      ? null
      : {
          notBefore: at - stamp.ago,
          notAfter: at - stamp.ago + (stamp.width ?? 0),
        };
  return timeLagOf(reading, logOf(poll), at, dated);
}
const bounds = (lag: TimeLag | null) => lag && [lag.ms, lag.atLeastMs, lag.atMostMs, lag.method];

describe('by our own polls', () => {
  test.each([
    ['nothing waits', 'orders-0  end: 10  committed: 10', [0, 0, 0, 'nothing-waits']],
    ['no commit', 'orders-0  end: 10  committed: -  owner: a', null],
    ['not read', 'orders-0  end: ?  committed: 10', null],
    ['beyond the end', 'orders-0  end: 10  committed: 12', null],
    [
      'the first look tells nothing but a lower bound of 0',
      'orders-0  end: 10  committed: 4',
      [null, 0, null, 'ends'],
    ],
    ['older than all we saw', 'orders-0  end: 10*6  committed: 4', [null, 5 * minute, null, 'ends']],
    ['it came since the poll before', 'orders-0  end: 10 20  committed: 10', [minute, 0, minute, 'ends']],
    [
      'it came between two polls',
      'orders-0  end: 10 20 30*3  committed: 10*4 20',
      [3 * minute, 2 * minute, 3 * minute, 'ends'],
    ],
    [
      'a part of the way between them',
      'orders-0  end: 10 20 30*3  committed: 25',
      [2.5 * minute, 2 * minute, 3 * minute, 'ends'],
    ],
    [
      'polls that did not read the end are passed over',
      'orders-0  end: 10 ?*3 20  committed: 10',
      [4 * minute, 0, 4 * minute, 'ends'],
    ],
    [
      'what a truncated log showed counts from the truncation',
      'orders-0  end: 500 10 20  committed: 10',
      [minute, 0, minute, 'ends'],
    ],
  ] as const)('%s', (_, scenario, expected) => {
    expect(bounds(lagIn(outcome(scenario)))).toEqual(expected);
  });

  test('nothing is known of a log that was never seen', () => {
    const poll = outcome('orders-0  end: 10  committed: 4');
    const reading = poll.readings[0]?.partitions[0] as Reading;
    const { logs } = poll.memory;
    expect(timeLagOf(reading, { logs, slot: undefined }, poll.memory.at, null)).toBeNull();
  });

  test('the bounds hold the truth, whatever is produced when', () => {
    const minutes = fc.array(fc.array(fc.nat(minute - 1), { maxLength: 5 }), {
      minLength: 2,
      maxLength: 200,
    });
    fc.assert(
      fc.property(minutes, fc.nat(1_000), (produced, which) => {
        const times = produced.flatMap((moments, i) =>
          moments.toSorted((a, b) => a - b).map((ms) => i * minute + ms),
        );
        const ends = [0, ...produced.map((_, i) => times.filter((ms) => ms < (i + 1) * minute).length)];
        if (times.length === 0) return;
        const committed = which % times.length;
        const truth = produced.length * minute - (times[committed] as number);
        const lag = lagIn(outcome(`orders-0  end: ${ends.join(' ')}  committed: ${committed}`)) as TimeLag;
        expect(lag.atLeastMs).toBeLessThanOrEqual(truth);
        expect(lag.atLeastMs).toBeGreaterThanOrEqual(0);
        expect(lag.atMostMs).toBeGreaterThanOrEqual(truth);
        expect(lag.ms).toBeGreaterThanOrEqual(lag.atLeastMs);
        expect(lag.ms).toBeLessThanOrEqual(lag.atMostMs as number);
        // Known to the poll in the first minutes, later to a part of itself.
        expect((lag.atMostMs as number) - lag.atLeastMs).toBeLessThanOrEqual(minute + 0.16 * truth);
      }),
      { numRuns: 60 },
    );
  });
});

describe("by the record's own timestamp", () => {
  const unseen = outcome('orders-0  end: 10*6  committed: 4');
  const roughly = outcome('orders-0  end: 10 20 30*9  committed: 15');
  const exactly = outcome('orders-0  end: 10 20 30*9  committed: 15', { everyMs: second });

  test.each([
    [
      'where our polls do not reach',
      unseen,
      { ago: 3 * 60 * minute },
      [180 * minute, 180 * minute, 180 * minute],
    ],
    [
      'where they know it to a minute',
      roughly,
      { ago: 9.2 * minute },
      [9.2 * minute, 9.2 * minute, 9.2 * minute],
    ],
    [
      'a bracket is halved',
      unseen,
      { ago: 70 * minute, width: 20 * minute },
      [60 * minute, 50 * minute, 70 * minute],
    ],
  ] as const)('%s', (_, poll, stamp, expected) => {
    expect(bounds(lagIn(poll, stamp))).toEqual([...expected, 'timestamps']);
  });

  test.each([
    ['a bracket that is no better than the polls', exactly, { ago: 70 * minute, width: 20 * minute }],
    ['later than we saw it in the log', roughly, { ago: 5 * minute }],
    ['in the future', roughly, { ago: -10 * minute }],
    ['in the future, and our polls know no more than a lower bound', unseen, { ago: -10 * minute }],
    ['a little ahead, though it has waited for long', unseen, { ago: -30 * second }],
  ] as const)('is not believed: %s', (_, poll, stamp) => {
    expect(lagIn(poll, stamp)).toEqual(lagIn(poll));
    expect(lagIn(poll)?.method).toBe('ends');
  });

  test("a producer's clock that is a little ahead makes nothing younger than now", () => {
    const fresh = outcome('orders-0  end: 10  committed: 4');
    expect(bounds(lagIn(fresh, { ago: -30 * second }))).toEqual([0, 0, 0, 'timestamps']);
  });

  test('an exact one is taken even where the polls are exact', () => {
    expect(lagIn(exactly, { ago: 9.5 * second })?.method).toBe('timestamps');
  });
});

test.each([
  [{ ms: 60_000, atLeastMs: 59_000, atMostMs: 61_000 }, true],
  [{ ms: 60_000, atLeastMs: 58_000, atMostMs: 61_000 }, false],
  [{ ms: 1_000_000, atLeastMs: 990_000, atMostMs: 1_010_000 }, true],
  [{ ms: 1_000_000, atLeastMs: 980_000, atMostMs: 1_010_000 }, false],
  [{ ms: null, atLeastMs: 60_000, atMostMs: null }, false],
  [{ ms: 60_000, atLeastMs: 60_000, atMostMs: null }, false],
])('%o is exact: %s', (lag, exact) => {
  expect(isExact({ ...lag, method: 'ends' })).toBe(exact);
});

test('an offset of a log that was never read was produced nobody knows when', () => {
  const { memory, snapshot } = outcome('orders-0  end: ?  committed: 0');
  expect(producedAt(logOf({ memory }), 5n, snapshot.at)).toBeNull();
});

test.each([
  ['between two polls', 15n, 90_000],
  ['not known before the first poll', 5n, null],
  ['not yet', 30n, null],
] as const)('an offset was produced: %s', (_, offset, after) => {
  const { memory, snapshot } = outcome('orders-0  end: 10 20 30  committed: 0');
  const at = producedAt(logOf({ memory }), offset, snapshot.at);
  expect(at === null ? null : at - (snapshot.at - 2 * minute)).toBe(after === null ? null : 30_000);
});
