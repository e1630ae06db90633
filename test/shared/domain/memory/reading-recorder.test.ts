import { describe, expect, test } from 'vitest';
import type { HistoryTable } from '../../../../shared/domain/memory/history.ts';
import { flag } from '../../../../shared/domain/memory/history.ts';
import { toOffset } from '../../../../shared/domain/offset.ts';
import { outcome, type ScenarioOptions, scenarioStart } from '../../../support/scenario.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What is kept of orders-0, which is the first row. */
function kept(scenario: string, options?: ScenarioOptions) {
  const { memory } = outcome(scenario, options);
  const { history } = memory;
  const of = (column: keyof HistoryTable) => (history[column] as unknown as unknown[])[0];
  const life = memory.groups.get('billing')?.life.topics.get('orders');
  return { of, life, is: (bit: number) => ((history.flags[0] as number) & bit) !== 0 };
}
const due = (polls: number) => scenarioStart + polls * minute;

describe('silence', () => {
  test.each([
    ['counts while records wait', 'orders-0  end: 10  committed: 4*4', 3 * minute],
    ['not while none do', 'orders-0  end: 10  committed: 10*4', 0],
    ['ends with a step of progress', 'orders-0  end: 10  committed: 4*4 5', 0],
    ['ends when nothing waits', 'orders-0  end: 10*4 4  committed: 4', 0],
    ['goes on over a step back', 'orders-0  end: 10  committed: 4*4 3', 4 * minute],
    [
      'waits while nothing is read, and goes on from there',
      'orders-0  end: 10*4 ?*9 10*2  committed: 4',
      4 * minute,
    ],
    ['the same for a commit', 'orders-0  end: 10  committed: 4*4 ?*9 4*2', 4 * minute],
    [
      'the same for a commit that is gone for a while',
      'orders-0  end: 10  committed: 4*4 -*9 4*2  owner: a',
      4 * minute,
    ],
    ['a gap between polls counts as one step', 'polls: 4 -99 1\norders-0  end: 10  committed: 4', 4 * minute],
    ['is none for what the policy allows', 'orders-0  end: 10  committed: 7*4', 0],
    [
      'without a commit it counts from when records came',
      'orders-0  end: 10*3 11*3  committed: -  owner: a',
      3 * minute,
    ],
    ['and not before', 'orders-0  end: 10*3  committed: -  owner: a', 0],
  ])('%s', (_, scenario, silentMs) => {
    expect(kept(scenario, { policy: { allowedLag: 3n } }).of('silentMs')).toBe(silentMs);
  });
});

describe('progress', () => {
  test.each([
    ['a larger commit', 'orders-0  end: 10  committed: 4 5', due(1)],
    ['not the first sight of one', 'orders-0  end: 10  committed: 4*2', 0],
    ['the first commit of a partition that had none', 'orders-0  end: 10  committed: - 4  owner: a', due(1)],
    ['not the first one that could be read', 'orders-0  end: 10  committed: ? 4  owner: a', 0],
    [
      'a larger one after it was not read: as early as it may have been',
      'orders-0  end: 10  committed: 4 ?*3 5',
      due(1),
    ],
    ['not a smaller one', 'orders-0  end: 10  committed: 4 3', 0],
    ['not the first one in a topic made anew', 'orders  id: A B\norders-0  end: 10  committed: 4 5', 0],
    ['but the next one there', 'orders  id: A B\norders-0  end: 10  committed: 4 5 6', due(2)],
  ])('%s', (_, scenario, at) => {
    expect(kept(scenario).of('progressAt')).toBe(at);
  });

  test('is kept for the topic as well, from the first to the latest', () => {
    const { life } = kept('orders-0  end: 100  committed: 4 5 5 6 6');
    expect(life).toMatchObject({ firstProgressAt: due(1), lastProgressAt: due(3) });
  });
});

describe('gaps', () => {
  const gapsOf = (scenario: string, options?: ScenarioOptions) => {
    const { of, life } = kept(scenario, options);
    expect(life?.gap.widestMs[0]).toBe(of('gapMs'));
    return of('gapMs');
  };
  const thrice = 'committed: 0*20 1*20 2*20 3*20 4*20 5';
  test.each([
    ['from one step to the next while records waited', 'orders-0  end: 10  committed: 0 1 1 1 2', 3 * minute],
    ['the widest', 'orders-0  end: 10  committed: 0 1 1 1 2 3', 3 * minute],
    ['not while none waited', 'orders-0  end: 1 1*9 2  committed: 0 1*9 2', minute],
    [
      'over a gap between polls no more than was watched',
      'polls: 4 -99 1\norders-0  end: 10  committed: 0 1 1 1*100 2',
      3 * minute,
    ],
    ['at most what was watched', 'orders-0  end: 10  committed: 0 1 1 ?*30 2', minute],
  ])('%s', (_, scenario, ms) => {
    expect(gapsOf(scenario)).toBe(ms);
  });

  test('one that was paged for does not teach, and three in a day do', () => {
    const promise = { policy: { patienceMs: 5 * minute, patienceIsPromise: true } };
    const twice = kept('orders-0  end: 10  committed: 0*20 1*20 2', promise);
    expect(twice.of('gapMs')).toBe(0);
    expect(twice.of('overdueCount')).toBe(2);
    expect(kept(`orders-0  end: 10  ${thrice}`, promise).of('gapMs')).toBe(20 * minute);
  });

  test('three that lie days apart do not', () => {
    const promise = { policy: { patienceMs: 5 * hour, patienceIsPromise: true }, everyMs: hour };
    const apart = 'orders-0  end: 1*30 2*30 3*30 4  committed: 0*9 1*30 2*30 3';
    const { of } = kept(apart, promise);
    expect(of('overdueCount')).toBe(1);
    expect(of('gapMs')).toBe(0);
  });

  test('one that a new group is forgiven teaches', () => {
    expect(gapsOf('orders-0  end: 10  committed: 0*20 1')).toBe(20 * minute);
  });
});

describe('the age of records when they are processed', () => {
  /** Records that come every minute and are read as many minutes later. */
  const late = (minutes: number) =>
    `orders-0  end: 1000 +10*60  committed: 1000*${minutes} +10*${60 - minutes + 1}`;
  test.each([
    ['is not known before anything moved', 'orders-0  end: 1000 +10*9  committed: 900*10', 0],
    ['is not known of what was there before us', 'orders-0  end: 1000*9  committed: 900 +10*8', 0],
    ['is that of a reader that keeps up', late(1), 0 + 1],
    ['is at least that of the polls between which the record came', late(20), 18 * minute + 1],
    ['the least counts', 'orders-0  end: 1000 +10*60  committed: 1000*20 +10*10 1300 +10*9', 1],
    ['is not asked of the first commit', 'orders-0  end: 10 +1*9  committed: -*5 12  owner: a', 0],
  ])('%s', (_, scenario, heldMs) => {
    expect(kept(scenario).of('heldMs')).toBe(heldMs);
  });

  test('is told by the date of the record where there is one', () => {
    const dated = (at: number) =>
      at === due(5)
        ? [
            {
              topic: 'orders',
              partition: 0,
              offset: toOffset(1000n),
              notBefore: at - 40 * minute,
              notAfter: at - 30 * minute,
            },
          ]
        : [];
    const { of } = kept('orders-0  end: 1000 +10*9  committed: 1000*7 1010', { dated });
    // As young as the date allows, two polls later.
    expect(of('heldMs')).toBe(32 * minute + 1);
  });

  test('is kept by half days', () => {
    const hours = { everyMs: hour };
    const steps = (polls: number) =>
      kept(`polls: ${polls}\norders-0  end: 1000 +10*90  committed: 1000*5 +10*90`, hours);
    const told = (polls: number) => [steps(polls).of('heldMs'), steps(polls).of('heldBeforeMs')];
    expect(told(12)).toEqual([4 * hour + 1, 0]);
    expect(told(13)).toEqual([4 * hour + 1, 4 * hour + 1]);
    const rested = kept(
      'polls: 40\norders-0  end: 1000 +10*10 1100*25 +10*9  committed: 1000*5 +10*6 1100*24 +10*9',
      hours,
    );
    expect(rested.of('heldBeforeMs')).toBe(0);
  });
});

describe('what was overdue', () => {
  const promise = { policy: { patienceMs: 5 * minute, patienceIsPromise: true } };
  test.each([
    ['is so when patience ends', 'orders-0  end: 10  committed: 4*6', true],
    ['not before', 'orders-0  end: 10  committed: 4*5', false],
    ['stays so unread', 'orders-0  end: 10*6 ?*3  committed: 4', true],
    ['is not any more when it moves', 'orders-0  end: 10  committed: 4*6 5', false],
    ['nor when nothing waits', 'orders-0  end: 10*6 4  committed: 4', false],
  ])('%s', (_, scenario, overdue) => {
    expect(kept(scenario, promise).is(flag.overdue)).toBe(overdue);
  });
});

describe('not read', () => {
  test.each([
    ['is not counted at the first poll', 'orders-0  end: 10 ?  committed: 4', 0, true],
    ['is counted from there', 'orders-0  end: 10 ?*5  committed: 4', 4 * minute, true],
    ['at first sight as well', 'orders-0  end: ?*5  committed: 4', 4 * minute, true],
    ['ends when it is read', 'orders-0  end: 10 ?*5 10  committed: 4', 0, false],
    [
      'a partition that no reading tells of',
      'orders-0  end: 10  committed: 4 -*5\norders-1  end: 1  committed: 1',
      4 * minute,
      true,
    ],
  ])('%s', (_, scenario, unreadMs, unread) => {
    const { memory } = outcome(scenario);
    const row =
      [...memory.history.committed].indexOf(4n) === -1 ? 0 : [...memory.history.committed].indexOf(4n);
    expect(memory.history.unreadMs[row]).toBe(unreadMs);
    expect(((memory.history.flags[row] as number) & flag.unread) !== 0).toBe(unread);
  });
});

describe('records lost', () => {
  test.each([
    ['none', 'start: 0  end: 100  committed: 4', 0n],
    ['at first sight', 'start: 7  end: 100  committed: 4', 3n],
    ['each once', 'start: 7*5  end: 100  committed: 4', 3n],
    ['as the start goes on', 'start: 7 9 12  end: 100  committed: 4', 8n],
    ['not what was read meanwhile', 'start: 7 12*2  end: 100  committed: 4 7 7', 8n],
    [
      'with the commit below the start, what it was stepped over is gone as well',
      'start: 7 20  end: 100  committed: 4 30',
      16n,
    ],
    ['a jump over what went unseen is not counted', 'start: 0 20  end: 100  committed: 4 30', 0n],
    ['a step back behind what is counted adds nothing', 'start: 20  end: 100  committed: 4 2', 16n],
    ['a start that was not read tells nothing', 'start: ?  end: 100  committed: 4', 0n],
    ['a start of another log than the end tells nothing', 'start: 200  end: 100  committed: 4', 0n],
    [
      'a start that steps back, as after an election, takes nothing back',
      'start: 20 10 20  end: 100  committed: 4',
      16n,
    ],
  ])('%s', (_, log, lost) => {
    expect(kept(`orders-0  ${log}`).of('lost')).toBe(lost);
  });

  test('in a topic made anew they go on from what was lost before', () => {
    const { of } = kept('orders  id: A*2 B\norders-0  start: 7*2 0 5  end: 100*2 10 20  committed: 4*2 2 2');
    expect(of('lost')).toBe(6n);
  });
});

describe('a commit that fell back', () => {
  const rewind = (scenario: string) => {
    const { of } = kept(scenario);
    return [of('rewoundFrom'), of('rewoundTo'), of('rewoundAt')];
  };
  test.each([
    ['by more than 100', 'orders-0  end: 900  committed: 500 399', [500n, 399n, due(1)]],
    ['by 100 is a duplicate', 'orders-0  end: 900  committed: 500 400', [-1n, -1n, 0]],
    [
      'by less than is produced in a minute',
      'orders-0  end: 9000 +500*9  committed: 9000 +500*8 12600',
      [-1n, -1n, 0],
    ],
    [
      'by more than that',
      'orders-0  end: 9000 +500*9  committed: 9000 +500*8 12400',
      [13000n, 12400n, due(9)],
    ],
    [
      'stays so while it has not recovered',
      'orders-0  end: 900  committed: 500 300 499',
      [500n, 300n, due(1)],
    ],
    ['until it is back', 'orders-0  end: 900  committed: 500 300 500', [-1n, 300n, due(1)]],
    [
      'or at the end of a truncated log',
      'orders-0  end: 900*2 400  committed: 500 300 400',
      [-1n, 300n, due(1)],
    ],
    [
      'again: what counts is where it was before',
      'orders-0  end: 900  committed: 500 300 100',
      [500n, 300n, due(1)],
    ],
    [
      'in a topic made anew is none',
      'orders  id: A B\norders-0  end: 900  committed: 500 300',
      [-1n, -1n, 0],
    ],
  ])('%s', (_, scenario, expected) => {
    expect(rewind(scenario)).toEqual(expected);
  });
});

describe('a topic made anew', () => {
  const onOldLog = (scenario: string) => kept(`orders  id: A*2 B\n${scenario}`).is(flag.onOldLog);
  test.each([
    ['the commit of the old log stays', 'orders-0  end: 500*2 4  committed: 500  owner: a', true],
    ['until it moves into the new one', 'orders-0  end: 500*2 4  committed: 500*4 3  owner: a', false],
    ['not by moving further beyond it', 'orders-0  end: 500*2 4  committed: 500*4 501  owner: a', true],
    ['a commit of the new log', 'orders-0  end: 500*2 4  committed: 500*2 3  owner: a', false],
    ['not read at first', 'orders-0  end: 500*2 ?*2 4  committed: 500  owner: a', true],
    [
      'dropped, and committed anew at the very same offset',
      'orders-0  end: 500*2 500  committed: 500*2 - 500  owner: a',
      false,
    ],
    [
      'dropped, and committed beyond the new end',
      'orders-0  end: 500*2 4  committed: 500*2 - 500  owner: a',
      true,
    ],
    ['never committed', 'orders-0  end: 500*2 4  committed: -  owner: a', false],
  ])('%s', (_, scenario, old) => {
    expect(onOldLog(scenario)).toBe(old);
  });

  test('what came to a partition without a commit is counted from the new log', () => {
    const { of } = kept('orders  id: A*2 B\norders-0  end: 500*2 4 5*3  committed: -  owner: a');
    expect(of('mark')).toBe(4n);
    expect(of('silentMs')).toBe(3 * minute);
  });

  test('and forgotten meanwhile is no topic made anew', () => {
    const scenario =
      'polls: 60\norders  id: A*2 B*3 C\norders-0  end: 500*5 -*50 500  committed: 500*2 300  owner: a';
    const { is, of } = kept(scenario, { everyMs: hour });
    expect(is(flag.onOldLog)).toBe(false);
    expect(of('generation')).toBe(0);
  });
});
