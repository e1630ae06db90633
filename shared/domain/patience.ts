import { type GroupLife, type TopicLife, widestAbsenceMs } from './memory/group-life.ts';
import type { HistoryTable } from './memory/history.ts';
import { noGap, widestOf } from './memory/widest-gap.ts';
import { heldBackMs, ownGapMs } from './memory/window.ts';
import type { Policy } from './policy.ts';

const minute = 60_000;
const hour = 60 * minute;

/** So many times the widest gap that was ever shown is still innocent. */
const gapFactor = 3;

/** So many gaps of its own say more of a partition than those of the topic's others. */
const gapsToKnow = 5;

/** What gaps may teach at most. */
const longestLearntMs = 6 * hour;

/** What the absences of a group that runs now and then may teach at most: a day, and a quarter for being late. */
const longestAbsenceMs = 30 * hour;

/** A short patience has to be earned: until then it is `unearnedMs`. */
const earnedByMs = 30 * minute;
const unearnedMs = 2 * hour;

/** A group that once stayed for so long although next to nothing waited is a service: it is missed when it is gone. */
const steadyMs = 30 * minute;

/** Fewer polls than this say nothing, however long they took. */
const pollsToTell = 3;

/** How long silence is innocent, and whether enough was seen of the group to page when it is not. */
export interface Patience {
  readonly ms: number;
  readonly earned: boolean;
}

/** What patience is learnt from. */
export interface PatienceContext {
  readonly policy: Policy;
  readonly life: GroupLife;
  /** What the group showed on the topic; `undefined` where it never moved. */
  readonly topicLife: TopicLife | undefined;
  /** How far apart polls usually are. */
  readonly usualPollMs: number;
}

/**
 * How long records may wait for a group that has members, without progress. Learnt from the gaps between its steps of
 * progress: its own, or those of the topic's other partitions as well where it has shown few.
 */
export function patienceOf(
  history: HistoryTable,
  row: number,
  { policy, topicLife, usualPollMs }: PatienceContext,
): Patience {
  if (policy.patienceIsPromise) return { ms: policy.patienceMs, earned: true };
  const own = ownGapMs(history, row);
  const knowsItself = (history.gapCount[row] as number) >= gapsToKnow;
  const shownMs = knowsItself ? own : Math.max(own, widestOf(topicLife?.gap ?? noGap));
  const heldMs = heldBackMs(history, row) ?? topicLife?.leastHeldMs ?? 0;
  const gapMs = Math.max(shownMs, heldMs);
  const earned =
    topicLife !== undefined && topicLife.lastProgressAt - topicLife.firstProgressAt >= earnedByMs;
  const floorMs = Math.max(policy.patienceMs, pollsToTell * usualPollMs);
  const learntMs = Math.max(floorMs, Math.min(longestLearntMs, gapFactor * gapMs));
  return { ms: earned ? learntMs : Math.max(learntMs, unearnedMs), earned };
}

/** The same for a group without members: it may be one that runs now and then. */
export function patienceWithoutMembers(
  history: HistoryTable,
  row: number,
  context: PatienceContext,
): Patience {
  const patience = patienceOf(history, row, context);
  if (context.policy.patienceIsPromise) return patience;
  const { life } = context;
  const steady = life.longestKeptUpMs >= steadyMs;
  const absenceMs = Math.min(longestAbsenceMs, gapFactor * widestAbsenceMs(life));
  // Perhaps a batch of which we have not seen two runs yet: it may come back in an hour as well as in a day.
  const unseenMs = steady || life.absencesSeen > 0 ? 0 : longestAbsenceMs;
  const ms = Math.max(patience.ms, absenceMs, unseenMs);
  const earned = patience.earned && (steady || life.absencesSeen > 0);
  return { ms: earned ? ms : Math.max(ms, unearnedMs), earned };
}
