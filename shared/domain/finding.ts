import type { Judgement } from './judgement.ts';
import type { Reading } from './reading.ts';
import { compareSeverity, type Severity } from './severity.ts';
import type { GroupSnapshot } from './snapshot.ts';
import type { TimeLag } from './time-lag.ts';
import type { UnreadCause } from './unread.ts';
import type { Verdict } from './verdict-names.ts';

/** What is held of one group on one partition: the reading, the verdict with its evidence, how much it matters. */
export type PartitionFinding = Judgement & {
  readonly reading: Reading;
  readonly severity: Severity;
  /** How old the oldest waiting record is; `null` where nothing is known of it. */
  readonly timeLag: TimeLag | null;
  /** Time until nothing waits, in ms; `null` where lag does not shrink or that is not known. */
  readonly drainMs: number | null;
  /** Time until records are deleted unread, in ms, at least; `null` where that is not in sight. */
  readonly lossMs: number | null;
  /** Records that were deleted unread since the group was first seen. */
  readonly recordsLost: bigint;
  /** Limits that raised the severity above what the verdict alone would have. */
  readonly limits: readonly Limit[];
};

/** A bound that a policy sets beside the verdicts. */
export type Limit = 'maxLag' | 'maxTimeLag' | 'timeToLoss';

/** What is held of a group: its worst partition's verdict, and the sums over all of them. */
export interface GroupFinding {
  readonly snapshot: GroupSnapshot;
  /** Why the group is not known as a whole, however much of it is; `null` where all of it was read. */
  readonly unread: UnreadCause | null;
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** The partition that decided; `null` where the group as a whole did (nothing committed, or not read). */
  readonly worst: PartitionFinding | null;
  /** Sum over the partitions whose lag is known, a negative one counting 0; `null` if none is known. */
  readonly lag: bigint | null;
  /** Partitions that the sum leaves out. */
  readonly unknownPartitions: number;
  /** Members that own no partition; `null` while that is not known or, during a rebalance, says nothing. */
  readonly idleMembers: number | null;
  /** The greatest of its partitions' best guesses, in ms; `null` where it is not known. */
  readonly timeLagMs: number | null;
  /** The greatest of its partitions' times, in ms. */
  readonly drainMs: number | null;
  /** The least of its partitions' times, in ms. */
  readonly lossMs: number | null;
  readonly recordsLost: bigint;
  /** One partition that holds most of the lag while others have next to none; `null` for no such. */
  readonly hotPartition: PartitionFinding | null;
  readonly partitions: readonly PartitionFinding[];
}

/** Which verdict a group shows where its partitions differ at the same severity: the one that asks for most. */
const worstFirst: readonly Verdict[] = [
  'recreated',
  'beyond-end',
  'data-lost',
  'blocked',
  'stalled',
  'unowned',
  'stopped',
  'rebalancing',
  'falling-behind',
  'rewound',
  'unknown',
  'abandoned',
  'uncommitted',
  'observing',
  'draining',
  'keeping-up',
  'caught-up',
];

/** Above 0 where `a` is worse: by severity, then by verdict, then by what a second look may find, then by lag. */
export function compareFindings(a: PartitionFinding, b: PartitionFinding): number {
  const bySeverity = compareSeverity(a.severity, b.severity);
  if (bySeverity !== 0) return bySeverity;
  if (a.verdict !== b.verdict) return compareVerdicts(a.verdict, b.verdict);
  const bySuspicion = suspicion(a) - suspicion(b);
  if (bySuspicion !== 0) return bySuspicion;
  const [lagA, lagB] = [knownLag(a.reading), knownLag(b.reading)];
  return lagA === lagB ? 0 : lagA > lagB ? 1 : -1;
}

/**
 * How much worse than waiting records a second look may find it: 2 for a commit beyond the end, which no lag shows,
 * 1 for an open transaction right at the commit, else 0.
 */
export function suspicion(judgement: Judgement): 0 | 1 | 2 {
  if (judgement.verdict !== 'observing') return 0;
  const { lag, heldByTransaction } = judgement.evidence;
  if (lag < 0n) return 2;
  return heldByTransaction === null ? 0 : 1;
}

/** Above 0 where `a` asks for more than `b`. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return worstFirst.indexOf(b) - worstFirst.indexOf(a);
}

function knownLag({ lag }: Reading): bigint {
  return typeof lag === 'bigint' ? lag : -1n;
}
