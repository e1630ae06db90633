import { unlessAbandoned } from './abandoned.ts';
import type { Waiting } from './judgement.ts';
import { flag } from './memory/history.ts';
import { longestTransactionMs, stableGapFactor } from './memory/log-memory.ts';
import { isOnlyMarker } from './memory/marker.ts';
import { widestOf } from './memory/widest-gap.ts';
import type { Past } from './past.ts';
import type { Policy } from './policy.ts';
import type { Reading } from './reading.ts';
import { type RuleContext, type Ruling, unreadSeverity } from './ruling.ts';
import type { Severity } from './severity.ts';
import type { Verdict } from './verdict-names.ts';

/** One numbered rule: its ruling, or `null` where it does not hold. */
interface Rule {
  readonly number: number;
  readonly verdict: Verdict;
  readonly judge: (reading: Reading, past: Past, context: RuleContext) => Ruling | null;
}

/** What the steps of stable may teach at most. */
const longestStableLearntMs = 6 * 3_600_000;

/** So many offsets may well be markers and aborted records, of which a reader that commits what it processed keeps behind. */
const residueRecords = 1_000n;

/** The rules in order; the first that holds decides. */
export const rules: readonly Rule[] = [
  {
    // Before all others: nothing may be concluded from what was not read.
    number: 1,
    verdict: 'unknown',
    judge: ({ lag }, past, { policy }) => {
      const cause = typeof lag === 'object' ? lag : past.is(flag.unread) ? commitGone : null;
      if (cause === null) return null;
      const { unreadMs } = past;
      const severity = unreadSeverity(cause.reason, unreadMs, policy);
      return { verdict: 'unknown', evidence: { ...cause, unreadMs }, severity };
    },
  },
  {
    // Before every rule that compares the commit with the new log.
    number: 2,
    verdict: 'recreated',
    judge: ({ committed, end }, past) => {
      if (committed === null || !past.is(flag.onOldLog)) return null;
      // Only a change from one id to another puts a commit on an old log.
      const { oldId, id } = past.log as { oldId: string; id: string };
      const evidence = { committed, end, oldTopicId: oldId, newTopicId: id };
      return { verdict: 'recreated', evidence };
    },
  },
  {
    // In two polls running: once may be a race with a leader that is just being elected.
    number: 3,
    verdict: 'beyond-end',
    judge: ({ committed, end }, past) =>
      committed !== null && end !== null && committed > end && past.is(flag.beyondEndTwice)
        ? { verdict: 'beyond-end', evidence: { committed, end, beyond: committed - end } }
        : null,
  },
  {
    // Before caught-up: a group may stand behind the start of a log that retention has emptied.
    number: 4,
    verdict: 'data-lost',
    judge: ({ committed, start, end }, past) => {
      if (committed === null || start === null || isReplaced(start, end)) return null;
      if (committed < start) {
        return { verdict: 'data-lost', evidence: { lost: start - committed, from: committed, to: start } };
      }
      // A consumer jumps on within seconds, and what it jumped over is as lost as before.
      const loss = past.freshLoss;
      return loss && { verdict: 'data-lost', evidence: { lost: loss.to - loss.from, ...loss } };
    },
  },
  {
    // Before every rule that needs a position. Where it ought to have one by now, it is a stall.
    number: 5,
    verdict: 'uncommitted',
    judge: (reading, past, context) => {
      if (reading.lag !== 'no-commit') return null;
      const { start, end } = reading;
      const inLog = start !== null && end !== null && !isReplaced(start, end) ? end - start : null;
      return neverCommits(reading, inLog, past, context) ?? { verdict: 'uncommitted', evidence: { inLog } };
    },
  },
  {
    // A commit beyond the end is no caught-up group: that is why lag is not clamped.
    number: 6,
    verdict: 'caught-up',
    judge: (reading, past, { policy }) => {
      const { lag } = reading;
      if (typeof lag !== 'bigint' || lag < 0n) return null;
      if (lag <= policy.allowedLag) return { verdict: 'caught-up', evidence: { lag, marker: false } };
      return lag === 1n && isOnlyMarker({ ...reading, lag }, past.track, past.log, past.topicLife)
        ? { verdict: 'caught-up', evidence: { lag, marker: true } }
        : null;
    },
  },
  {
    // Before stalled: the reader is sound, and what holds it is elsewhere.
    number: 7,
    verdict: 'blocked',
    judge: ({ lag, committed, stable, end }, past, context) => {
      if (typeof lag !== 'bigint' || committed === null || stable === null || end === null) return null;
      if (!context.hasMembers || stable >= end || committed > stable || past.silentMs === 0) return null;
      const { stableStillMs } = past.track;
      const limitMs = hungAfterMs(past, context.policy);
      if (stableStillMs < limitMs) return null;
      // Markers and aborted records may lie between the commit and stable: no reader is given those.
      if (!past.isNegligible(stable - committed)) return null;
      const waiting = { lag, ...silence(past), patienceMs: limitMs };
      return {
        verdict: 'blocked',
        evidence: { ...waiting, stable, held: end - stable, stillMs: stableStillMs },
      };
    },
  },
  {
    // Before stalled and unowned: while partitions change hands, silence is innocent for a while.
    number: 8,
    verdict: 'rebalancing',
    judge: ({ lag }, past, { policy, isLoop, isRebalancing, rebalances }) => {
      if (typeof lag !== 'bigint' || lag < 0n || (!isLoop && !isRebalancing)) return null;
      const withinMs = policy.rebalanceLoopWithinMs;
      if (isLoop) {
        const evidence = { lag, ...silenceOf(past), rebalances, withinMs, phase: 'loop' } as const;
        return { verdict: 'rebalancing', evidence, severity: 'critical' };
      }
      if (past.silentMs === 0) return null;
      const waiting = silenceOf(past);
      const stuck = waiting.silentMs >= Math.max(policy.rebalanceGraceMs, waiting.patienceMs);
      return {
        verdict: 'rebalancing',
        evidence: { lag, ...waiting, rebalances, withinMs, phase: stuck ? 'stuck' : 'held' },
        severity: stuck ? 'critical' : 'ok',
      };
    },
  },
  {
    // A member owns it, and does not move it.
    number: 9,
    verdict: 'stalled',
    judge: (reading, past, context) => {
      const { lag, committed, stable, end, owner } = reading;
      if (!context.hasMembers || (owner === null && context.knowsOwners)) return null;
      if (typeof lag !== 'bigint' || committed === null || !past.isOverdue) return null;
      const maybeNothing = past.log?.transactional === true && stable === end && past.endRests;
      return {
        verdict: 'stalled',
        evidence: {
          lag,
          ...silenceOf(past),
          at: committed,
          // Others commit at other moments: only who moved well into this silence is known to move.
          scope: context.stallScope(reading, context.now - past.silentMs + past.patience.ms / 2),
          neverCommitted: false,
          maybeNothing,
        },
        severity: maybeNothing ? (lag <= residueRecords ? 'info' : 'warning') : unlessUnearned(past),
      };
    },
  },
  {
    // The group lives, and nobody in it has been given this partition.
    number: 10,
    verdict: 'unowned',
    judge: ({ lag, owner, topic }, past, context) => {
      if (!context.hasMembers || !context.knowsOwners || owner !== null) return null;
      if (typeof lag !== 'bigint' || !past.isOverdue) return null;
      const subscribed = context.subscribes(topic);
      return {
        verdict: 'unowned',
        evidence: { lag, ...silenceOf(past), subscribed },
        severity: subscribed ? unlessUnearned(past) : 'warning',
      };
    },
  },
  {
    number: 11,
    verdict: 'stopped',
    judge: ({ lag }, past, { hasMembers, lastMemberAt }) => {
      if (hasMembers || typeof lag !== 'bigint' || !past.isOverdue) return null;
      return {
        verdict: 'stopped',
        evidence: { lag, ...silenceOf(past), lastMemberAt },
        severity: unlessUnearned(past),
      };
    },
  },
  {
    number: 13,
    verdict: 'rewound',
    judge: ({ lag }, { rewind }) => {
      if (typeof lag !== 'bigint' || lag < 0n || rewind === null) return null;
      const { from, to, at } = rewind;
      return { verdict: 'rewound', evidence: { from, to, back: from - to, at, lag } };
    },
  },
  {
    // Before the rules that speak of movement: there must have been some.
    number: 14,
    verdict: 'observing',
    judge: ({ lag, committed, stable, end }, { lastProgressAt }, { hasMembers }) => {
      if (typeof lag !== 'bigint' || (lastProgressAt !== null && lag >= 0n)) return null;
      const held = stable !== null && end !== null && committed === stable && stable < end;
      const heldByTransaction = held ? end - stable : null;
      return { verdict: 'observing', evidence: { lag, heldByTransaction, nobodyReads: !hasMembers } };
    },
  },
  {
    number: 15,
    verdict: 'falling-behind',
    judge: (reading, past, { policy }) => {
      const { lag } = reading;
      // Asked first, since it is so of next to all.
      if (typeof lag !== 'bigint' || (past.timeLagOf(reading)?.atLeastMs ?? 0) < policy.growthMinTimeLagMs) {
        return null;
      }
      const moved = past.pace;
      if (moved === null || past.isNegligible(moved.grownBy)) return null;
      // While a batch works, as much comes in as it leaves: only more than a whole cycle's worth is a trend.
      if (moved.grownBy < past.producedIn(moved.cycleMs)) return null;
      // Behind even when it has just committed.
      if (moved.restLag < past.producedIn(policy.growthMinTimeLagMs / 2)) return null;
      return { verdict: 'falling-behind', evidence: { lag, grownBy: moved.grownBy, overMs: moved.overMs } };
    },
  },
  {
    number: 16,
    verdict: 'draining',
    judge: ({ lag }, past) => {
      if (typeof lag !== 'bigint') return null;
      const moved = past.pace;
      if (moved === null || moved.grownBy >= 0n || past.isNegligible(-moved.grownBy)) return null;
      return { verdict: 'draining', evidence: { lag, shrunkBy: -moved.grownBy, overMs: moved.overMs } };
    },
  },
  {
    // Last: it moves, and nothing is wrong.
    number: 17,
    verdict: 'keeping-up',
    judge: ({ lag }) => (typeof lag === 'bigint' ? { verdict: 'keeping-up', evidence: { lag } } : null),
  },
];

/** The first rule that holds, unless the group is given up. Every reading meets one: the last takes what is left. */
export function judgeReading(reading: Reading, past: Past, context: RuleContext): Ruling {
  for (const rule of rules) {
    const ruling = rule.judge(reading, past, context);
    if (ruling !== null) return unlessAbandoned(ruling, reading, past, context);
  }
  throw new Error(
    `no rule holds for ${reading.topic}-${reading.partition}; the last rule must take all that is left`,
  );
}

const commitGone = {
  reason: 'commit-gone',
  detail: 'the group had committed here, and the commit is gone: expired, or deleted',
} as const;

/** The end was read last, so only another log than the one whose start was read can end before it. */
function isReplaced(start: bigint, end: bigint | null): boolean {
  return end !== null && end < start;
}

/** Rule 9 in place of rule 5: the group commits elsewhere, records came, and here it never did. */
function neverCommits(
  { start }: Reading,
  inLog: bigint | null,
  past: Past,
  context: RuleContext,
): Ruling | null {
  if (!past.waits || start === null || inLog === null) return null;
  const afterMs = context.policy.uncommittedAfterMs ?? past.patience.ms;
  const since = context.now - past.silentMs;
  if (past.silentMs < afterMs || context.groupProgressAt <= since) return null;
  return {
    verdict: 'stalled',
    evidence: {
      lag: inLog,
      ...silence(past),
      patienceMs: afterMs,
      at: start,
      scope: 'partition',
      neverCommitted: true,
      maybeNothing: false,
    },
    severity: unlessUnearned(past),
  };
}

/** How long stable may stand still: as the policy says, else learnt from its own steps, like any patience. */
function hungAfterMs({ track }: Past, policy: Policy): number {
  if (policy.hungTransactionMs !== null) return policy.hungTransactionMs;
  if (policy.patienceIsPromise) return policy.patienceMs;
  const widestMs = widestOf(track.stableGap);
  // Where it was never seen to step, a transaction may be as long as brokers allow.
  const learntMs = widestMs === 0 ? longestTransactionMs : stableGapFactor * widestMs;
  return Math.max(policy.patienceMs, Math.min(longestStableLearntMs, learntMs));
}

function silence({ silentMs, lastProgressAt }: Past): Pick<Waiting, 'silentMs' | 'lastProgressAt'> {
  return { silentMs, lastProgressAt };
}

function silenceOf(past: Past): Omit<Waiting, 'lag'> {
  return { ...silence(past), patienceMs: past.patience.ms };
}

/** Too little was seen of the group to wake anybody. */
function unlessUnearned({ isEarned }: Past): Severity {
  return isEarned ? 'critical' : 'warning';
}
