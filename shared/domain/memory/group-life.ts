import type { BrokerId, EpochMs } from '../offset.ts';
import type { GroupSnapshot, GroupType } from '../snapshot.ts';
import type { PollStep } from './poll-step.ts';
import { noGap, type WidestGap } from './widest-gap.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Without a sign of life for longer than this, the next one begins another run. A rolling restart is shorter. */
const runEndsAfterMs = 15 * minute;

/** Where polls are so rare that a run may well be over between two, so many of them in its place. */
const runEndsAfterPolls = 3;

/** Rebalances and lag are kept this long: the longest window that a policy may ask for is cut to it. */
const rebalancesKeptMs = hour;

/** Ranges of lost records that are kept of a group; the counters beside them are never cut. */
const lossesKept = 20;

/** Days over which the absences of a group that runs now and then are learnt. */
const absencesKeptDays = 8;

/** What is kept of a group on one topic, over all its partitions: partitions without a history of their own learn from it. */
export interface TopicLife {
  readonly firstProgressAt: EpochMs;
  readonly lastProgressAt: EpochMs;
  readonly gap: WidestGap;
  /** The least age that a record had when it was processed; `null` where none could be told. */
  readonly leastHeldMs: number | null;
  /** How often one of its partitions came to rest one offset below a still end, and moved on from there. */
  readonly restsAtOne: number;
  /** Whether any of its commits was ever seen right at the end. */
  readonly reachesEnd: boolean;
}

/** A topic on which the group has just been seen to move for the first time. */
export function newTopicLife(at: EpochMs): TopicLife {
  return {
    firstProgressAt: at,
    lastProgressAt: at,
    gap: noGap,
    leastHeldMs: null,
    restsAtOne: 0,
    reachesEnd: false,
  };
}

/** Records [from, to) that were deleted before the group read them. */
export interface LossRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly at: EpochMs;
}

/** What is kept of a group beside its partitions. */
export interface GroupLife {
  readonly firstSeenAt: EpochMs;
  readonly type: GroupType;
  /** Who listed it last. */
  readonly coordinator: BrokerId | null;
  /** For how long the cluster has not listed it; 0 while it does. */
  readonly awayMs: number;
  /** For how long not all of it could be read; `null` while it can. */
  readonly unreadMs: number | null;
  /** `null`: no member was ever seen. */
  readonly lastMemberAt: EpochMs | null;
  /** The first sign of life that we saw: members present, or a step of progress; 0 for none. */
  readonly firstLifeAt: EpochMs;
  /** The latest; `null` for never. */
  readonly lastLifeAt: EpochMs | null;
  /** How long the present or latest run has lasted, from its first to its latest sign of life. */
  readonly runMs: number;
  /** How many runs were seen, this one included. */
  readonly runs: number;
  /** The absence before this run was learnt from. */
  readonly runTaught: boolean;
  /**
   * For how long, in this run, it stayed although next to nothing waited; and the longest such time of any run. Who does
   * so for long is a service; a batch leaves when it is done.
   */
  readonly keptUpMs: number;
  readonly longestKeptUpMs: number;
  /** Time since the latest sign of life, as far as we watched. */
  readonly absentMs: number;
  /** The widest absence with records waiting that ended on each of the latest days, by number of the day. */
  readonly absences: readonly { readonly day: number; readonly widestMs: number }[];
  /** How many such absences were seen in all. */
  readonly absencesSeen: number;
  /** Who its members were, to see that they changed; `null` where they were not read. */
  readonly memberIds: string | null;
  readonly wasRebalancing: boolean;
  /** When rebalances were seen, oldest first. */
  readonly rebalances: readonly EpochMs[];
  /** Its lag at the latest polls, oldest first. */
  readonly lags: readonly { readonly at: EpochMs; readonly lag: bigint }[];
  readonly topics: ReadonlyMap<string, TopicLife>;
  /** The latest losses, oldest first. */
  readonly losses: readonly LossRange[];
}

/** States in which partitions change hands: classic, and KIP-848's. */
const rebalancingStates: ReadonlySet<string> = new Set([
  'PreparingRebalance',
  'CompletingRebalance',
  'Assigning',
  'Reconciling',
]);

/** Whether the group is on its way to another assignment. */
export function isRebalancing({ state }: GroupSnapshot): boolean {
  return rebalancingStates.has(state);
}

/** Members that are not known count as present, unless the group's state rules them out. */
export function mayHaveMembers({ members, state }: GroupSnapshot): boolean {
  return members === null ? state !== 'Empty' : members.length > 0;
}

/** What this poll tells of a group, beside its partitions' own histories. */
export interface LifeSigns {
  readonly progressed: boolean;
  /** Nothing more waits, right after its commits, than what came in a few minutes. */
  readonly keepsUp: boolean;
  /** Its commits or its members were not read. */
  readonly unread: boolean;
  readonly lag: bigint | null;
  readonly topics: ReadonlyMap<string, TopicLife>;
  /** The widest silence of a partition that ended now and was not paged for; 0 for none. */
  readonly gapMs: number;
  readonly losses: readonly LossRange[];
}

/** The group's life with one more poll. */
export function withPoll(
  previous: GroupLife | null,
  group: GroupSnapshot,
  signs: LifeSigns,
  step: PollStep,
): GroupLife {
  const { at } = step;
  const { type, coordinator } = group;
  const before = { ...(previous ?? newLife(at)), type, coordinator };
  const unreadMs = signs.unread ? (before.unreadMs === null ? 0 : before.unreadMs + step.watchedMs) : null;
  if (group.unread !== null) {
    // Its commits tell nothing; members that were seen are alive all the same.
    const seen = group.members !== null && group.members.length > 0;
    const run = seen ? { ...aliveAgain(before, false, step), lastMemberAt: at } : {};
    return { ...before, ...run, awayMs: 0, unreadMs };
  }
  const hasMembers = mayHaveMembers(group);
  const alive = hasMembers || signs.progressed;
  const run = alive
    ? aliveAgain(before, signs.keepsUp, step)
    : { ...before, absentMs: before.absentMs + step.watchedMs };
  const members = memberIdsOf(group);
  const rebalancing = isRebalancing(group);
  const entered = rebalancing && !before.wasRebalancing;
  const changed = members !== null && before.memberIds !== null && members !== before.memberIds;
  // Members that come to an empty group or all leave are a start or an end, which is no rebalance to count.
  const rebalanced = previous !== null && (entered || (changed && members !== '' && before.memberIds !== ''));
  const kept = at - rebalancesKeptMs;
  return {
    ...before,
    ...run,
    ...absencesWith(before, run, signs, at),
    awayMs: 0,
    unreadMs,
    lastMemberAt: hasMembers ? at : before.lastMemberAt,
    memberIds: members ?? before.memberIds,
    wasRebalancing: rebalancing,
    rebalances: [...before.rebalances.filter((when) => when >= kept), ...(rebalanced ? [at] : [])],
    lags: withLag(before.lags, signs.lag, at),
    topics: signs.topics,
    losses: [...before.losses, ...signs.losses].slice(-lossesKept),
  };
}

/** One sample a minute is enough to tell whether lag grew over a quarter of an hour. */
function withLag(lags: GroupLife['lags'], lag: bigint | null, at: EpochMs): GroupLife['lags'] {
  const latest = lags.at(-1);
  if (lag === null || (latest !== undefined && at - latest.at < minute)) return lags;
  return [...lags.filter((sample) => sample.at >= at - rebalancesKeptMs), { at, lag }];
}

/** The same group in a poll that did not list it. */
export function withAbsence(previous: GroupLife, step: PollStep): GroupLife {
  return { ...previous, awayMs: previous.awayMs + Math.max(step.watchedMs, 1) };
}

/** A group of which nothing is known yet. */
export function newLife(at: EpochMs): GroupLife {
  return {
    firstSeenAt: at,
    type: 'unknown',
    coordinator: null,
    awayMs: 0,
    unreadMs: null,
    lastMemberAt: null,
    firstLifeAt: 0,
    lastLifeAt: null,
    runMs: 0,
    runs: 0,
    runTaught: false,
    keptUpMs: 0,
    longestKeptUpMs: 0,
    absentMs: 0,
    absences: [],
    absencesSeen: 0,
    memberIds: null,
    wasRebalancing: false,
    rebalances: [],
    lags: [],
    topics: new Map(),
    losses: [],
  };
}

type Run = Pick<
  GroupLife,
  'firstLifeAt' | 'lastLifeAt' | 'runMs' | 'runs' | 'runTaught' | 'keptUpMs' | 'longestKeptUpMs' | 'absentMs'
>;

/** How long the run has lasted of a group that shows a sign of life at this poll; `null` where it begins another. */
export function runGoesOnMs(before: GroupLife, { watchedMs, usualMs }: PollStep): number | null {
  const absentMs = before.absentMs + watchedMs;
  const endsAfterMs = Math.max(runEndsAfterMs, runEndsAfterPolls * usualMs);
  return before.lastLifeAt !== null && absentMs <= endsAfterMs ? before.runMs + absentMs : null;
}

function aliveAgain(before: GroupLife, keepsUp: boolean, step: PollStep): Run {
  const { at } = step;
  const absentMs = before.absentMs + step.watchedMs;
  const runMs = runGoesOnMs(before, step) ?? 0;
  const sameRun = runGoesOnMs(before, step) !== null;
  const keptUpMs = sameRun && keepsUp ? before.keptUpMs + absentMs : sameRun ? before.keptUpMs : 0;
  return {
    firstLifeAt: before.firstLifeAt || at,
    lastLifeAt: at,
    runMs,
    runs: before.runs + (sameRun ? 0 : 1),
    runTaught: sameRun && before.runTaught,
    keptUpMs,
    longestKeptUpMs: Math.max(before.longestKeptUpMs, keptUpMs),
    absentMs: 0,
  };
}

/** Once a run: records waited while nobody was there, and nobody was paged for it. */
function absencesWith(
  before: GroupLife,
  run: Run,
  { gapMs }: LifeSigns,
  at: EpochMs,
): Pick<GroupLife, 'absences' | 'absencesSeen' | 'runTaught'> {
  // Before the first run, silence had lasted for nobody knows how long.
  const teaches = run.runs > 1 && gapMs > runEndsAfterMs && gapMs > run.runMs && !run.runTaught;
  return {
    absences: teaches ? withAbsenceOf(before.absences, gapMs, at) : before.absences,
    absencesSeen: before.absencesSeen + (teaches ? 1 : 0),
    runTaught: run.runTaught || teaches,
  };
}

function withAbsenceOf(
  absences: GroupLife['absences'],
  absentMs: number,
  at: EpochMs,
): GroupLife['absences'] {
  const today = Math.floor(at / day);
  const before = absences.filter((one) => one.day > today - absencesKeptDays && one.day !== today);
  const known = absences.find((one) => one.day === today)?.widestMs ?? 0;
  return [...before, { day: today, widestMs: Math.max(known, absentMs) }];
}

/** The widest absence of the last days; 0 for none. */
export function widestAbsenceMs({ absences }: GroupLife): number {
  return absences.reduce((widest, { widestMs }) => Math.max(widest, widestMs), 0);
}

function memberIdsOf({ members }: GroupSnapshot): string | null {
  if (members === null) return null;
  return members
    .map(({ id }) => id)
    .sort()
    .join('\n');
}
