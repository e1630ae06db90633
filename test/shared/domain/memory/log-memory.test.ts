import { describe, expect, test } from 'vitest';
import { type LogMemory, thinned } from '../../../../shared/domain/memory/log-memory.ts';
import { outcome, play, type ScenarioOptions } from '../../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

const logsAfter = (scenario: string, options?: ScenarioOptions) => outcome(scenario, options).memory.logs;
const trackIn = ({ topics, tracks }: LogMemory) => tracks[topics.get('orders')?.slots.get(0) as number];
const trackAfter = (scenario: string) => trackIn(logsAfter(scenario));
const topicAfter = (scenario: string, options?: ScenarioOptions) =>
  logsAfter(scenario, options).topics.get('orders');

describe('the series', () => {
  const polls = play('polls: 1700\norders-0  end: 0 +1*1700  committed: 0', {}).map(({ memory }) => memory);

  test('reaches back a day in at most 90 rows, this poll always among them', () => {
    for (const { at, logs } of polls) {
      expect(logs.series.length).toBeLessThanOrEqual(90);
      expect(logs.series.at(-1)?.at).toBe(at);
    }
    const { at, logs } = polls.at(-1) as (typeof polls)[number];
    const oldest = logs.series[0]?.at as number;
    expect(at - oldest).toBeGreaterThanOrEqual(25 * hour);
    expect(at - oldest).toBeLessThan(30 * hour);
  });

  test('has rows no further apart than 15 % of their age, or one poll', () => {
    for (const { at, logs } of polls) {
      for (const [i, row] of logs.series.slice(1).entries()) {
        const apart = row.at - (logs.series[i]?.at as number);
        expect(apart).toBeLessThanOrEqual(Math.max(minute, 0.15 * (at - row.at) + 1));
      }
    }
  });

  test('keeps what a gap in polling leaves of it', () => {
    const { series } = logsAfter('polls: 5 -1600 1\norders-0  end: 0 +1*1700  committed: 0');
    expect(series.map(({ ends }) => ends[0])).toEqual([4n, 1605n]);
    expect(thinned(series.slice(1), (series[1]?.at as number) + 40 * hour)).toHaveLength(1);
  });

  test('says where nothing was read', () => {
    const { series } = logsAfter('orders-0  end: 7 ?  start: 3 ?  committed: 0');
    expect(series.map(({ ends, starts }) => [ends[0], starts[0]])).toEqual([
      [7n, 3n],
      [-1n, -1n],
    ]);
  });
});

describe('a log that does not move', () => {
  test.each([
    ['is flat for as many polls', 'orders-0  end: 7*4  committed: 0', 3, 3 * minute],
    ['until it moves', 'orders-0  end: 7*4 8  committed: 0', 0, 0],
    [
      'what was not read neither ends nor prolongs that',
      'orders-0  end: 7*4 ?*3 7  committed: 0',
      4,
      4 * minute,
    ],
    ['nor does a gap between polls', 'polls: 4 -60 1\norders-0  end: 7  committed: 0', 4, 4 * minute],
    ['first seen unread', 'orders-0  end: ? 7*2  committed: 0', 1, minute],
  ])('%s', (_, scenario, flatPolls, flatMs) => {
    expect(trackAfter(scenario)).toMatchObject({ end: flatPolls === 0 ? 8n : 7n, flatPolls, flatMs });
  });
});

describe('a stable offset below the end', () => {
  test.each([
    ['stands still', 'orders-0  end: 10 +1*5  stable: 10 11*5  committed: 0', 4 * minute, 0],
    ['was not read', 'orders-0  end: 10 +1*5  stable: 10 11*4 ?  committed: 0', 3 * minute, 0],
    ['steps', 'orders-0  end: 10 +1*5  stable: 10 11*4 15  committed: 0', 0, 4 * minute],
    [
      'has caught up with the end',
      'orders-0  end: 10 11 12*2  stable: 10 11*2 12  committed: 0',
      0,
      2 * minute,
    ],
    [
      'a gap in polling teaches no step',
      'polls: 5 -60 1\norders-0  end: 10 +1*5  stable: 10 11*4 15  committed: 0',
      0,
      0,
    ],
  ])('%s', (_, scenario, stableStillMs, widest) => {
    const track = trackAfter(scenario);
    expect(track?.stableStillMs).toBe(stableStillMs);
    expect(track?.stableGap.widestMs[0]).toBe(widest);
  });
});

describe('a topic that is written in transactions', () => {
  test.each([
    ['held below where the end was a poll ago', 'end: 10 20 30  stable: 10 15 19', true],
    ['held below an end that does not move', 'end: 10 20 20  stable: 10 20 19', true],
    ['far below the end for what comes in some seconds', 'end: 1000 +600*3  stable: 1000 +600*2 2740', true],
    ['a race between two reads, at 10 records a second', 'end: 1000 +600*3  stable: 995 +600*3', false],
    ['at the first look, which has nothing to compare with', 'end: 1000  stable: 100', false],
    ['a truncated log', 'end: 1000 500  stable: 1000 400', false],
    ['stable not read', 'end: 10 20  stable: ?', false],
    ['an end that was not read', 'end: 10 ? 20  stable: 10 5 20', false],
    ['an end that was never read before', 'end: ? 20  stable: ? 5', false],
  ])('%s: %s', (_, log, transactional) => {
    expect(topicAfter(`orders-0  ${log}  committed: 0`)?.transactional).toBe(transactional);
  });
});

describe('a topic made anew', () => {
  test('begins again under another generation, with no end to compare with', () => {
    const scenario = 'orders  id: A*3 B\norders-0  end: 500*3 7  committed: 0';
    expect(topicAfter(scenario)).toMatchObject({ id: 'B', oldId: 'A', generation: 1 });
    expect(trackAfter(scenario)).toMatchObject({ end: 7n, flatPolls: 0, producedPerMs: 0 });
  });

  test('an id that is not told for a while is no other id', () => {
    const snapshots = 'orders  id: A\norders-0  end: 500*3 -*2 501*2  committed: 0';
    expect(topicAfter(snapshots)).toMatchObject({ id: 'A', oldId: null, generation: 0 });
  });

  test('slots of old logs are given up', () => {
    const ids = Array.from({ length: 60 }, (_, i) => `id${i}`).join(' ');
    const logs = logsAfter(`orders  id: ${ids}\norders-0  end: 0 +7*59  committed: 0`);
    expect(logs.tracks.length).toBeLessThan(20);
    expect(trackIn(logs)?.end).toBe(7n * 59n);
    for (const row of logs.series) expect(row.ends.length).toBeLessThan(20);
    expect(logs.topics.get('orders')?.generation).toBe(59);
  });
});

describe('a topic that nobody speaks of any more', () => {
  const options = { everyMs: hour };
  const other = 'payments-0  end: 5  committed: 5';

  test('is forgotten after two days', () => {
    expect(topicAfter(`polls: 50\norders-0  end: 7 -  committed: 0\n${other}`, options)).toBeDefined();
    expect(topicAfter(`polls: 51\norders-0  end: 7 -  committed: 0\n${other}`, options)).toBeUndefined();
  });

  test('is not forgotten because nobody looked', () => {
    const scenario = 'polls: 5 -80 1\norders  id: A*50 B\norders-0  end: 7  committed: 7';
    expect(topicAfter(scenario, options)).toMatchObject({ oldId: 'A', generation: 1 });
  });
});

describe('production', () => {
  test.each([
    ['of the last hour', 'polls: 200\norders-0  end: 0 +10*100 +60*100  committed: 0', 60 / minute],
    [
      'after a gap in polling is that of the gap, however long',
      'polls: 100 -300 1\norders-0  end: 0 +10*99 +60*301  committed: 0',
      60 / minute,
    ],
    ['of what is known', 'orders-0  end: 0 +6*10  committed: 0', 6 / minute],
    ['is not known at first', 'orders-0  end: 50  committed: 0', 0],
    ['is not known while the end is not', 'orders-0  end: 0 +6*10 ?  committed: 0', 0],
    [
      'is measured from where a truncated log goes on',
      'orders-0  end: 500 100 +6*10  committed: 0',
      6 / minute,
    ],
  ])('%s', (_, scenario, perMs) => {
    expect(trackAfter(scenario)?.producedPerMs).toBeCloseTo(perMs, 8);
  });
});
