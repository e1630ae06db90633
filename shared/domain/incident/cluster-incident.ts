import type { EpochMs } from '../offset.ts';
import { formatCount, formatDuration } from '../reason.ts';
import { compareSeverity, worstSeverity } from '../severity.ts';
import { type IncidentPhase, incidentId, type Transition, type TransitionKind } from '../transition.ts';
import { type Verdict, verdicts } from '../verdict-names.ts';
import type { GroupIncident, TroubleSeverity } from './group-incident.ts';
import type { Mute } from './mute.ts';
import { type HeardStep, isEnd, type OwedEnd } from './voice.ts';

/** Incidents that surface within so long of each other have one cause, perhaps. */
const togetherMs = 600_000;
/** More than this many at once are the cluster's trouble … */
const manyGroups = 20;
/** … and so is more than this share of the groups, from so few on. */
const manyShare = 0.3;
const fewestGroups = 5;

/** How many groups the reason names. */
const namedGroups = 5;

/** The trouble of many groups at once, told as one. Plain data: kept from poll to poll. */
export interface ClusterIncident {
  readonly openedAt: EpochMs;
  /** The running number of the next transition. */
  readonly sequence: number;
  /** The worst so far: it rises with its groups' and does not fall before the end. */
  readonly severity: TroubleSeverity;
  /** The verdict that most of its groups had at the latest transition. */
  readonly toldVerdict: Verdict;
  /** How many groups it was last said to concern. */
  readonly announcedGroups: number;
  readonly announcedAt: EpochMs;
  /** Records lost by those of its groups whose incidents are over. */
  readonly lostBefore: bigint;
  /** Whether a mute of all of its groups keeps something back. */
  readonly heldBack: boolean;
}

/** What one poll makes of the cluster's incident. */
export interface Folding {
  /** `null`: there is none, or it is over. */
  readonly incident: ClusterIncident | null;
  /** The groups for which it speaks from now on. */
  readonly folded: ReadonlySet<string>;
  /** Its id, be it ending in this poll; empty where there is none. */
  readonly id: string;
  readonly transition: Transition | null;
  readonly owedEnd: OwedEnd | null;
}

/** What the folding is decided in. */
export interface FoldingStage {
  readonly cluster: string;
  readonly at: EpochMs;
  /** Groups that are judged or have an incident. */
  readonly watchedGroups: number;
  readonly remindEveryMs: (incident: GroupIncident) => number;
}

/**
 * Folds incidents of many groups into one.
 *
 * - It opens when, with one that surfaces in this poll (it fires, or its mute ends), more than 20 have surfaced within
 *   10 minutes and still fire, or more than 30 % of the watched groups, at least 5. It speaks for all of these, also for
 *   those that were announced on their own before; muted groups do not count.
 * - While it lasts, every group that surfaces is folded into it. Groups that fired long before it stay on their own.
 * - It is told again when its severity rises (a group is critical and none was), when it concerns twice as many
 *   groups as last told, and as a reminder. It is muted while all of its groups are.
 * - It is over when those that still fire would no longer make one. They are named in its last word and speak for
 *   themselves from then on, and do not count towards another one.
 */
export function fold(
  before: ClusterIncident | null,
  steps: readonly HeardStep[],
  stage: FoldingStage,
): Folding {
  const firing = steps.filter(({ incident, change }) => incident.phase === 'firing' && !isEnd(change));
  if (before === null) return mayOpen(firing, stage);
  const groups = firing.filter(({ incident, surfaces }) => incident.folded || surfaces);
  const ended = steps.filter(({ incident, change }) => incident.folded && isEnd(change));
  const lostBefore = before.lostBefore + lostOf(ended);
  const audible = groups.filter(({ mute }) => mute === null);
  const severity = worstOf([before.severity, ...audible.map(({ incident }) => incident.severity)]);
  const concerned = [...groups, ...ended];
  const mute = concerned.every((one) => one.mute !== null) ? (concerned[0] as HeardStep).mute : null;
  const incident: ClusterIncident = { ...before, severity, lostBefore };
  if (!areMany(groups.length, stage.watchedGroups)) {
    const transition = transitionOf('resolved', before, incident, groups, mute, stage);
    const { sequence, announcedAt } = before;
    const group = (concerned[0] as HeardStep).incident.group;
    const owed = { transition, sequence: sequence + 1, announcedAt, group, topics: [] };
    return {
      incident: null,
      folded: new Set(),
      id: idOf(before, stage),
      transition,
      owedEnd: mute === null ? null : owed,
    };
  }
  const kind = kindOf(before, incident, groups, mute, stage);
  return tell(kind, before, { ...incident, heldBack: mute !== null }, groups, stage);
}

function mayOpen(firing: readonly HeardStep[], stage: FoldingStage): Folding {
  const { at, watchedGroups } = stage;
  const fresh = firing.filter(({ incident, surfaces, mute }) => {
    const { surfacedAt } = incident;
    return surfaces || (mute === null && surfacedAt !== null && at - surfacedAt <= togetherMs);
  });
  if (!fresh.some(({ surfaces }) => surfaces) || !areMany(fresh.length, watchedGroups)) {
    return { incident: null, folded: new Set(), id: '', transition: null, owedEnd: null };
  }
  const incident: ClusterIncident = {
    openedAt: at,
    sequence: 0,
    severity: worstOf(fresh.map((one) => one.incident.severity)),
    toldVerdict: mostCommon(fresh),
    announcedGroups: fresh.length,
    announcedAt: at,
    lostBefore: 0n,
    heldBack: false,
  };
  return tell('opened', null, incident, fresh, stage);
}

function areMany(groups: number, watchedGroups: number): boolean {
  return groups > manyGroups || (groups >= fewestGroups && groups > manyShare * watchedGroups);
}

function kindOf(
  before: ClusterIncident,
  { severity }: ClusterIncident,
  groups: readonly HeardStep[],
  mute: Mute | null,
  { at, remindEveryMs }: FoldingStage,
): TransitionKind | null {
  // While all of its groups are muted, it grows neither worse nor wider for anybody.
  if (mute !== null) return null;
  if (compareSeverity(severity, before.severity) > 0) return 'worsened';
  if (groups.length >= 2 * before.announcedGroups) return 'widened';
  if (before.heldBack) return 'unmuted';
  const remindMs = groups.reduce((least, { incident }) => Math.min(least, remindEveryMs(incident)), Infinity);
  return at - before.announcedAt >= remindMs ? 'reminded' : null;
}

function tell(
  kind: TransitionKind | null,
  before: ClusterIncident | null,
  incident: ClusterIncident,
  groups: readonly HeardStep[],
  stage: FoldingStage,
): Folding {
  const folded = new Set(groups.map((one) => one.incident.group));
  const same = { folded, id: idOf(incident, stage), owedEnd: null };
  if (kind === null) return { ...same, incident, transition: null };
  const transition = transitionOf(kind, before, incident, groups, null, stage);
  const told: ClusterIncident = {
    ...incident,
    sequence: incident.sequence + 1,
    toldVerdict: transition.toVerdict,
    announcedGroups: groups.length,
    announcedAt: stage.at,
  };
  return { ...same, incident: told, transition };
}

function idOf({ openedAt }: ClusterIncident, { cluster }: FoldingStage): string {
  return incidentId({ cluster, group: null, openedAt });
}

function transitionOf(
  kind: TransitionKind,
  before: ClusterIncident | null,
  incident: ClusterIncident,
  groups: readonly HeardStep[],
  mute: Mute | null,
  stage: FoldingStage,
): Transition {
  const { at, watchedGroups } = stage;
  const { openedAt, sequence, severity, lostBefore } = incident;
  const isOver = kind === 'resolved';
  const durationMs = at - openedAt;
  const from: IncidentPhase = before === null ? 'ok' : 'firing';
  return {
    id: `${idOf(incident, stage)}/${sequence}`,
    kind,
    group: null,
    from,
    to: isOver ? 'resolved' : 'firing',
    fromVerdict: before?.toldVerdict ?? null,
    toVerdict: groups.length === 0 ? incident.toldVerdict : mostCommon(groups),
    fromSeverity: before?.severity ?? 'ok',
    severity: isOver ? 'ok' : severity,
    worstSeverity: severity,
    scope: { breadth: 'cluster', topics: [] },
    reason: isOver
      ? `over for the cluster after ${formatDuration(durationMs)}: ${stillFiring(groups)}`
      : `${formatCount(groups.length)} of ${formatCount(watchedGroups)} groups in trouble at once: ${breakdown(groups)}`,
    at,
    openedAt,
    durationMs,
    recordsLost: lostBefore + lostOf(groups),
    silence: mute === null ? null : { because: 'muted', why: mute.why },
  };
}

function stillFiring(groups: readonly HeardStep[]): string {
  return groups.length === 0
    ? 'none of its groups fires any more'
    : `still firing: ${worstGroups(groups, groups.length)}`;
}

function breakdown(groups: readonly HeardStep[]): string {
  const counts = countByVerdict(groups).map(([verdict, count]) => `${formatCount(count)} ${verdict}`);
  return `${counts.join(', ')}; worst: ${worstGroups(groups, namedGroups)}`;
}

/** `billing (stalled), audit (stopped)`, the worst first. */
function worstGroups(groups: readonly HeardStep[], most: number): string {
  return groups
    .map(({ incident }) => incident)
    .toSorted(
      (a, b) =>
        compareSeverity(b.severity, a.severity) || verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict),
    )
    .slice(0, most)
    .map(({ group, verdict }) => `${group} (${verdict})`)
    .join(', ');
}

function mostCommon(groups: readonly HeardStep[]): Verdict {
  return (countByVerdict(groups)[0] as [Verdict, number])[0];
}

/** The most frequent first; where two are as frequent, in the order of the rules. */
function countByVerdict(groups: readonly HeardStep[]): [Verdict, number][] {
  const counts = verdicts.map((verdict): [Verdict, number] => [
    verdict,
    groups.filter(({ incident }) => incident.verdict === verdict).length,
  ]);
  return counts.filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
}

function worstOf(severities: readonly TroubleSeverity[]): TroubleSeverity {
  return worstSeverity(severities) === 'critical' ? 'critical' : 'warning';
}

function lostOf(steps: readonly HeardStep[]): bigint {
  return steps.reduce((lost, { incident }) => lost + incident.recordsLost, 0n);
}
