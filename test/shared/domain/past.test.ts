import { describe, expect, test } from 'vitest';
import { flag } from '../../../shared/domain/memory/history.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import type { Past } from '../../../shared/domain/past.ts';
import { asJudged } from '../../support/rule-answers.ts';
import { outcome, type ScenarioOptions, scenarioStart } from '../../support/scenario.ts';

const minute = 60_000;

const pastAfter = (scenario: string, options: ScenarioOptions = {}): Past =>
  asJudged(outcome(scenario, options), 'orders-0', options.policy).past;

test('what never happened is null', () => {
  const past = pastAfter('orders-0  end: 10  committed: 4');
  expect([past.lastProgressAt, past.rewind]).toEqual([null, null]);
  expect([past.silentMs, past.unreadMs, past.lost]).toEqual([0, 0, 0n]);
});

test('what did is told', () => {
  const past = pastAfter('orders-0  start: 0 0 160  end: 900  committed: 500 650 100');
  expect(past.lastProgressAt).toBe(scenarioStart + minute);
  expect(past.rewind).toEqual({ from: 650n, to: 100n, at: scenarioStart + 2 * minute });
  expect(past.lost).toBe(60n);
  expect(past.is(flag.waits)).toBe(true);
  expect(past.topicLife?.lastProgressAt).toBe(scenarioStart + minute);
  expect(past.log?.generation).toBe(0);
});

describe('overdue', () => {
  const promise = { policy: { patienceMs: 3 * minute, patienceIsPromise: true } };
  test.each([
    ['nothing waits', 'orders-0  end: 10  committed: 10*9', false],
    ['not yet', 'orders-0  end: 10  committed: 4*3', false],
    ['after its patience', 'orders-0  end: 10  committed: 4*4', true],
    ['not at the very first look, however short the patience', 'orders-0  end: 10  committed: 4', false],
  ])('%s', (_, scenario, overdue) => {
    expect(pastAfter(scenario, promise).isOverdue).toBe(overdue);
  });

  test('a patience of nothing still needs a second look', () => {
    const none = { policy: { patienceMs: 0, patienceIsPromise: true } };
    expect(pastAfter('orders-0  end: 10  committed: 4', none).isOverdue).toBe(false);
    expect(pastAfter('orders-0  end: 10  committed: 4*2', none).isOverdue).toBe(true);
  });

  test.each([
    ['members that have just come have had no time for what waited before', {}, '-*300 a', false],
    ['those that were there all along have', {}, 'a*301', true],
    ['a promise counts all of the silence', promise, '-*300 a', true],
  ])('%s', (_, options, owner, overdue) => {
    const past = pastAfter(`orders-0  end: 10*301  committed: 4*301  owner: ${owner}`, options);
    expect(past.isOverdue).toBe(overdue);
  });

  test('once overdue stays so, and earned, when patience grows by the members leaving', () => {
    // It works off a backlog, as a batch does, so that it may be one.
    const scenario = 'orders-0  end: 90000 +10*60  committed: 1000 +10*35 1350  owner: a*45 -';
    const past = pastAfter(scenario);
    expect(past.patience).toEqual({ ms: 30 * 60 * minute, earned: false });
    expect([past.isOverdue, past.isEarned]).toEqual([true, true]);
  });
});

test.each([
  ['since the commit came to rest', 'orders-0  end: 10*9  committed: 4*9', true],
  ['but for two polls after', 'orders-0  end: 10 11 12*9  committed: 4*11', true],
  ['no: it went on for longer', 'orders-0  end: 10 11 12 13*9  committed: 4*12', false],
  ['not when it rests at last', 'orders-0  end: 10 +1*30 40*90  committed: 4', false],
])('the end rests: %s', (_, scenario, rests) => {
  expect(pastAfter(scenario).endRests).toBe(rests);
});

test.each([
  ['a hundred records', 'orders-0  end: 0 +10*9  committed: 0', 100n],
  ['what a busy partition is given in a minute', 'orders-0  end: 0 +700*9  committed: 0', 700n],
  [
    'what it was given a minute while nobody polled',
    'polls: 10 -200 1\norders-0  end: 0 +700*300  committed: 0',
    700n,
  ],
])('negligible are %s', (_, scenario, records) => {
  const past = pastAfter(scenario);
  expect([records, records + 1n].map((offsets) => past.isNegligible(offsets))).toEqual([true, false]);
});

describe('the date of the oldest waiting record', () => {
  const stamp = (at: number, partition: number, offset: bigint) => ({
    topic: 'orders',
    partition,
    offset: toOffset(offset),
    notBefore: at - 90 * minute,
    notAfter: at - 80 * minute,
  });
  /** The time lag after a scenario of which only the first poll dated anything. */
  const ageWith = (partition: number, offset: bigint, scenario: string) => {
    const dated = (at: number) => (at === scenarioStart ? [stamp(at, partition, offset)] : []);
    const { past, reading } = asJudged(outcome(scenario, { dated }));
    const lag = past.timeLagOf(reading);
    return [lag?.method, lag?.atLeastMs, lag?.atMostMs];
  };
  const once = 'orders-0  end: 9  committed: 3';
  test.each([
    ['is found by place and offset', 0, 3n, once, ['timestamps', 80 * minute, 90 * minute]],
    ['not that of another partition', 1, 3n, once, ['ends', 0, null]],
    ['not that of another offset', 0, 4n, once, ['ends', 0, null]],
    ['holds for as long as the commit rests', 0, 3n, `${once} 3*5`, ['timestamps', 85 * minute, 95 * minute]],
    ['and not longer', 0, 3n, `${once} 3*4 4`, ['ends', 5 * minute, null]],
    ['nor when the commit falls back', 0, 3n, `${once} 3*4 2`, ['ends', 5 * minute, null]],
  ] as const)('%s', (_, partition, offset, scenario, lag) => {
    expect(ageWith(partition, offset, scenario)).toEqual(lag);
  });
});

describe('a loss', () => {
  const lossAfter = (polls: number, everyMs = minute) =>
    pastAfter(`polls: ${polls}\norders-0  start: 0 20  end: 100  committed: 4 25  owner: a`, { everyMs })
      .freshLoss;
  const jumped = (polls: number, everyMs = minute) =>
    pastAfter(`polls: ${polls}\norders-0  start: 0 20  end: 100  committed: 4*2 25  owner: a`, { everyMs })
      .freshLoss;
  test('that the commit jumped over is told of for five minutes', () => {
    expect(jumped(2)).toEqual({ from: 4n, to: 20n });
    expect(jumped(7)).toEqual({ from: 4n, to: 20n });
    expect(jumped(8)).toBeNull();
  });
  test('is told of for three polls where these are rare', () => {
    expect(jumped(5, 10 * minute)).toEqual({ from: 4n, to: 20n });
    expect(jumped(6, 10 * minute)).toBeNull();
  });
  test('that was never seen is none', () => {
    expect(lossAfter(2)).toBeNull();
  });
});
