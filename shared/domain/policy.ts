import { compileSelector, type Selector, type Subject } from './selector.ts';
import type { Severity } from './severity.ts';
import type { Verdict } from './verdict-names.ts';

/** How much of a group is published to CloudWatch: the cluster's rollup only, its status, or all. */
export type MetricTier = 'rollup' | 'group' | 'detail';

/**
 * Every threshold that holds for one group on one topic. "Rule n" is the n-th verdict of `verdict-names.ts`.
 * Offsets, and counts of them, are `bigint` as on the wire.
 */
export type Policy = {
  /** Patience: how long records may wait without progress before silence counts (rules 5, 9, 10, 11). */
  readonly patienceMs: number;
  /**
   * Patience: whether a policy set `patienceMs`. Then it is a promise, taken at its word: never raised by
   * what was learnt, and of full severity from the first day. Otherwise it is only the floor for learning.
   */
  readonly patienceIsPromise: boolean;
  /** Rule 12: no life for this long, and nobody misses the group. */
  readonly abandonAfterMs: number;
  /** Rule 8: how long judgement is held while the group rebalances, counted from its last progress. */
  readonly rebalanceGraceMs: number;
  /** Rule 8: the fewest rebalances that make a loop; the rule raises it for groups with many members. */
  readonly rebalanceLoopCount: number;
  /** Rule 8: the time within which they are counted. */
  readonly rebalanceLoopWithinMs: number;
  /** Rule 15: the time over which lag must grow. */
  readonly growthWindowMs: number;
  /** Rule 15: the least time lag at which growth matters. */
  readonly growthMinTimeLagMs: number;
  /** Rule 7: how long stable may stand still below end; `null`: as long as the patience. */
  readonly hungTransactionMs: number | null;
  /** Rule 5: how long an owned partition may go without a commit while siblings commit; `null`: the patience. */
  readonly uncommittedAfterMs: number | null;
  /** Rule 1: how long something may stay unread before that is a warning. */
  readonly unknownAfterMs: number;
  /** Rule 13: the larger of this many offsets … */
  readonly rewindRecords: bigint;
  /** … and this much of the partition's production may a commit fall back without being `rewound`. */
  readonly rewindTimeMs: number;
  /** Rule 6: the lag, in offsets, that still is `caught-up`. */
  readonly allowedLag: bigint;
  /** A limit and a promise; time lag beyond it is critical whatever the verdict. `null`: no promise. */
  readonly maxTimeLagMs: number | null;
  /** A limit and a promise; lag beyond it, in offsets, is critical whatever the verdict. `null`: no promise. */
  readonly maxLag: bigint | null;
  /** A limit: less time than this until records are lost is critical. */
  readonly lossCriticalMs: number;
  /** A limit: less time than this until records are lost is a warning. */
  readonly lossWarningMs: number;
  /** Incidents: bad polls running before an incident fires. */
  readonly confirmFiringPolls: number;
  /** Incidents: good polls running before it is resolved. */
  readonly confirmResolvedPolls: number;
  /** Incidents: time between reminders of an incident that goes on. */
  readonly remindEveryMs: number;
  /** The severity that a verdict gets instead of its usual one. */
  readonly severity: Readonly<Partial<Record<Verdict, Severity>>>;
  /** How much of it becomes metrics. */
  readonly metrics: MetricTier;
  /** The channels that hear of it. Empty: nobody. `null`: no policy says, so every channel does. */
  readonly notify: readonly string[] | null;
  /** Who is named as owner in messages; `null` where no policy names one. */
  readonly owner: string | null;
};

/** What one policy sets. A key that is absent is left to the policies after it, and then to `defaultPolicy`. */
export type PolicySettings = Readonly<Partial<Omit<Policy, 'patienceIsPromise'>>>;

/** One entry of `policies`: for whom, and what. */
export type PolicyRule = { readonly match: Selector; readonly settings: PolicySettings };

/** What holds for a group on a topic; the topic is `null` where the group as a whole is judged. */
export type PolicyFor = (subject: { readonly group: string; readonly topic: string | null }) => Policy;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** What holds where no policy says otherwise. */
export const defaultPolicy: Policy = {
  patienceMs: 5 * minute,
  patienceIsPromise: false,
  abandonAfterMs: 3 * day,
  rebalanceGraceMs: 5 * minute,
  rebalanceLoopCount: 4,
  rebalanceLoopWithinMs: 15 * minute,
  growthWindowMs: 10 * minute,
  growthMinTimeLagMs: 5 * minute,
  hungTransactionMs: null,
  uncommittedAfterMs: null,
  unknownAfterMs: 5 * minute,
  rewindRecords: 100n,
  rewindTimeMs: minute,
  allowedLag: 0n,
  maxTimeLagMs: null,
  maxLag: null,
  lossCriticalMs: 2 * hour,
  lossWarningMs: day,
  confirmFiringPolls: 2,
  confirmResolvedPolls: 2,
  remindEveryMs: 4 * hour,
  severity: {},
  metrics: 'rollup',
  notify: null,
  owner: null,
};

/**
 * Compiles policies once. For each key the first matching rule that sets it wins; the severity of each verdict
 * is a key of its own. Subjects that match the same rules are given the very same policy object. A call costs
 * some microseconds with 20 rules: ask once for each group and topic, not for each partition.
 */
export function compilePolicies(rules: readonly PolicyRule[]): (subject: Subject) => Policy {
  const compiled = rules.map(({ match, settings }, index) => ({
    index,
    means: compileSelector(match),
    settings,
  }));
  const known = new Map<string, Policy>();
  return (subject) => {
    const matching = compiled.filter((rule) => rule.means(subject));
    const which = matching.map((rule) => rule.index).join();
    const before = known.get(which);
    if (before !== undefined) return before;
    const policy = mergeSettings(matching.map((rule) => rule.settings));
    known.set(which, policy);
    return policy;
  };
}

/** The policy for one subject. Whoever asks more than once uses `compilePolicies`. */
export function resolvePolicy(rules: readonly PolicyRule[], subject: Subject): Policy {
  return compilePolicies(rules)(subject);
}

/** `settings` in order of precedence, first wins. */
function mergeSettings(settings: readonly PolicySettings[]): Policy {
  const weakestFirst = settings.toReversed();
  let merged = defaultPolicy;
  for (const one of weakestFirst) {
    merged = { ...merged, ...one, severity: { ...merged.severity, ...one.severity } };
  }
  const patienceIsPromise = settings.some((one) => one.patienceMs !== undefined);
  return { ...merged, patienceIsPromise };
}
