import type { EpochMs } from '../offset.ts';
import {
  type IncidentPhase,
  incidentId,
  type Silence,
  type Transition,
  type TransitionKind,
} from '../transition.ts';
import { accountOf } from './account.ts';
import type { Change, Maintenance, Step } from './course.ts';
import type { GroupIncident } from './group-incident.ts';
import type { Mute } from './mute.ts';

/** A step, and whether anybody may be told of it. */
export interface HeardStep extends Step {
  /** The mute that silences the group; `null` where none does. */
  readonly mute: Mute | null;
  /** Whether it is now that somebody could first be told that it fires. */
  readonly surfaces: boolean;
}

/** An end of which nobody could be told while a mute lasted, though they had been told of the beginning. */
export interface OwedEnd {
  readonly transition: Transition;
  /** The running number of the next transition. */
  readonly sequence: number;
  readonly announcedAt: EpochMs;
  /** The group whose mute keeps it back, and the topics that were in trouble. */
  readonly group: string;
  readonly topics: readonly string[];
}

/** What one poll makes of a group's incident. */
export interface Spoken {
  /** `null`: it is over. */
  readonly incident: GroupIncident | null;
  readonly transition: Transition | null;
  readonly owedEnd: OwedEnd | null;
}

/** What a transition is told in. */
export interface Stage {
  readonly cluster: string;
  readonly at: EpochMs;
  readonly maintenance: Maintenance | null;
  /** Groups for which the cluster's incident speaks now. */
  readonly folded: ReadonlySet<string>;
  /** The id of the cluster's incident, be it ending in this poll; empty where there is none. */
  readonly foldedInto: string;
  readonly remindEveryMs: (incident: GroupIncident) => number;
}

/** Whether the incident is over after this change. */
export function isEnd(change: Change | null): boolean {
  return change === 'dismissed' || change === 'resolved' || change === 'vanished';
}

/**
 * The transition that a step makes, if any, and who hears of it.
 *
 * - Muted: nobody, while everything else goes on. Once the mute is over and the group is still seen in trouble, or not
 *   seen, that is announced; an end that the mute swallowed is owed where the beginning had been announced.
 * - Folded: nobody, while the cluster's incident speaks for the group, but for its end where its beginning had been
 *   announced. Once the cluster's incident is over, what was kept back is announced.
 * - An end is announced to those only who were told of a beginning.
 * - Muted or folded, there are no reminders: the cluster's incident has its own.
 */
export function speak(step: HeardStep, stage: Stage): Spoken {
  const { change, mute } = step;
  const folded = stage.folded.has(step.incident.group);
  const kind = kindOf(step, folded, stage);
  const surfaced = step.surfaces ? { surfacedAt: stage.at } : {};
  const unfolds = step.incident.folded && !folded;
  const incident: GroupIncident = {
    ...step.incident,
    ...surfaced,
    ...(unfolds ? { surfacedAt: null } : {}),
    folded,
    heldBackBy: heldBack(step, kind, folded),
  };
  if (kind === null) return { incident, transition: null, owedEnd: null };
  const silence = silenceOf(step, kind, folded, stage);
  const transition = transitionOf(step, kind, silence, stage);
  const sequence = incident.sequence + 1;
  if (isEnd(change)) {
    const { group, announcedAt } = incident;
    const owed = mute !== null && announcedAt !== null;
    const topics = transition.scope.topics;
    return {
      incident: null,
      transition,
      owedEnd: owed ? { transition, sequence, announcedAt, group, topics } : null,
    };
  }
  const announcedAt = silence === null ? stage.at : incident.announcedAt;
  const told = { ...incident, sequence, announcedAt, toldVerdict: incident.verdict };
  return { incident: told, transition, owedEnd: null };
}

function kindOf(step: HeardStep, folded: boolean, stage: Stage): TransitionKind | null {
  const { incident, change, mute, sight } = step;
  if (change !== null) return change;
  // Nobody needs to hear of trouble that may be about to end.
  if (incident.phase === 'pending' || mute !== null || sight === 'good') return null;
  if (incident.heldBackBy === 'mute') return 'unmuted';
  if (folded) return null;
  const { announcedAt } = incident;
  if (announcedAt === null || incident.heldBackBy === 'fold') return 'unfolded';
  return stage.at - announcedAt >= stage.remindEveryMs(incident) ? 'reminded' : null;
}

function heldBack(
  step: HeardStep,
  kind: TransitionKind | null,
  folded: boolean,
): GroupIncident['heldBackBy'] {
  const { incident, mute } = step;
  if (incident.phase === 'pending') return null;
  if (mute !== null) return 'mute';
  if (kind === null) return incident.heldBackBy;
  return folded ? 'fold' : null;
}

function silenceOf(step: HeardStep, kind: TransitionKind, folded: boolean, stage: Stage): Silence | null {
  const { incident, change, mute } = step;
  if (kind === 'suspected' || kind === 'dismissed') return { because: 'pending' };
  if (mute !== null) return { because: 'muted', why: mute.why };
  if (!isEnd(change)) return folded ? { because: 'folded', into: stage.foldedInto } : null;
  if (incident.announcedAt !== null) return null;
  return incident.folded ? { because: 'folded', into: stage.foldedInto } : { because: 'untold' };
}

function transitionOf(
  step: HeardStep,
  kind: TransitionKind,
  silence: Silence | null,
  stage: Stage,
): Transition {
  const { before, incident, finding } = step;
  const { cluster, at, maintenance } = stage;
  const { group, openedAt, sequence, verdict, worstSeverity, scope, recordsLost } = incident;
  const durationMs = at - openedAt;
  const to = phaseAfter(kind);
  const seenGood = (kind === 'resolved' || kind === 'dismissed') && finding !== null;
  return {
    id: `${incidentId({ cluster, group, openedAt })}/${sequence}`,
    kind,
    group,
    from: before?.phase ?? 'ok',
    to,
    fromVerdict: before === null ? null : incident.toldVerdict,
    toVerdict: verdict,
    fromSeverity: before?.severity ?? 'ok',
    severity: seenGood ? finding.severity : incident.severity,
    worstSeverity,
    scope,
    reason: accountOf(kind, step, { durationMs, maintenance }),
    at,
    openedAt,
    durationMs,
    recordsLost,
    silence,
  };
}

function phaseAfter(kind: TransitionKind): IncidentPhase {
  switch (kind) {
    case 'suspected':
      return 'pending';
    case 'dismissed':
      return 'ok';
    case 'resolved':
    case 'vanished':
      return 'resolved';
    case 'opened':
    case 'worsened':
    case 'eased':
    case 'widened':
    case 'reminded':
    case 'unmuted':
    case 'unfolded':
      return 'firing';
  }
}

/** The end that a mute had swallowed, told now that the mute is over. */
export function tellLate({ transition, sequence }: OwedEnd, at: EpochMs, cluster: string): Transition {
  const { group, openedAt, toVerdict, severity, reason } = transition;
  return {
    ...transition,
    id: `${incidentId({ cluster, group, openedAt })}/${sequence}`,
    kind: 'unmuted',
    from: 'resolved',
    fromVerdict: toVerdict,
    fromSeverity: severity,
    reason: `ended while muted: ${reason}`,
    at,
    silence: null,
  };
}
