import type { EpochMs } from './offset.ts';
import type { UnreadReason } from './unread.ts';
import type { Verdict } from './verdict-names.ts';

/**
 * A verdict with the facts that it rests on, so that text, board and page need no second computation. Counts of
 * offsets are `bigint`, times and durations milliseconds.
 */
export type Judgement =
  | {
      readonly verdict: 'unknown';
      readonly evidence: {
        readonly reason: UnreadReason;
        readonly detail: string;
        /** For how long nothing was read, as far as we watched; 0 at the first poll that misses it. */
        readonly unreadMs: number;
      };
    }
  | {
      readonly verdict: 'recreated';
      /** The commit stems from the log of `oldTopicId`; `end` is that of the new one. */
      readonly evidence: {
        readonly committed: bigint;
        readonly end: bigint | null;
        readonly oldTopicId: string;
        readonly newTopicId: string;
      };
    }
  | {
      readonly verdict: 'beyond-end';
      readonly evidence: { readonly committed: bigint; readonly end: bigint; readonly beyond: bigint };
    }
  | {
      readonly verdict: 'data-lost';
      /** Records from `from` (the commit) up to and without `to` (the log start) are gone. */
      readonly evidence: { readonly lost: bigint; readonly from: bigint; readonly to: bigint };
    }
  | {
      readonly verdict: 'uncommitted';
      /** How many offsets lie between start and end; `null` where that is not known. */
      readonly evidence: { readonly inLog: bigint | null };
    }
  | {
      readonly verdict: 'caught-up';
      readonly evidence: {
        readonly lag: bigint;
        /** What is left is the marker of a transaction, which no reader gets and not every reader commits past. */
        readonly marker: boolean;
      };
    }
  | {
      readonly verdict: 'blocked';
      /** An open transaction holds the last stable offset at `stable`, `held` offsets below the end. */
      readonly evidence: Waiting & {
        readonly stable: bigint;
        readonly held: bigint;
        readonly stillMs: number;
      };
    }
  | {
      readonly verdict: 'rebalancing';
      readonly evidence: Waiting & {
        /** Rebalances seen within `withinMs`. */
        readonly rebalances: number;
        readonly withinMs: number;
        /** `held`: judgement waits for the group to settle. `stuck`: it waited long enough. `loop`: it never settles. */
        readonly phase: 'held' | 'stuck' | 'loop';
      };
    }
  | {
      readonly verdict: 'stalled';
      readonly evidence: Waiting & {
        /** The next record to be read: where a poison record would be. */
        readonly at: bigint;
        /** Who else stands still: this partition alone, all that its owner owns, or all that the group reads. */
        readonly scope: StallScope;
        /** Owned and never committed, while the group commits elsewhere. */
        readonly neverCommitted: boolean;
        /** The topic is written in transactions and nothing was added since: markers or aborted records, perhaps. */
        readonly maybeNothing: boolean;
      };
    }
  | {
      readonly verdict: 'unowned';
      /** `subscribed`: whether any member still asks for the topic. */
      readonly evidence: Waiting & { readonly subscribed: boolean };
    }
  | {
      readonly verdict: 'stopped';
      readonly evidence: Waiting & {
        /** When a member was last seen; `null` for never by us. */
        readonly lastMemberAt: EpochMs | null;
      };
    }
  | {
      readonly verdict: 'abandoned';
      readonly evidence: {
        /** What it would be if anybody still cared. */
        readonly instead: 'recreated' | 'beyond-end' | 'data-lost' | 'unowned' | 'stopped';
        readonly lag: bigint;
        /** Records that were deleted before it read them. */
        readonly lost: bigint;
        readonly lastLifeAt: EpochMs | null;
        /** The group that reads the same topics now under a name that differs in a version, hash or UUID only. */
        readonly supersededBy: string | null;
      };
    }
  | {
      readonly verdict: 'rewound';
      readonly evidence: {
        readonly from: bigint;
        readonly to: bigint;
        readonly back: bigint;
        readonly at: EpochMs;
        readonly lag: bigint;
      };
    }
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
    }
  | {
      readonly verdict: 'falling-behind';
      readonly evidence: { readonly lag: bigint; readonly grownBy: bigint; readonly overMs: number };
    }
  | {
      readonly verdict: 'draining';
      readonly evidence: { readonly lag: bigint; readonly shrunkBy: bigint; readonly overMs: number };
    }
  | { readonly verdict: 'keeping-up'; readonly evidence: { readonly lag: bigint } };

/** What every verdict about silence rests on. */
export interface Waiting {
  readonly lag: bigint;
  /** For how long, as far as we watched, records waited and the commit did not move. */
  readonly silentMs: number;
  /** For how long such silence is innocent here. */
  readonly patienceMs: number;
  /** When the commit was last seen to move; `null` for never by us. */
  readonly lastProgressAt: EpochMs | null;
}

export type StallScope = 'partition' | 'member' | 'group';

/** The judgement of one verdict. */
export type JudgementOf<V extends Verdict> = Extract<Judgement, { verdict: V }>;
