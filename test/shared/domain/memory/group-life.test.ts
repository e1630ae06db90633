import { describe, expect, test } from 'vitest';
import {
  type GroupLife,
  isRebalancing,
  mayHaveMembers,
  newLife,
  widestAbsenceMs,
  withAbsence,
} from '../../../../shared/domain/memory/group-life.ts';
import { outcome, type ScenarioOptions, scenarioStart } from '../../../support/scenario.ts';
import { member, snapshotOf } from '../../../support/snapshot-notation.ts';

const minute = 60_000;
const hour = 60 * minute;

const lifeAfter = (scenario: string, options?: ScenarioOptions): GroupLife =>
  outcome(scenario, options).memory.groups.get('billing')?.life as GroupLife;
const due = (polls: number) => scenarioStart + polls * minute;

describe('members', () => {
  const group = (note: object) => snapshotOf({}, { billing: note }).groups[0] as never;
  test.each([
    ['are there', { members: [member()] }, true],
    ['are none', { members: [] }, false],
    ['not known count as present', { members: null, state: 'Stable' }, true],
    ['unless the state rules them out', { members: null, state: 'Empty' }, false],
  ])('%s', (_, note, may) => {
    expect(mayHaveMembers(group(note))).toBe(may);
  });

  test.each(['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling'])(
    '%s is a rebalance',
    (state) => {
      expect(isRebalancing(group({ state }))).toBe(true);
    },
  );
  test.each(['Stable', 'Empty', 'Dead', ''])('%s is none', (state) => {
    expect(isRebalancing(group({ state }))).toBe(false);
  });
});

describe('signs of life', () => {
  test.each<[string, string, Partial<GroupLife>]>([
    [
      'none yet',
      'orders-0  end: 5  committed: 3*3',
      { lastLifeAt: null, firstLifeAt: 0, lastMemberAt: null, absentMs: 2 * minute },
    ],
    [
      'a member',
      'orders-0  end: 5  committed: 3  owner: -*2 a*2 -',
      { lastLifeAt: due(3), firstLifeAt: due(2), lastMemberAt: due(3), absentMs: minute },
    ],
    [
      'a step of progress',
      'orders-0  end: 5  committed: 3*2 4*3',
      { lastLifeAt: due(2), lastMemberAt: null, absentMs: 2 * minute },
    ],
    [
      'members of a group whose commits were not read',
      'orders-0  end: 5  committed: 3  owner: a\ngroup billing  seen: yes ?*3',
      { lastLifeAt: due(3), lastMemberAt: due(3), unreadMs: 2 * minute },
    ],
    [
      'nothing of which was read',
      'orders-0  end: 5  committed: 3\ngroup billing  members: - ?*3  seen: yes ?*3',
      { lastLifeAt: null, unreadMs: 2 * minute, absentMs: 0 },
    ],
    [
      'read again',
      'orders-0  end: 5  committed: 3\ngroup billing  seen: yes ?*3 yes',
      { unreadMs: null, absentMs: minute },
    ],
    ['not listed', 'orders-0  end: 5  committed: 3\ngroup billing  seen: yes -*3', { awayMs: 3 * minute }],
    ['listed again', 'orders-0  end: 5  committed: 3\ngroup billing  seen: yes -*3 yes', { awayMs: 0 }],
  ])('%s', (_, scenario, life) => {
    expect(lifeAfter(scenario)).toMatchObject(life);
  });

  test('absence is told from presence even where no time is known to have passed', () => {
    const step = { at: due(1), watchedMs: 0, unwatchedMs: 0, isGap: false, usualMs: 0, steps: [] };
    expect(withAbsence(newLife(due(0)), step).awayMs).toBe(1);
  });
});

describe('a run', () => {
  test.each<[string, string, Partial<GroupLife>]>([
    [
      'under way at the first look counts from there',
      'orders-0  end: 5  committed: 3  owner: a*10',
      { runMs: 9 * minute, runs: 1 },
    ],
    [
      'that began under our eyes',
      'orders-0  end: 5  committed: 3  owner: -*2 a*10',
      { runMs: 9 * minute, runs: 1 },
    ],
    [
      'is not ended by a rolling restart',
      'polls: 30\norders-0  end: 5  committed: 3  owner: a*5 -*14 a',
      { runMs: 29 * minute, runs: 1 },
    ],
    [
      'is ended by a longer absence',
      'polls: 30\norders-0  end: 5  committed: 3  owner: a*5 -*16 a',
      { runMs: 8 * minute, runs: 2 },
    ],
  ])('%s', (_, scenario, life) => {
    expect(lifeAfter(scenario)).toMatchObject(life);
  });

  test('goes on from poll to poll where these are an hour apart', () => {
    const life = lifeAfter('orders-0  end: 5  committed: 3  owner: a*10', { everyMs: hour });
    expect(life).toMatchObject({ runMs: 9 * hour, runs: 1 });
  });
});

describe('staying although next to nothing waits', () => {
  test.each<[string, string, number, number]>([
    ['counts while nothing waits', 'orders-0  end: 5  committed: 5  owner: a*10', 9, 9],
    ['counts while it keeps up', 'orders-0  end: 5000 +500*9  committed: 4800 +500*9  owner: a', 9, 9],
    ['counts with some records behind', 'orders-0  end: 5000 +9*9  committed: 4900 +9*9  owner: a', 9, 9],
    ['not while it works off what waits', 'orders-0  end: 5000 +9*9  committed: 1000 +99*9  owner: a', 0, 0],
    [
      'one partition that waits is enough',
      'orders-0  end: 5  committed: 5  owner: a*10\norders-1  end: 5000  committed: 1000 +99*9  owner: a',
      0,
      0,
    ],
    [
      'what it worked off does not count',
      'orders-0  end: 5000  committed: 1000 +1000*4 5000*5  owner: a',
      6,
      6,
    ],
    ['nor does what it was away for', 'orders-0  end: 5  committed: 5  owner: a*5 -*20', 4, 4],
    [
      'begins again with the next run',
      'polls: 40\norders-0  end: 5  committed: 5  owner: a*12 -*20 a',
      7,
      11,
    ],
  ])('%s', (_, scenario, polls, longest) => {
    const life = { keptUpMs: polls * minute, longestKeptUpMs: longest * minute };
    expect(lifeAfter(scenario)).toMatchObject(life);
  });
});

describe('absences with records waiting', () => {
  /** Reads the 60 records that came, once an hour. */
  const hourly = (hours: number) => Array.from({ length: hours }, (_, i) => `${i * 60}*59 +60`).join(' ');

  test('of a group that runs now and then are learnt once a run', () => {
    const scenario = `polls: 301\norders-0  end: 60 +1*400  committed: ${hourly(5)}`;
    // How long the first had lasted, nobody knows.
    expect(lifeAfter(scenario).absencesSeen).toBe(4);
    expect(widestAbsenceMs(lifeAfter(scenario))).toBe(hour);
  });

  test('are none while members are there: that is how they work', () => {
    const scenario = `polls: 301\norders-0  end: 60 +1*400  committed: ${hourly(5)}  owner: a`;
    expect(lifeAfter(scenario).absencesSeen).toBe(0);
  });

  test('are kept by days, the last eight', () => {
    const daily = Array.from({ length: 12 }, (_, i) => `${i * 24}*23 +24`).join(' ');
    const scenario = `polls: 288\norders-0  end: 24 +1*400  committed: ${daily}`;
    const { absences } = lifeAfter(scenario, { everyMs: hour });
    expect(absences.length).toBeLessThanOrEqual(8);
    expect(absences.every(({ widestMs }) => widestMs > 12 * hour)).toBe(true);
    expect(widestAbsenceMs(newLife(0))).toBe(0);
  });
});

describe('rebalances', () => {
  test.each([
    [
      'entering such a state counts, staying in it does not',
      'state: Stable*2 PreparingRebalance*2 CompletingRebalance Stable',
      '',
      1,
    ],
    ['so does a change of members', '', 'owner: a*3 b', 1],
    ['members that come to an empty group are a start', '', 'owner: -*3 b', 0],
    ['members that all leave are an end', '', 'owner: a*3 -', 0],
    ['members that were not read are no change', 'members: a*2 ? a', '', 0],
    ['the first look is none', 'state: PreparingRebalance', '', 0],
    ['they are kept for an hour', 'state: Stable*2 PreparingRebalance Stable*70', '', 0],
  ])('%s', (_, group, place, count) => {
    const scenario = `orders-0  end: 5  committed: 3  ${place}\ngroup billing  ${group}`;
    expect(lifeAfter(scenario).rebalances).toHaveLength(count);
  });
});

test('lag is sampled once a minute, and kept for an hour', () => {
  const scenario = 'polls: 400\norders-0  end: 0 +1*400  committed: 0\norders-1  end: 5 ?  committed: 7';
  const { lags } = lifeAfter(scenario, { everyMs: 20_000 });
  expect(lags).toHaveLength(61);
  expect(lags.at(-1)).toEqual({ at: scenarioStart + 399 * 20_000, lag: 399n });
  expect(lifeAfter('orders-0  end: ?  committed: 3').lags).toEqual([]);
});

test('the latest twenty losses are kept', () => {
  const { losses } = lifeAfter('orders-0  start: 0 +1*30  end: 100  committed: 0');
  expect(losses).toHaveLength(20);
  expect(losses.at(-1)).toEqual({ topic: 'orders', partition: 0, from: 29n, to: 30n, at: due(30) });
});
