import type { EpochMs } from './offset.ts';
import type { Severity } from './severity.ts';
import type { Verdict } from './verdict-names.ts';

/** Where an incident stands. A group without one is `ok`; one that is `resolved` is over and forgotten. */
export type IncidentPhase = 'ok' | 'pending' | 'firing' | 'resolved';

/**
 * What a transition tells.
 *
 * - `suspected`: ok → pending; trouble was seen, not yet often enough
 * - `dismissed`: pending → ok; it was gone before it was confirmed
 * - `opened`: → firing; confirmed
 * - `worsened`, `eased`: the confirmed severity went up or down
 * - `widened`: it concerns more of the group, another topic, or (the cluster's incident) twice as many groups
 * - `reminded`: it goes on
 * - `unmuted`: a mute is over that kept something back: that it fires or, from `resolved`, that a trouble which had
 *   been announced ended meanwhile
 * - `unfolded`: the cluster's incident is over, this group's is not, and not all of it has been announced
 * - `resolved`: firing → resolved; seen good again
 * - `vanished`: firing → resolved; the group or its commits are gone, and it was never seen good again
 */
export type TransitionKind =
  | 'suspected'
  | 'dismissed'
  | 'opened'
  | 'worsened'
  | 'eased'
  | 'widened'
  | 'reminded'
  | 'unmuted'
  | 'unfolded'
  | 'resolved'
  | 'vanished';

/**
 * Why nobody is told of a transition: `pending` is no news yet; a mute, with its own `why` if it gives one; it is `folded` into the
 * cluster's incident (the id of that incident: the first part of its transitions' ids); it ends something of whose
 * beginning nobody was told.
 */
export type Silence =
  | { readonly because: 'pending' }
  | { readonly because: 'muted'; readonly why: string | null }
  | { readonly because: 'folded'; readonly into: string }
  | { readonly because: 'untold' };

/** How far trouble reaches: one partition; some (one member's, or more than one); all that the group reads; many groups. */
export type Breadth = 'partition' | 'member' | 'group' | 'cluster';

export interface Scope {
  readonly breadth: Breadth;
  /** Topics with a partition in trouble, sorted; none where the group as a whole is judged, and for a cluster. */
  readonly topics: readonly string[];
}

/** An incident's change of state, or a word about one that goes on. */
export interface Transition {
  /** Made of the incident and a running number alone: the same input twice gives the same id. */
  readonly id: string;
  readonly kind: TransitionKind;
  /** `null` for the incident of the cluster, into which those of many groups are folded. */
  readonly group: string | null;
  readonly from: IncidentPhase;
  readonly to: IncidentPhase;
  /** The verdict at the incident's previous transition; `null` at its first. */
  readonly fromVerdict: Verdict | null;
  readonly toVerdict: Verdict;
  /** The severity before; `ok` where there was no incident. */
  readonly fromSeverity: Severity;
  /** The confirmed severity; while pending that of the latest poll; `ok` or `info` where it resolves. */
  readonly severity: Severity;
  /** The worst severity that the incident has had while firing: who hears of that must hear of its end. */
  readonly worstSeverity: Severity;
  readonly scope: Scope;
  readonly reason: string;
  readonly at: EpochMs;
  /** When the first of the polls running saw the trouble; when the cluster's incident was declared. */
  readonly openedAt: EpochMs;
  /** How long the incident has lasted, or did; never negative. */
  readonly durationMs: number;
  /** Records lost during the incident, as far as it was watched. */
  readonly recordsLost: bigint;
  /** `null`: to be announced. */
  readonly silence: Silence | null;
}

/** Whose incident, and since when. Four parts for a group's, of which this is three; three for the cluster's. */
export function incidentId(incident: {
  readonly cluster: string;
  readonly group: string | null;
  readonly openedAt: EpochMs;
}): string {
  const { cluster, group, openedAt } = incident;
  const whose = group === null ? asPart(cluster) : `${asPart(cluster)}/${asPart(group)}`;
  return `${whose}/${openedAt}`;
}

/** Any name may hold a slash: escaped, so that no two incidents share an id. */
function asPart(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F');
}
