import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drainMs, lossMs, paceOf } from '../../../shared/domain/forecast.ts';
import { HistoryTable } from '../../../shared/domain/memory/history.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Reading } from '../../../shared/domain/reading.ts';
import { outcome, partitionIn, type ScenarioOptions } from '../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

const { growthWindowMs } = defaultPolicy;

const lossAfter = (scenario: string, options?: ScenarioOptions) =>
  partitionIn(outcome(scenario, options)).lossMs;

describe('the pace', () => {
  test.each([
    [
      'of lag that grows: not known within the first window',
      'orders-0  end: 1000 +100*9  committed: 1000 +50*9',
      null,
    ],
    [
      'lag that grows, less what came in since the poll before',
      'orders-0  end: 1000 +100*10  committed: 1000 +50*10',
      { overMs: 10 * minute, grownBy: 400n, restLag: 400n, cycleMs: 0 },
    ],
    [
      'of lag that shrinks: not known within half a window',
      'orders-0  end: 5000 +10*5  committed: 1000 +50*5',
      null,
    ],
    [
      'lag that shrinks: known after half a window',
      'orders-0  end: 5000 +10*6  committed: 1000 +50*6',
      { overMs: 5 * minute, grownBy: -200n, restLag: 3750n, cycleMs: 0 },
    ],
    [
      'lag that shrinks: against the window before once there is one',
      'orders-0  end: 5000 +10*11  committed: 1000 +50*11',
      { overMs: 10 * minute, grownBy: -400n, restLag: 3550n, cycleMs: 0 },
    ],
    [
      'measured where it rests: a commit every five minutes is no growth',
      'orders-0  end: 1000 +100*30  committed: 1000*5 1500*5 2000*5 2500*5 3000*5 3500*5 4000',
      { overMs: 15 * minute, grownBy: 0n, restLag: 0n, cycleMs: 0 },
    ],
    [
      'lag that shrank, within a window of silence',
      'orders-0  end: 5000 +10*19  committed: 1000 +50*10 1500*9',
      { overMs: 9 * minute, grownBy: -360n, restLag: 3590n, cycleMs: 0 },
    ],
    [
      'of lag that shrank: not known any more after it',
      'orders-0  end: 5000 +10*20  committed: 1000 +50*10 1500*10',
      null,
    ],
    ['not known where nothing moved since', 'orders-0  end: 1000*40  committed: 900 1000', null],
  ])('%s', (_, scenario, pace) => {
    const { memory } = outcome(scenario);
    expect(paceOf(memory.history, 0, growthWindowMs)).toEqual(pace);
  });

  test('is not known of what was never seen', () => {
    expect(paceOf(new HistoryTable(1), 0, growthWindowMs)).toBeNull();
  });
});

describe('time to drain', () => {
  const reading = (lag: Reading['lag']) => ({ lag }) as Reading;
  const pace = (grownBy: bigint) => ({ overMs: 10 * minute, grownBy, restLag: 0n, cycleMs: 0 });
  test.each([
    ['nothing waits', 0n, pace(5n), 0],
    ['at the pace of late', 1_000n, pace(-100n), 100 * minute],
    ['lag grows', 1_000n, pace(1n), null],
    ['lag stays', 1_000n, pace(0n), null],
    ['no pace', 1_000n, null, null],
    ['beyond the end', -5n, pace(-5n), null],
    ['no commit', 'no-commit', pace(-5n), null],
  ] as const)('%s', (_, lag, of, ms) => {
    expect(drainMs(reading(lag), of)).toBe(ms);
  });

  test('is not told of a stalled partition', () => {
    const stalled = partitionIn(outcome('orders-0  end: 5000 +10*60  committed: 1000 +50*40 3000  owner: a'));
    expect(stalled).toMatchObject({ verdict: 'stalled', drainMs: null });
  });
});

describe('time to loss', () => {
  const stands = 'polls: 160\norders-0  end: 1000 +10*200  committed: 1000 +10*35 1350  owner: a';
  const retention = (retentionMs: number | 'unlimited') => ({ config: { retentionMs } });
  test.each<[string, string, ScenarioOptions, number | null]>([
    ['nothing waits', 'orders-0  end: 10  committed: 10', retention(hour), null],
    ['no commit', 'orders-0  end: 10  committed: -  owner: a', retention(hour), null],
    ['start not read', 'orders-0  start: ?  end: 10  committed: 4', retention(hour), null],
    ['lost already', 'orders-0  start: 6  end: 10  committed: 4', retention(hour), null],
    ['too little seen of the reader', 'orders-0  end: 1000 +10*5  committed: 900', retention(hour), null],
    ['it stands still: until its oldest record is too old', stands, retention(3 * hour), 43.6 * minute],
    ['already older than retention asks for', stands, retention(hour), 0],
    ['unlimited retention', stands, retention('unlimited'), null],
    ['a compacted topic', stands, { config: { retentionMs: hour, compacted: true } }, null],
    ['retention not known, and the start never moved', stands, {}, null],
    [
      'it moves half as fast as time does',
      'orders-0  end: 1000 +100*60  committed: 1000 +50*60  owner: a',
      retention(2 * hour),
      180 * minute,
    ],
    [
      'it keeps up with the clock',
      'orders-0  end: 1000 +100*60  committed: 900 +100*60  owner: a',
      retention(10 * minute),
      null,
    ],
    [
      'when it read the older sample is not known',
      'orders-0  end: 100000 +100*30  committed: 0 +10*30  owner: a',
      retention(hour),
      null,
    ],
  ])('%s', (_, scenario, options, ms) => {
    const loss = lossAfter(scenario, options);
    if (ms === null || loss === null) expect(loss).toBe(ms);
    else expect(Math.abs(loss - ms)).toBeLessThanOrEqual(0.16 * (3 * hour));
  });

  test('is not known where neither the age nor the log is', () => {
    const poll = outcome(stands, retention(3 * hour));
    const { reading, timeLag } = partitionIn(poll);
    const { history, logs, at } = poll.memory;
    const config = { retentionMs: hour, retentionBytes: null, compacted: false, timestampType: null };
    const input = {
      reading,
      history,
      row: 0,
      log: { logs, slot: 0 },
      config,
      timeLag,
      standsStill: true,
      now: at,
    };
    expect(lossMs(input)).toBe(0);
    expect(lossMs({ ...input, timeLag: null })).toBeNull();
    expect(lossMs({ ...input, config: null, log: { logs, slot: undefined } })).toBeNull();
  });

  test('the pace through the log is the same where its oldest record was dated', () => {
    const scenario = 'orders-0  end: 1000 +100*60  committed: 1000 +50*60  owner: a';
    const seen = lossAfter(scenario, retention(2 * hour)) as number;
    const dated = (at: number) => {
      const ms = at - 30 * minute;
      return [{ topic: 'orders', partition: 0, offset: toOffset(4000n), notBefore: ms, notAfter: ms }];
    };
    const told = lossAfter(scenario, { ...retention(2 * hour), dated }) as number;
    expect(Math.abs(told - seen)).toBeLessThan(10 * minute);
  });

  test('by time it is never later than the truth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 60, max: 600 }),
        (rate, retentionMinutes) => {
          const polls = 160;
          const scenario = `polls: ${polls}\norders-0  end: 1000 +${rate}*200  committed: 1000 +${rate}*35 ${1000 + rate * 35}  owner: a`;
          const loss = lossAfter(scenario, retention(retentionMinutes * minute)) as number;
          // The oldest waiting record came in the minute after the last commit.
          const ageMs = (polls - 1 - 35) * minute;
          expect(loss).toBeLessThanOrEqual(Math.max(0, retentionMinutes * minute - ageMs + minute));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('by the start, which moves a segment at a time, it is never later than the truth, give or take a poll', () => {
    const seen = fc.record({
      segment: fc.integer({ min: 10, max: 1_000 }),
      everyPolls: fc.integer({ min: 1, max: 40 }),
      phase: fc.nat(39),
      ahead: fc.integer({ min: 1, max: 20 }),
      part: fc.nat(100),
    });
    fc.assert(
      fc.property(seen, ({ segment, everyPolls, phase, ahead, part }) => {
        const polls = 241;
        const jumps = (slot: number) => Math.floor((slot + phase) / everyPolls);
        const starts = Array.from({ length: polls }, (_, slot) => jumps(slot) * segment);
        const committed =
          (starts.at(-1) as number) + ahead * segment + Math.floor((part / 100) * (segment - 1));
        const end = committed + 1;
        // It reads all along, a record a minute, and stops for two hours and a half at the end.
        const reads = Array.from({ length: polls }, (_, slot) => committed - Math.max(0, 90 - slot));
        if (reads.some((offset, slot) => offset < (starts[slot] as number))) return;
        const scenario = `orders-0  start: ${starts.join(' ')}  end: ${end}  committed: ${reads.join(' ')}  owner: a`;
        const loss = lossAfter(scenario);
        let slot = polls - 1;
        while (jumps(slot) * segment <= committed) slot++;
        const truth = (slot - (polls - 1)) * minute;
        if (loss === null) return expect(everyPolls).toBeGreaterThan(30);
        expect(loss).toBeLessThanOrEqual(truth + minute);
      }),
      { numRuns: 80 },
    );
  });
});
