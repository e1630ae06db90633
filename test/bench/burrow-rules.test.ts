import { describe, expect, test } from 'vitest';
import {
  BurrowNotifier,
  BurrowRules,
  type BurrowWindow,
  evaluateWindow,
  type WindowCommit,
} from '../../bench/peers/burrow-rules.ts';

const now = 1_000_000;

/** A window from pairs of offset and lag, ten seconds apart, the last one made `agoMs` ago. */
function windowOf(
  pairs: readonly (readonly [offset: number, lag: number | null] | null)[],
  rest: Partial<BurrowWindow> & { readonly agoMs?: number } = {},
): BurrowWindow {
  const { agoMs = 5_000, ...window } = rest;
  const commits = pairs.map((pair, i): WindowCommit | null =>
    pair === null
      ? null
      : { offset: pair[0], lag: pair[1], at: now - agoMs - (pairs.length - 1 - i) * 10_000, order: i },
  );
  return { commits, ends: [1_000], currentLag: 100, now, ...window };
}

const status = (window: BurrowWindow, options = {}) => evaluateWindow(window, options).status;

describe('before the rules', () => {
  test('an empty window is OK', () => {
    expect(evaluateWindow(windowOf([null, null]))).toEqual({ status: 'OK', complete: 0 });
  });

  test('places not filled yet are left out, and tell how complete the window is', () => {
    expect(evaluateWindow(windowOf([null, null, [5, 9], [5, 9]]))).toEqual({
      status: 'STALL',
      complete: 0.5,
    });
  });

  test('a window less complete than is asked for is OK', () => {
    const window = windowOf([null, null, [5, 9], [5, 9]]);
    expect(status(window, { minimumComplete: 0.6 })).toBe('OK');
    expect(status(window, { minimumComplete: 0.5 })).toBe('STALL');
  });
});

describe('the rules, in their order', () => {
  test('no lag now is OK, whatever was before', () => {
    const rewound = windowOf(
      [
        [50, 9],
        [10, 9],
      ],
      { currentLag: 0 },
    );
    expect(status(rewound)).toBe('OK');
    expect(
      status(
        windowOf(
          [
            [50, 9],
            [10, 9],
          ],
          { currentLag: 7 },
        ),
        { allowedLag: 7 },
      ),
    ).toBe('OK');
  });

  test('STOP: silent for longer than the window took', () => {
    const commits = [
      [10, 5],
      [20, 5],
      [30, 5],
    ] as const;
    expect(status(windowOf(commits, { agoMs: 20_001 }))).toBe('STOP');
    expect(status(windowOf(commits, { agoMs: 20_000 }))).not.toBe('STOP');
  });

  test('no STOP while an end is remembered that the last commit had reached', () => {
    const commits = [
      [10, 5],
      [20, 5],
      [30, 5],
    ] as const;
    expect(status(windowOf(commits, { agoMs: 60_000, ends: [30, 80, 130] }))).toBe('WARN');
    expect(status(windowOf(commits, { agoMs: 60_000, ends: [31, 80, 130] }))).toBe('STOP');
  });

  test('STOP goes before REWIND', () => {
    expect(
      status(
        windowOf(
          [
            [50, 5],
            [10, 5],
          ],
          { agoMs: 60_000 },
        ),
      ),
    ).toBe('STOP');
  });

  test('REWIND: a step back that is never made good', () => {
    expect(
      status(
        windowOf([
          [50, 5],
          [10, 45],
          [20, 35],
        ]),
      ),
    ).toBe('REWIND');
    expect(
      status(
        windowOf([
          [50, 5],
          [10, 45],
          [50, 6],
        ]),
      ),
    ).not.toBe('REWIND');
  });

  test('only the first step back counts', () => {
    expect(
      status(
        windowOf([
          [50, 5],
          [40, 9],
          [55, 9],
          [10, 9],
          [20, 9],
        ]),
      ),
    ).not.toBe('REWIND');
  });

  test('REWIND goes before a lag of zero', () => {
    expect(
      status(
        windowOf([
          [50, 0],
          [10, 45],
        ]),
      ),
    ).toBe('REWIND');
  });

  test('one lag of zero in the window is OK, however far behind the rest', () => {
    expect(
      status(
        windowOf([
          [10, 0],
          [10, 50],
          [10, 90],
        ]),
      ),
    ).toBe('OK');
    expect(
      status(
        windowOf([
          [10, 3],
          [10, 50],
          [10, 90],
        ]),
        { allowedLag: 3 },
      ),
    ).toBe('OK');
  });

  test('STALL: commits that all say the same', () => {
    expect(
      status(
        windowOf([
          [10, 5],
          [10, 15],
          [10, 25],
        ]),
      ),
    ).toBe('STALL');
    expect(
      status(
        windowOf([
          [9, 5],
          [10, 15],
          [10, 25],
        ]),
      ),
    ).toBe('WARN');
  });

  test('WARN: it moves, and its lag never shrinks', () => {
    expect(
      status(
        windowOf([
          [10, 5],
          [20, 5],
          [30, 6],
        ]),
      ),
    ).toBe('WARN');
    expect(
      status(
        windowOf([
          [10, 5],
          [20, 4],
          [30, 60],
        ]),
      ),
    ).toBe('OK');
  });

  test('lags that are not known are passed over', () => {
    expect(
      status(
        windowOf([
          [10, 5],
          [20, null],
          [30, 4],
        ]),
      ),
    ).toBe('OK');
    expect(
      status(
        windowOf([
          [10, null],
          [20, null],
        ]),
      ),
    ).toBe('WARN');
  });

  test('a single commit: STOP a moment later, STALL at that very moment', () => {
    expect(status(windowOf([[10, 5]], { agoMs: 1 }))).toBe('STOP');
    expect(status(windowOf([[10, 5]], { agoMs: 0 }))).toBe('STALL');
  });

  test('one pair, lag grown by one: WARN', () => {
    expect(
      status(
        windowOf(
          [
            [10, 1],
            [20, 2],
          ],
          { currentLag: 2 },
        ),
      ),
    ).toBe('WARN');
    expect(
      status(
        windowOf(
          [
            [10, 1],
            [20, 2],
          ],
          { currentLag: 2 },
        ),
        { allowedLag: 2 },
      ),
    ).toBe('OK');
  });
});

describe('what it keeps', () => {
  /** Commits `offsets` ten seconds apart against an end that stands at 100. */
  function following(offsets: readonly number[], options = {}): BurrowRules {
    const rules = new BurrowRules(options);
    rules.end('orders', 0, 100);
    offsets.forEach((offset, i) => {
      rules.commit(i * 10_000, 'billing', 'orders', 0, offset);
    });
    return rules;
  }

  test('a group that never committed is NOTFOUND', () => {
    expect(new BurrowRules().groupStatus(0, 'billing').status).toBe('NOTFOUND');
  });

  test('commits on a topic that is not known are dropped', () => {
    const rules = new BurrowRules();
    rules.commit(0, 'billing', 'orders', 0, 5);
    expect(rules.groupStatus(0, 'billing').status).toBe('NOTFOUND');
  });

  test('a commit beyond the end counts as no lag: a recreated topic is OK for ever', () => {
    expect(following([5_000, 5_000]).groupStatus(600_000, 'billing').status).toBe('OK');
  });

  test('the group is its worst partition, and what is worse than ERR is ERR', () => {
    const rules = following([10, 10, 10]);
    rules.end('orders', 1, 100);
    rules.commit(20_000, 'billing', 'orders', 1, 100);
    expect(rules.groupStatus(20_000, 'billing')).toEqual({ status: 'ERR', worst: 'STALL' });
  });

  test('old commits leave the window', () => {
    const rules = following([100, 10, 10, 10], { intervals: 3 });
    expect(rules.groupStatus(30_000, 'billing').worst).toBe('STALL');
    expect(following([100, 10, 10, 10], { intervals: 4 }).groupStatus(30_000, 'billing').worst).toBe(
      'REWIND',
    );
  });

  test('a commit too close to the last takes its place and keeps its time', () => {
    const rules = following([10, 20, 30], { minDistanceMs: 15_000 });
    // At 0 s came 10, at 10 s 20 in its place, at 20 s 30 as the second: 20 s between them.
    expect(rules.groupStatus(40_000, 'billing').worst).not.toBe('STOP');
    expect(rules.groupStatus(40_001, 'billing').worst).toBe('STOP');
  });

  test('a commit that comes late is put in its place without a lag', () => {
    const rules = new BurrowRules();
    rules.end('orders', 0, 100);
    rules.commit(10_000, 'billing', 'orders', 0, 50, 10_000, 10);
    rules.commit(20_000, 'billing', 'orders', 0, 60, 20_000, 20);
    // Had it counted as the latest, it would be a step back.
    rules.commit(21_000, 'billing', 'orders', 0, 55, 15_000, 15);
    expect(rules.groupStatus(22_000, 'billing').worst).toBe('OK');
  });

  test('a late commit that is older than a full window is dropped', () => {
    const rules = new BurrowRules({ intervals: 2 });
    rules.end('orders', 0, 100);
    rules.commit(10_000, 'billing', 'orders', 0, 50, 10_000, 10);
    rules.commit(20_000, 'billing', 'orders', 0, 50, 20_000, 20);
    rules.commit(21_000, 'billing', 'orders', 0, 90, 5_000, 5);
    expect(rules.groupStatus(22_000, 'billing').worst).toBe('STALL');
  });

  test('a group is forgotten a week after its last commit', () => {
    const rules = following([10, 10]);
    const week = 7 * 24 * 3_600_000;
    expect(rules.groupStatus(10_000 + week, 'billing').worst).toBe('STOP');
    expect(rules.groupStatus(10_001 + week, 'billing').status).toBe('NOTFOUND');
    expect(rules.groups).toEqual([]);
  });

  test('a commit older than a week is not taken', () => {
    const rules = new BurrowRules();
    rules.end('orders', 0, 100);
    rules.commit(8 * 24 * 3_600_000, 'billing', 'orders', 0, 10, 0);
    expect(rules.groups).toEqual([]);
  });

  test('ends that are not read any more leave the lag as it was', () => {
    const rules = following([90, 95, 100]);
    expect(rules.groupStatus(3_600_000, 'billing').status).toBe('OK');
  });

  test('a hung transaction looks like any stall', () => {
    const rules = new BurrowRules({ intervals: 3 });
    for (let i = 0; i < 4; i++) {
      rules.end('orders', 0, 100 + 10 * i);
      rules.commit(i * 10_000, 'billing', 'orders', 0, 90);
    }
    expect(rules.groupStatus(30_000, 'billing').worst).toBe('STALL');
  });
});

describe('the notifier', () => {
  test('opens at WARN, says nothing more while it lasts, closes at OK', () => {
    const notifier = new BurrowNotifier();
    const sent = (['OK', 'WARN', 'ERR', 'WARN', 'OK', 'OK'] as const).map((one) =>
      notifier.notify('billing', one),
    );
    expect(sent).toEqual([null, 'opened', null, null, 'closed', null]);
  });

  test('a threshold of 3 passes over warnings', () => {
    const notifier = new BurrowNotifier(3);
    expect(notifier.notify('billing', 'WARN')).toBeNull();
    expect(notifier.notify('billing', 'ERR')).toBe('opened');
  });
});
