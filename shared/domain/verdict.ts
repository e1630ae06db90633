import type { Policy } from './policy.ts';
import type { Reading } from './reading.ts';
import type { Severity } from './severity.ts';
import type { UnreadCause } from './unread.ts';
import type { Verdict } from './verdict-names.ts';

/** A verdict with the facts that it rests on, so that text, board and page need no second computation. */
export type Judgement =
  | { readonly verdict: 'unknown'; readonly evidence: UnreadCause }
  | {
      readonly verdict: 'data-lost';
      /** Records from `from` (the commit) up to and without `to` (the log start) are gone. */
      readonly evidence: { readonly lost: bigint; readonly from: bigint; readonly to: bigint };
    }
  | {
      readonly verdict: 'uncommitted';
      /** How many offsets lie between start and end; `null` where the start is not known. */
      readonly evidence: { readonly inLog: bigint | null };
    }
  | { readonly verdict: 'caught-up'; readonly evidence: { readonly lag: bigint } }
  | {
      readonly verdict: 'observing';
      readonly evidence: {
        /** Negative where the commit lies beyond the end, which one sight alone cannot tell from a race. */
        readonly lag: bigint;
        /** Offsets between stable and end, held back by an open transaction right at the commit; else `null`. */
        readonly heldByTransaction: bigint | null;
        /** No member is there to read what waits. */
        readonly nobodyReads: boolean;
      };
    };

/** What a rule may look at besides the reading. */
export interface RuleContext {
  readonly policy: Policy;
  /** False only where the group is known to have no members. */
  readonly hasMembers: boolean;
}

/** One numbered rule: its judgement, or `null` where it does not hold. */
interface Rule {
  readonly number: number;
  readonly verdict: Verdict;
  readonly judge: (reading: Reading, context: RuleContext) => Judgement | null;
}

/**
 * The rules that need no history, in order; the first that holds decides. The numbers are those of the full table, so
 * that gaps show where a rule waits for the memory of earlier polls.
 */
export const rules: readonly Rule[] = [
  {
    // Before all others: nothing may be concluded from what was not read.
    number: 1,
    verdict: 'unknown',
    judge: ({ lag }) => (typeof lag === 'object' ? { verdict: 'unknown', evidence: lag } : null),
  },
  {
    // Before caught-up: a group may stand behind the start of a log that retention has emptied.
    number: 4,
    verdict: 'data-lost',
    judge: ({ committed, start }) =>
      committed !== null && start !== null && committed < start
        ? { verdict: 'data-lost', evidence: { lost: start - committed, from: committed, to: start } }
        : null,
  },
  {
    // Before every rule that needs a position.
    number: 5,
    verdict: 'uncommitted',
    judge: ({ lag, start, end }) => {
      if (lag !== 'no-commit') return null;
      return {
        verdict: 'uncommitted',
        evidence: { inLog: start !== null && end !== null ? end - start : null },
      };
    },
  },
  {
    // A commit beyond the end is no caught-up group: that is why lag is not clamped.
    number: 6,
    verdict: 'caught-up',
    judge: ({ lag }, { policy }) =>
      typeof lag === 'bigint' && lag >= 0n && lag <= policy.allowedLag
        ? { verdict: 'caught-up', evidence: { lag } }
        : null,
  },
  {
    // Last: records wait (or the commit lies beyond the end), and there is no history to say more.
    number: 14,
    verdict: 'observing',
    judge: ({ lag, committed, stable, end }, { hasMembers }) => {
      if (typeof lag !== 'bigint') return null;
      const held = stable !== null && end !== null && committed === stable && stable < end;
      const heldByTransaction = held ? end - stable : null;
      return { verdict: 'observing', evidence: { lag, heldByTransaction, nobodyReads: !hasMembers } };
    },
  },
];

/** The severity of each verdict where no policy says otherwise. */
const defaultSeverity: Readonly<Record<Judgement['verdict'], Severity>> = {
  unknown: 'info',
  'data-lost': 'critical',
  uncommitted: 'info',
  'caught-up': 'ok',
  observing: 'ok',
};

/** The first rule that holds. Every reading meets one, since the last one takes what is left. */
export function judgeReading(reading: Reading, context: RuleContext): Judgement {
  for (const rule of rules) {
    const judgement = rule.judge(reading, context);
    if (judgement !== null) return judgement;
  }
  throw new Error(
    `no rule holds for ${reading.topic}-${reading.partition}; the last rule must take all that is left`,
  );
}

/** The verdict's severity under the policy. */
export function severityOf(verdict: Judgement['verdict'], policy: Policy): Severity {
  return policy.severity[verdict] ?? defaultSeverity[verdict];
}
