import type { GroupFinding } from './finding.ts';
import { type ClusterIncident, fold } from './incident/cluster-incident.ts';
import {
  beginIncident,
  continueIncident,
  type Maintenance,
  type Poll,
  type Step,
} from './incident/course.ts';
import type { GroupIncident } from './incident/group-incident.ts';
import { type Mute, muteOver } from './incident/mute.ts';
import { type HeardStep, type OwedEnd, speak, tellLate } from './incident/voice.ts';
import type { EpochMs } from './offset.ts';
import type { PolicyFor } from './policy.ts';
import { compareSeverity, isAtLeast } from './severity.ts';
import type { Transition } from './transition.ts';

/**
 * All that is kept of incidents from poll to poll, for one cluster. Plain data without instances, so that it can be
 * written anywhere; counts of records are `bigint`. What is resolved is not in it.
 */
export interface IncidentState {
  /** When the latest poll was; `null` before the first. */
  readonly at: EpochMs | null;
  /** One a group at most, sorted by group. */
  readonly incidents: readonly GroupIncident[];
  readonly cluster: ClusterIncident | null;
  readonly owedEnds: readonly OwedEnd[];
  /** Transitions that are to be announced and were not yet said to be: `markAnnounced` takes them away. */
  readonly unannounced: readonly Transition[];
}

/** The state before the first poll. */
export const noIncidents: IncidentState = {
  at: null,
  incidents: [],
  cluster: null,
  owedEnds: [],
  unannounced: [],
};

/** One poll. */
export interface IncidentInput {
  /** The snapshot's instant. Time does not go back here: one that is not newer counts as a millisecond later. */
  readonly at: EpochMs;
  readonly clusterName: string;
  /** In any order. A group that is not among them is not known to be well. */
  readonly findings: readonly GroupFinding[];
  /** Whether every broker was read, so that a group that is missing is in no broker's list. */
  readonly everyBrokerRead: boolean;
  readonly policyFor: PolicyFor;
  readonly mutes: readonly Mute[];
  /** Work on the cluster that is under way; it may delay that incidents fire. */
  readonly maintenance: Maintenance | null;
  /** Milliseconds since the poll before, as far as somebody watched: without the gaps in polling. */
  readonly watchedMs: number;
}

/** Beyond so many, only the latest transition of each group is kept to be announced; and of these so many. */
const mostUnannounced = 1_000;

/**
 * Carries every group's incident on by one poll.
 *
 * - `ok → pending` at the first poll at `warning` or worse, `pending → firing` after `confirmFiringPolls` of them
 *   running, `firing → resolved` after `confirmResolvedPolls` good ones running: at most `info`, and all of it read.
 *   Polls count, not time: a gap in polling confirms nothing.
 * - Severity is confirmed like the incident, up by polls at `critical`, down by polls below it.
 * - A wider scope is confirmed like the incident; a narrower one is no news.
 * - What is not seen (`unknown`, unread in part, missing from the findings) counts neither for nor against: counts stand
 *   still, a severity stays. Being unread at `warning` is trouble of its own for a group without an incident, and for a
 *   pending one after `unknownAfterMs`. A group that is missing for an hour while every broker is read has vanished;
 *   so has one whose commits on the topic that was in trouble are gone.
 * - A changed verdict alone is kept and told with the next transition.
 * - Transitions are in order: the cluster's, ends that a mute had kept back, then by group. Each has an id that the
 *   same input gives again.
 */
export function advanceIncidents(
  previous: IncidentState,
  input: IncidentInput,
): { readonly state: IncidentState; readonly transitions: readonly Transition[] } {
  const { clusterName: cluster, policyFor, maintenance, everyBrokerRead, mutes } = input;
  const at = previous.at === null ? input.at : Math.max(input.at, previous.at + 1);
  const watchedMs = Math.max(0, input.watchedMs);
  const steps = stepsOf(previous, input.findings, { at, watchedMs, everyBrokerRead, maintenance, policyFor });
  const muted = (group: string, topics: readonly string[]) => muteOver(mutes, { cluster, group, topics }, at);
  const owedByGroup = new Map(previous.owedEnds.map((owed) => [owed.transition.group, owed]));
  const heard = steps.list.map((step) => hear(step, owedByGroup.get(step.incident.group), muted));

  const remindEveryMs = ({ group, topic }: GroupIncident) => policyFor({ group, topic }).remindEveryMs;
  const { watchedGroups } = steps;
  const folding = fold(previous.cluster, heard, { cluster, at, watchedGroups, remindEveryMs });
  const { folded, id: foldedInto } = folding;
  const spoken = heard.map((step) =>
    speak(step, { cluster, at, maintenance, folded, foldedInto, remindEveryMs }),
  );

  const reopened = new Set<string | null>(heard.filter(opens).map(({ incident }) => incident.group));
  if (folding.transition?.kind === 'opened') reopened.add(null);
  const owed = previous.owedEnds.filter(({ transition }) => !reopened.has(transition.group));
  const isKeptBack = ({ group, topics }: OwedEnd) => muted(group, topics) !== null;
  const late = owed.filter((one) => !isKeptBack(one)).map((one) => tellLate(one, at, cluster));

  const transitions = present([folding.transition, ...late, ...spoken.map((one) => one.transition)]);
  const audible = transitions.filter(({ silence }) => silence === null);
  const state: IncidentState = {
    at,
    incidents: present(spoken.map(({ incident }) => incident)),
    cluster: folding.incident,
    owedEnds: present([
      ...owed.filter(isKeptBack),
      folding.owedEnd,
      ...spoken.map(({ owedEnd }) => owedEnd),
    ]).slice(-mostUnannounced),
    unannounced: boundUnannounced([...previous.unannounced, ...audible]),
  };
  return { state, transitions };
}

/** The state without these transitions among what is to be announced: they are out. */
export function markAnnounced(state: IncidentState, ids: Iterable<string>): IncidentState {
  const announced = new Set(ids);
  return { ...state, unannounced: state.unannounced.filter(({ id }) => !announced.has(id)) };
}

function stepsOf(
  previous: IncidentState,
  findings: readonly GroupFinding[],
  poll: Poll,
): { readonly list: readonly Step[]; readonly watchedGroups: number } {
  const findingOf = new Map<string, GroupFinding>();
  for (const finding of findings) {
    // While a coordinator moves, two brokers may both list a group.
    const other = findingOf.get(finding.snapshot.group);
    if (other !== undefined && compareSeverity(other.severity, finding.severity) >= 0) continue;
    findingOf.set(finding.snapshot.group, finding);
  }
  const incidentOf = new Map(previous.incidents.map((incident) => [incident.group, incident]));
  const groups = [...new Set([...findingOf.keys(), ...incidentOf.keys()])].sort();
  const list = groups.map((group) => {
    const incident = incidentOf.get(group);
    const finding = findingOf.get(group) ?? null;
    if (incident !== undefined) return continueIncident(incident, finding, poll);
    return beginIncident(finding as GroupFinding, poll);
  });
  return { list: present(list), watchedGroups: groups.length };
}

function hear(
  step: Step,
  owed: OwedEnd | undefined,
  muted: (group: string, topics: readonly string[]) => Mute | null,
): HeardStep {
  const { finding, sight } = step;
  // Who was told of a beginning and not yet of its end, takes this for the same trouble.
  const inherits = owed !== undefined && opens(step);
  const incident = inherits ? { ...step.incident, announcedAt: owed.announcedAt } : step.incident;
  const mute = muted(incident.group, troubledTopics(finding) ?? incident.scope.topics);
  const unmuted = incident.heldBackBy === 'mute' && sight !== 'good';
  const surfaces = mute === null && (opens(step) || unmuted);
  return { ...step, incident, mute, surfaces };
}

function opens({ change }: Step): boolean {
  return change === 'opened';
}

/** The topics that are in trouble now; `null` where nothing is seen to be. */
function troubledTopics(finding: GroupFinding | null): readonly string[] | null {
  if (finding === null || !isAtLeast(finding.severity, 'warning')) return null;
  const trouble = finding.partitions.filter(({ severity }) => isAtLeast(severity, 'warning'));
  return [...new Set(trouble.map(({ reading }) => reading.topic))];
}

/** Announcing may fail for hours. What comes later for the same group says what counts. */
function boundUnannounced(transitions: readonly Transition[]): readonly Transition[] {
  if (transitions.length <= mostUnannounced) return transitions;
  const latest = new Map(transitions.map((transition) => [transition.group, transition]));
  return transitions.filter((one) => latest.get(one.group) === one).slice(-mostUnannounced);
}

function present<T>(some: readonly (T | null)[]): T[] {
  return some.filter((one) => one !== null);
}
