import type { Judgement, StallScope } from './judgement.ts';
import type { EpochMs } from './offset.ts';
import type { Policy } from './policy.ts';
import type { Reading } from './reading.ts';
import type { Severity } from './severity.ts';
import type { UnreadReason } from './unread.ts';
import type { Verdict } from './verdict-names.ts';

/** What a rule may look at besides the reading and its past. */
export interface RuleContext {
  readonly policy: Policy;
  /** False only where the group is known to have no members. */
  readonly hasMembers: boolean;
  /** The members' assignments are known, so that a partition without an owner has none. */
  readonly knowsOwners: boolean;
  readonly isRebalancing: boolean;
  /** Rebalances within the policy's window, and whether they are so many that the group never settles and falls back. */
  readonly rebalances: number;
  readonly isLoop: boolean;
  /** Whether any member asks for the reading's topic. */
  readonly subscribes: (topic: string) => boolean;
  /** Who else stands still since then. */
  readonly stallScope: (reading: Reading, since: EpochMs) => StallScope;
  /** When any partition of the group last moved; 0 for never. */
  readonly groupProgressAt: EpochMs;
  readonly lastMemberAt: EpochMs | null;
  readonly lastLifeAt: EpochMs | null;
  /** The group that took over under a new version of the name; `null` for none. */
  readonly supersededBy: () => string | null;
  /** Time since the latest sign of life, or since first sight where there was none, as far as we watched. */
  readonly absentMs: number;
  readonly now: EpochMs;
}

/** A rule's judgement, and its severity where that differs from the verdict's usual one. */
export type Ruling = Judgement & { readonly severity?: Severity };

/** What cannot be read for a reason that no repetition mends is nothing to alarm about. */
const lastingReasons: ReadonlySet<UnreadReason> = new Set(['not-measurable', 'topic-missing']);

/** Whether it will not be read next time either: a deleted topic, a type of group that has no lag. */
export function isLasting(reason: UnreadReason): boolean {
  return lastingReasons.has(reason);
}

/** How much it matters that something was not read for so long. */
export function unreadSeverity(reason: UnreadReason, unreadMs: number, policy: Policy): Severity {
  return unreadMs >= policy.unknownAfterMs && !isLasting(reason) ? 'warning' : 'info';
}

/** The severity of each verdict where neither its rule nor a policy says otherwise. */
const usualSeverity: Readonly<Record<Verdict, Severity>> = {
  unknown: 'info',
  recreated: 'critical',
  'beyond-end': 'critical',
  'data-lost': 'critical',
  uncommitted: 'info',
  'caught-up': 'ok',
  blocked: 'critical',
  rebalancing: 'ok',
  stalled: 'critical',
  unowned: 'critical',
  stopped: 'critical',
  abandoned: 'info',
  rewound: 'warning',
  observing: 'ok',
  'falling-behind': 'warning',
  draining: 'ok',
  'keeping-up': 'ok',
};

/** The verdict's severity under the policy. A rebalance that is only waited for stays ok. */
export function severityOf(
  { verdict, severity }: Pick<Ruling, 'verdict' | 'severity'>,
  policy: Policy,
): Severity {
  if (verdict === 'rebalancing' && severity === 'ok') return 'ok';
  return policy.severity[verdict] ?? severity ?? usualSeverity[verdict];
}
