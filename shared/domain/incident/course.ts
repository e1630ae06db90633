import type { GroupFinding } from '../finding.ts';
import type { EpochMs } from '../offset.ts';
import type { Policy, PolicyFor } from '../policy.ts';
import { isLasting } from '../ruling.ts';
import { isAtLeast } from '../severity.ts';
import type { UnreadReason } from '../unread.ts';
import type { Verdict } from '../verdict-names.ts';
import { countPoll, type GroupIncident, noRuns, type Sight, type TroubleSeverity } from './group-incident.ts';
import { isWider, mergeScopes, scopeOf } from './scope.ts';

const minute = 60_000;

/** Away for so long, as watched and with every broker read, a group is gone. */
const vanishedAfterMs = 60 * minute;

/** From the first sight of trouble, maintenance holds back that it fires for so long at most. */
const maintenanceDelayMs = 15 * minute;

/** What no maintenance of brokers explains. */
const neverDelayed: readonly Verdict[] = ['recreated', 'beyond-end', 'data-lost'];

/** A note that somebody is at work on the cluster, or that a broker restarts. */
export interface Maintenance {
  readonly since: EpochMs;
  /** For people, such as `broker 2 reboots`. */
  readonly what: string;
}

/** What holds for every group in one poll. */
export interface Poll {
  readonly at: EpochMs;
  /** Time since the poll before, as far as somebody watched: a gap in polling does not count. */
  readonly watchedMs: number;
  readonly everyBrokerRead: boolean;
  readonly maintenance: Maintenance | null;
  readonly policyFor: PolicyFor;
}

/** What a poll changed in a group's incident. */
export type Change =
  | 'suspected'
  | 'dismissed'
  | 'opened'
  | 'worsened'
  | 'eased'
  | 'widened'
  | 'resolved'
  | 'vanished';

/** One group's incident after one poll, be it over, with what was seen. */
export interface Step {
  readonly before: GroupIncident | null;
  readonly incident: GroupIncident;
  readonly change: Change | null;
  readonly sight: Sight;
  readonly finding: GroupFinding | null;
}

/** A group without an incident: `null` where there is nothing to have one for. */
export function beginIncident(finding: GroupFinding, poll: Poll): Step | null {
  if (!isAtLeast(finding.severity, 'warning')) return null;
  const topic = topicOf(finding);
  const group = finding.snapshot.group;
  const policy = poll.policyFor({ group, topic });
  const severity = troubleOf(finding, policy);
  const lostBefore = lostBeforeNow(finding);
  const incident: GroupIncident = {
    group,
    phase: 'pending',
    openedAt: poll.at,
    sequence: 0,
    severity,
    worstSeverity: severity,
    verdict: finding.verdict,
    toldVerdict: finding.verdict,
    topic,
    scope: scopeOf(finding),
    runs: countPoll(noRuns, severity, { whole: isWhole(finding), wider: false }),
    // The verdict itself has waited long enough before it made this a warning.
    blindMs: finding.verdict === 'unknown' ? policy.unknownAfterMs : 0,
    awayMs: null,
    lostBefore,
    recordsLost: finding.recordsLost - lostBefore,
    surfacedAt: null,
    announcedAt: null,
    heldBackBy: null,
    folded: false,
  };
  const step = { before: null, sight: severity, finding } as const;
  if (isConfirmed(incident, policy, poll)) return { ...step, ...open(incident, policy) };
  return { ...step, incident, change: 'suspected' };
}

/** An incident goes on by one poll; `null` for a group that is not among the findings. */
export function continueIncident(before: GroupIncident, finding: GroupFinding | null, poll: Poll): Step {
  const policy = poll.policyFor({ group: before.group, topic: before.topic });
  const blindMs = before.blindMs + poll.watchedMs;
  if (finding === null) return missPoll(before, blindMs, poll);
  const recordsLost = maximum(before.recordsLost, finding.recordsLost - before.lostBefore);
  const present = { ...before, recordsLost, awayMs: null };
  const sight = sightOf({ ...before, blindMs }, finding, policy);
  if (sight === 'blind') {
    const incident: GroupIncident = { ...present, verdict: 'unknown', blindMs };
    return { before, incident, change: null, sight, finding };
  }
  if (sight === 'good' && isOutOfSight(before, finding)) return missPoll(before, blindMs, poll);
  const scope = sight === 'good' ? before.scope : scopeOf(finding);
  const seen: GroupIncident = {
    ...present,
    verdict: finding.verdict,
    topic: sight === 'good' ? before.topic : topicOf(finding),
    runs: countPoll(before.runs, sight, { whole: isWhole(finding), wider: isWider(scope, before.scope) }),
    blindMs: finding.verdict === 'unknown' ? blindMs : 0,
  };
  const next =
    before.phase === 'pending'
      ? stayOrOpen({ ...seen, scope }, sight, policy, poll)
      : stayOrChange(seen, sight, policy, scope);
  return { before, ...next, sight, finding };
}

type Next = Pick<Step, 'incident' | 'change'>;

function stayOrOpen(
  incident: GroupIncident,
  sight: Exclude<Sight, 'blind'>,
  policy: Policy,
  poll: Poll,
): Next {
  if (sight === 'good') return { incident, change: 'dismissed' };
  if (isConfirmed(incident, policy, poll)) return open(incident, policy);
  return { incident: { ...incident, severity: sight, worstSeverity: sight }, change: null };
}

/** It fires as critical only where critical itself was seen often enough. */
function open(incident: GroupIncident, policy: Policy): Next {
  const severity = incident.runs.critical >= policy.confirmFiringPolls ? 'critical' : 'warning';
  const runs = { ...incident.runs, wider: 0 };
  return {
    incident: { ...incident, phase: 'firing', severity, worstSeverity: severity, runs },
    change: 'opened',
  };
}

function stayOrChange(
  incident: GroupIncident,
  sight: Exclude<Sight, 'blind'>,
  policy: Policy,
  scope: GroupIncident['scope'],
): Next {
  const { runs, severity } = incident;
  if (sight === 'good') {
    return { incident, change: runs.good >= policy.confirmResolvedPolls ? 'resolved' : null };
  }
  const widened: GroupIncident = {
    ...incident,
    scope: mergeScopes(incident.scope, scope),
    runs: { ...runs, wider: 0 },
  };
  if (severity === 'warning' && runs.critical >= policy.confirmFiringPolls) {
    return { incident: { ...widened, severity: 'critical', worstSeverity: 'critical' }, change: 'worsened' };
  }
  if (severity === 'critical' && runs.milder >= policy.confirmResolvedPolls) {
    return { incident: { ...widened, severity: 'warning' }, change: 'eased' };
  }
  if (runs.wider >= policy.confirmFiringPolls) return { incident: widened, change: 'widened' };
  return { incident, change: null };
}

/** What was in trouble is not among the findings, which is no recovery; only a long absence ends it. */
function missPoll(before: GroupIncident, blindMs: number, { everyBrokerRead, watchedMs }: Poll): Step {
  const since = before.awayMs;
  const awayMs = everyBrokerRead ? (since === null ? 0 : since + watchedMs) : since;
  const incident: GroupIncident = { ...before, verdict: 'unknown', blindMs, awayMs };
  const isGone = awayMs !== null && awayMs >= vanishedAfterMs;
  const change = isGone ? (before.phase === 'pending' ? 'dismissed' : 'vanished') : null;
  return { before, incident, change, sight: 'blind', finding: null };
}

function isConfirmed({ runs, openedAt, verdict }: GroupIncident, policy: Policy, poll: Poll): boolean {
  if (runs.bad < policy.confirmFiringPolls) return false;
  const { maintenance, at } = poll;
  // What began before the maintenance is not its doing.
  if (maintenance === null || openedAt < maintenance.since || neverDelayed.includes(verdict)) return true;
  return at - openedAt >= maintenanceDelayMs;
}

function sightOf(incident: GroupIncident, finding: GroupFinding, policy: Policy): Sight {
  if (!isAtLeast(finding.severity, 'warning')) return isWhole(finding) ? 'good' : 'blind';
  if (finding.verdict !== 'unknown') return troubleOf(finding, policy);
  // A severity that was only kept from before proves nothing; being unread for long is trouble of its own.
  const ownTrouble = incident.phase === 'pending' && incident.blindMs >= policy.unknownAfterMs;
  return ownTrouble ? troubleOf(finding, policy) : 'blind';
}

/** The severity of a finding at `warning` or worse; of an unread group it is the policy's, whatever was kept. */
function troubleOf({ verdict, severity }: GroupFinding, policy: Policy): TroubleSeverity {
  const told = verdict === 'unknown' ? policy.severity.unknown : severity;
  return told === 'critical' ? 'critical' : 'warning';
}

/** Whether the group has neither commit nor owner any more on the topic that was in trouble, as after its commits expired. */
function isOutOfSight({ topic }: GroupIncident, { partitions }: GroupFinding): boolean {
  return topic !== null && !partitions.some(({ reading }) => reading.topic === topic);
}

/** Whether all of the group was read: what is unread may be the very part that was in trouble, unless it is gone for good. */
function isWhole({ unread, partitions }: GroupFinding): boolean {
  const isRead = (cause: UnreadReason | null) => cause === null || isLasting(cause);
  return (
    isRead(unread?.reason ?? null) &&
    partitions.every((one) => one.verdict !== 'unknown' || isLasting(one.evidence.reason))
  );
}

function topicOf({ worst }: GroupFinding): string | null {
  return worst?.reading.topic ?? null;
}

/** The loss counter without the losses that are part of what is seen now. */
function lostBeforeNow({ partitions, recordsLost }: GroupFinding): bigint {
  let before = recordsLost;
  for (const one of partitions) if (one.verdict === 'data-lost') before -= one.evidence.lost;
  return maximum(before, 0n);
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
