import { describe, expect, test } from 'vitest';
import { type GroupLife, newLife, type TopicLife } from '../../../shared/domain/memory/group-life.ts';
import { HistoryTable } from '../../../shared/domain/memory/history.ts';
import { noGap } from '../../../shared/domain/memory/widest-gap.ts';
import { patienceOf, patienceWithoutMembers } from '../../../shared/domain/patience.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';

const minute = 60_000;
const hour = 60 * minute;

interface Shown {
  /** Widest gap of the partition, and of the topic. */
  readonly own?: number;
  readonly topic?: number;
  /** How many of its own gaps taught it. */
  readonly gaps?: number;
  /** The least age of a record when it was processed, in this half day and the one before. */
  readonly held?: readonly [number | null, number | null];
  /** The same of all partitions of the topic, ever. */
  readonly topicHeld?: number | null;
  /** From the first to the latest step of progress; `null`: none. */
  readonly progressMs?: number | null;
  readonly policy?: Partial<Policy>;
  readonly usualPollMs?: number;
  readonly life?: Partial<GroupLife>;
}

function given({
  own = 0,
  topic = 0,
  gaps = 0,
  held = [null, null],
  topicHeld = null,
  progressMs = hour,
  policy,
  usualPollMs = minute,
  life,
}: Shown) {
  const history = new HistoryTable(1);
  history.gapBeforeMs[0] = own;
  history.gapCount[0] = gaps;
  [history.heldMs[0], history.heldBeforeMs[0]] = held.map((ms) => (ms === null ? 0 : ms + 1)) as [
    number,
    number,
  ];
  const ofTopic: TopicLife = {
    firstProgressAt: 0,
    lastProgressAt: progressMs ?? 0,
    gap: { ...noGap, widestMs: [topic, 0, 0] },
    leastHeldMs: topicHeld,
    restsAtOne: 0,
    reachesEnd: true,
  };
  const context = {
    policy: { ...defaultPolicy, ...policy },
    usualPollMs,
    life: { ...newLife(0), ...life },
    topicLife: progressMs === null ? undefined : ofTopic,
  };
  return [history, 0, context] as const;
}

describe('with members', () => {
  test.each<[string, Shown, number, boolean]>([
    ['five minutes, once it is earned', {}, 5 * minute, true],
    ['three times the widest gap', { own: 10 * minute }, 30 * minute, true],
    ['never less than the policy says', { own: minute }, 5 * minute, true],
    ['at most six hours', { own: 5 * hour }, 6 * hour, true],
    ["the topic's gaps, where it showed none itself", { topic: 10 * minute }, 30 * minute, true],
    [
      "the topic's gaps, where it showed few itself",
      { own: 2 * minute, topic: hour, gaps: 4 },
      3 * hour,
      true,
    ],
    ['its own, where they are wider', { own: hour, topic: 2 * minute, gaps: 4 }, 3 * hour, true],
    ['its own only, once it showed five', { own: 2 * minute, topic: hour, gaps: 5 }, 6 * minute, true],
    ['three times as long as it holds records back', { held: [20 * minute, 25 * minute] }, hour, true],
    ['the half day before has shown it processes young ones', { held: [20 * minute, 0] }, 5 * minute, true],
    ['so has this one', { held: [0, 20 * minute] }, 5 * minute, true],
    ['this half day has shown nothing yet', { held: [null, 20 * minute] }, hour, true],
    ['the one before had shown nothing', { held: [20 * minute, null] }, hour, true],
    ['the topic holds records back, and it has not shown any itself', { topicHeld: 20 * minute }, hour, true],
    ['it does not, whatever the topic does', { held: [0, null], topicHeld: 20 * minute }, 5 * minute, true],
    ['a gap that is wider', { own: 30 * minute, held: [20 * minute, 20 * minute] }, 90 * minute, true],
    ['three polls at least', { usualPollMs: 10 * minute }, 30 * minute, true],
    ['two hours until half an hour of progress was seen', { progressMs: 30 * minute - 1 }, 2 * hour, false],
    ['two hours where none was seen', { progressMs: null }, 2 * hour, false],
    ['more, where its gaps say so', { own: hour, progressMs: null }, 3 * hour, false],
    [
      'a promise',
      { own: hour, progressMs: null, policy: { patienceMs: minute, patienceIsPromise: true } },
      minute,
      true,
    ],
    ['another floor without a promise', { policy: { patienceMs: 8 * minute } }, 8 * minute, true],
  ])('%s', (_, shown, ms, earned) => {
    expect(patienceOf(...given(shown))).toEqual({ ms, earned });
  });
});

describe('without members', () => {
  const steady = { longestKeptUpMs: 30 * minute };
  const absent = (widestMs: number) => ({ absencesSeen: 1, absences: [{ day: 0, widestMs }] });
  test.each<[string, Shown, number, boolean]>([
    ['as with members, of a group that once stayed with nothing to do', { life: steady }, 5 * minute, true],
    [
      'thirty hours, of one that stayed for less',
      { life: { longestKeptUpMs: 30 * minute - 1 } },
      30 * hour,
      false,
    ],
    ['three times the widest absence', { life: absent(4 * hour) }, 12 * hour, true],
    ['at most thirty hours', { life: absent(24 * hour) }, 30 * hour, true],
    ['thirty hours where no return was ever seen', {}, 30 * hour, false],
    ['a service that once was away for long', { life: { ...steady, ...absent(hour) } }, 3 * hour, true],
    ['its gaps count as well', { own: hour, life: steady }, 3 * hour, true],
    [
      'unearned where nothing moved, however long it ran',
      { progressMs: null, life: steady },
      2 * hour,
      false,
    ],
    ['the same for one that returned', { progressMs: null, life: absent(minute) }, 2 * hour, false],
    ['a promise', { policy: { patienceMs: minute, patienceIsPromise: true } }, minute, true],
  ])('%s', (_, shown, ms, earned) => {
    expect(patienceWithoutMembers(...given(shown))).toEqual({ ms, earned });
  });
});
