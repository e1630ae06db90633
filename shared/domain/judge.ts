import { compareFindings, type GroupFinding, type Limit, type PartitionFinding } from './finding.ts';
import { drainMs, lossMs } from './forecast.ts';
import type { ClusterMemory } from './memory/cluster-memory.ts';
import { Past } from './past.ts';
import type { Policy, PolicyFor } from './policy.ts';
import type { GroupReading, Reading } from './reading.ts';
import {
  clusterContext,
  type GroupContext,
  groupContext,
  type TopicContext,
  topicContext,
} from './rule-context.ts';
import { type Ruling, severityOf, unreadSeverity } from './ruling.ts';
import { compareSeverity, type Severity } from './severity.ts';
import type { GroupSnapshot, Snapshot } from './snapshot.ts';
import type { TimeLag } from './time-lag.ts';
import { judgeReading } from './verdict.ts';
import type { Verdict } from './verdict-names.ts';

/**
 * One finding a group; the groups' order is kept.
 *
 * @param memory what was kept of earlier polls, this one included
 */
export function judge(
  readings: readonly GroupReading[],
  memory: ClusterMemory,
  snapshot: Pick<Snapshot, 'topics'>,
  policyFor: PolicyFor,
): GroupFinding[] {
  const cluster = clusterContext(memory, snapshot, policyFor);
  return readings.map((reading) => judgeGroup(groupContext(cluster, reading)));
}

function judgeGroup(group: GroupContext): GroupFinding {
  const { reading: whole, memory } = group;
  const { partitions } = whole;
  const findings: PartitionFinding[] = new Array(partitions.length);
  const cap = firstSightCap(memory.life.lastLifeAt !== null);
  let worst: PartitionFinding | null = null;
  let hottest: PartitionFinding | null = null;
  let context: TopicContext | null = null;
  let past: Past | null = null;
  let lag: bigint | null = null;
  let unknownPartitions = 0;
  let recordsLost = 0n;
  let timeLagMs: number | null = null;
  let someTimeLagUnknown = false;
  let longestDrainMs: number | null = null;
  let soonestLossMs: number | null = null;
  for (let i = 0; i < partitions.length; i++) {
    const reading = partitions[i] as Reading;
    const row = memory.base + i;
    if (context === null || past === null || reading.topic !== context.past.topic) {
      context = topicContext(group, reading.topic);
      past = new Past(context.past, row, reading.partition);
    } else past.moveTo(row, reading.partition);
    const finding = judgePartition(reading, past, context, cap);
    findings[i] = finding;
    if (worst === null || compareFindings(finding, worst) > 0) worst = finding;
    if (typeof reading.lag === 'bigint') {
      const waiting = reading.lag > 0n ? reading.lag : 0n;
      lag = lag === null ? waiting : waiting === 0n ? lag : lag + waiting;
      if (hottest === null || waiting > (hottest.reading.lag as bigint)) hottest = finding;
    } else unknownPartitions++;
    if (finding.recordsLost !== 0n) recordsLost += finding.recordsLost;
    timeLagMs = greater(timeLagMs, finding.timeLag === null ? null : finding.timeLag.ms);
    someTimeLagUnknown ||= finding.timeLag === null || finding.timeLag.ms === null;
    longestDrainMs = greater(longestDrainMs, finding.drainMs);
    soonestLossMs = lesser(soonestLossMs, finding.lossMs);
  }
  return {
    snapshot: whole.snapshot,
    unread: whole.unread,
    ...wholeGroupVerdict(group, worst),
    lag,
    unknownPartitions,
    idleMembers: idleMembers(whole.snapshot),
    // 0 only where every partition is known to be caught up.
    timeLagMs: timeLagMs === 0 && someTimeLagUnknown ? null : timeLagMs,
    drainMs: longestDrainMs,
    lossMs: soonestLossMs,
    recordsLost,
    hotPartition: isHot(hottest, lag, findings.length) ? hottest : null,
    partitions: findings,
  };
}

/** @param cap the worst that the group may be called where no promise says otherwise */
function judgePartition(
  reading: Reading,
  past: Past,
  { past: shared, rules, config }: TopicContext,
  cap: Severity,
): PartitionFinding {
  const ruling = judgeReading(reading, past, rules);
  const timeLag = past.timeLagOf(reading);
  const standsStill = past.isOverdue;
  const fallsBehind = ruling.verdict === 'falling-behind';
  const untilLossMs =
    standsStill || fallsBehind
      ? lossMs({
          reading,
          history: shared.history,
          row: past.row,
          log: { logs: shared.logs, slot: shared.slots[reading.partition] },
          config,
          timeLag,
          standsStill,
          now: shared.now,
        })
      : null;
  const usual = milder(severityOf(ruling, shared.policy), cap);
  const limits = exceeded(ruling, reading, timeLag, untilLossMs, shared.policy, cap);
  return {
    verdict: ruling.verdict,
    evidence: ruling.evidence,
    reading,
    severity: limits.reduce((harshest, { severity }) => harsher(harshest, severity), usual),
    timeLag,
    drainMs: reading.lag === 0n ? 0 : standsStill ? null : drainMs(reading, past.pace),
    lossMs: untilLossMs,
    recordsLost: past.lost,
    limits:
      limits.length === 0
        ? noLimits
        : limits.filter(({ severity }) => compareSeverity(severity, usual) > 0).map(({ limit }) => limit),
  } as PartitionFinding;
}

/** Day one must not page for groups that died long ago: without a sign of life, nothing about them is new. */
function firstSightCap(wasAlive: boolean): Severity {
  return wasAlive ? 'critical' : 'warning';
}

/** Its worst partition's; but a group whose members or commits were not read is never ok. */
function wholeGroupVerdict(
  { reading, memory, cluster }: GroupContext,
  worst: PartitionFinding | null,
): Pick<GroupFinding, 'verdict' | 'severity' | 'worst'> {
  const { unread, snapshot } = reading;
  const partitionDecides = unread === null || (snapshot.unread === null && worst?.severity !== 'ok');
  if (worst !== null && partitionDecides) {
    return { verdict: worst.verdict, severity: worst.severity, worst };
  }
  const policy = cluster.policyFor({ group: snapshot.group, topic: null });
  const ruling: Pick<Ruling, 'verdict' | 'severity'> =
    unread === null
      ? { verdict: 'uncommitted' }
      : {
          verdict: 'unknown',
          severity: unreadSeverity(unread.reason, memory.life.unreadMs as number, policy),
        };
  const cap = firstSightCap(memory.life.lastLifeAt !== null);
  return { verdict: ruling.verdict, severity: milder(severityOf(ruling, policy), cap), worst: null };
}

/**
 * Nobody waits for what was given up or for what is allowed, and what was not read cannot exceed a limit. Only what a policy promises goes
 * beyond the cap on groups that may have died long ago.
 */
function exceeded(
  ruling: Ruling,
  { lag }: Reading,
  timeLag: TimeLag | null,
  untilLossMs: number | null,
  policy: Policy,
  cap: Severity,
): readonly { readonly limit: Limit; readonly severity: Severity }[] {
  if (withoutLimits.has(ruling.verdict)) return noLimits;
  if (untilLossMs === null && policy.maxLag === null && policy.maxTimeLagMs === null) return noLimits;
  // Markers and aborted records are no loss.
  const mayLose = ruling.verdict !== 'stalled' || !ruling.evidence.maybeNothing;
  const limits: { limit: Limit; severity: Severity }[] = [];
  if (policy.maxLag !== null && typeof lag === 'bigint' && lag > policy.maxLag) {
    limits.push({ limit: 'maxLag', severity: 'critical' });
  }
  if (policy.maxTimeLagMs !== null && (timeLag?.atLeastMs ?? 0) > policy.maxTimeLagMs) {
    limits.push({ limit: 'maxTimeLag', severity: 'critical' });
  }
  if (mayLose && untilLossMs !== null && untilLossMs < policy.lossWarningMs) {
    const severity = untilLossMs < policy.lossCriticalMs ? 'critical' : 'warning';
    limits.push({ limit: 'timeToLoss', severity: milder(severity, cap) });
  }
  return limits;
}

const noLimits: readonly never[] = [];
const withoutLimits: ReadonlySet<Verdict> = new Set(['unknown', 'abandoned', 'caught-up']);

function greater(a: number | null, b: number | null): number | null {
  return b !== null && (a === null || b > a) ? b : a;
}

function lesser(a: number | null, b: number | null): number | null {
  return b !== null && (a === null || b < a) ? b : a;
}

/** A partition is hot where it alone holds most of what waits, and that is not little. */
function isHot(hottest: PartitionFinding | null, lag: bigint | null, partitions: number): boolean {
  if (hottest === null || lag === null || partitions < fewestToCompare) return false;
  const own = hottest.reading.lag as bigint;
  return own >= leastHotLag && own * 10n >= lag * 8n;
}

const fewestToCompare = 4;
const leastHotLag = 1_000n;

function milder(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

function harsher(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}

/** Only a settled group's assignment tells who is idle; members of other protocols own nothing that we can see. */
function idleMembers({ members, state }: GroupSnapshot): number | null {
  if (members === null || (members.length > 0 && state !== 'Stable')) return null;
  if (members.some((member) => member.subscribed === null)) return null;
  return members.filter((member) => member.assigned.size === 0).length;
}
