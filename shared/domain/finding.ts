import { defaultPolicy, type Policy } from './policy.ts';
import type { GroupReading, Reading } from './reading.ts';
import { compareSeverity, type Severity } from './severity.ts';
import type { GroupSnapshot } from './snapshot.ts';
import type { UnreadCause } from './unread.ts';
import { type Judgement, judgeReading, severityOf } from './verdict.ts';
import type { Verdict } from './verdict-names.ts';

/** What is held of one group on one partition: the reading, the verdict with its evidence, how much it matters. */
export type PartitionFinding = Judgement & { readonly reading: Reading; readonly severity: Severity };

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
  readonly recordsLost: bigint;
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

/** What holds for a group on a topic; the topic is `null` where the group as a whole is judged. */
export type PolicyFor = (subject: { readonly group: string; readonly topic: string | null }) => Policy;

/** One finding a group; the group's order is kept. */
export function judge(
  readings: readonly GroupReading[],
  policyFor: PolicyFor = () => defaultPolicy,
): GroupFinding[] {
  return readings.map((reading) => judgeGroup(reading, policyFor));
}

function judgeGroup({ snapshot, unread, partitions }: GroupReading, policyFor: PolicyFor): GroupFinding {
  const hasMembers = mayHaveMembers(snapshot);
  const worstSeverity = firstSightCap(hasMembers);
  const findings: PartitionFinding[] = [];
  let worst: PartitionFinding | null = null;
  let lag: bigint | null = null;
  let unknownPartitions = 0;
  let recordsLost = 0n;
  let policy: Policy = defaultPolicy;
  let topic: string | null = null;
  for (const reading of partitions) {
    if (reading.topic !== topic) {
      topic = reading.topic;
      policy = policyFor({ group: snapshot.group, topic });
    }
    const judgement = judgeReading(reading, { policy, hasMembers });
    const severity = milder(severityOf(judgement.verdict, policy), worstSeverity);
    const finding: PartitionFinding = { ...judgement, reading, severity };
    findings.push(finding);
    if (worst === null || compareFindings(finding, worst) > 0) worst = finding;
    if (typeof reading.lag === 'bigint') lag = (lag ?? 0n) + (reading.lag > 0n ? reading.lag : 0n);
    else unknownPartitions++;
    if (finding.verdict === 'data-lost') recordsLost += finding.evidence.lost;
  }
  const whole = wholeGroupVerdict(snapshot, unread, worst, policyFor);
  return {
    snapshot,
    unread,
    ...whole,
    lag,
    unknownPartitions,
    idleMembers: idleMembers(snapshot),
    recordsLost,
    partitions: findings,
  };
}

/** Members that are not known count as present, unless the group's state rules them out. */
function mayHaveMembers({ members, state }: GroupSnapshot): boolean {
  return members === null ? state !== 'Empty' : members.length > 0;
}

/** Day one must not page for groups that died long ago: without a member, nothing about them is new. */
function firstSightCap(hasMembers: boolean): Severity {
  return hasMembers ? 'critical' : 'warning';
}

/** Its worst partition's; but a group whose members or commits were not read is never ok. */
function wholeGroupVerdict(
  snapshot: GroupSnapshot,
  unread: UnreadCause | null,
  worst: PartitionFinding | null,
  policyFor: PolicyFor,
): Pick<GroupFinding, 'verdict' | 'severity' | 'worst'> {
  const partitionDecides = unread === null || (snapshot.unread === null && worst?.severity !== 'ok');
  if (worst !== null && partitionDecides) {
    return { verdict: worst.verdict, severity: worst.severity, worst };
  }
  const verdict = unread === null ? 'uncommitted' : 'unknown';
  const policy = policyFor({ group: snapshot.group, topic: null });
  const severity = milder(severityOf(verdict, policy), firstSightCap(mayHaveMembers(snapshot)));
  return { verdict, severity, worst: null };
}

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

function milder(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

/** Only a settled group's assignment tells who is idle; members of other protocols own nothing that we can see. */
function idleMembers({ members, state }: GroupSnapshot): number | null {
  if (members === null || (members.length > 0 && state !== 'Stable')) return null;
  if (members.some((member) => member.subscribed === null)) return null;
  return members.filter((member) => member.assigned.size === 0).length;
}
