import type { GroupFinding } from './finding.ts';
import type { Maintenance } from './incident/course.ts';
import type { Mute } from './incident/mute.ts';
import { advanceIncidents, type IncidentState, noIncidents } from './incident.ts';
import { judge } from './judge.ts';
import type { ClusterMemory } from './memory/cluster-memory.ts';
import { stepTo } from './memory/poll-step.ts';
import { remember } from './memory/remember.ts';
import { defaultPolicy, type PolicyFor } from './policy.ts';
import { measure } from './reading.ts';
import type { Snapshot } from './snapshot.ts';
import type { Transition } from './transition.ts';
import { everyBrokerRead, unlistedGroups } from './unlisted-groups.ts';

/** All that is kept of one cluster from poll to poll. */
export interface MonitorState {
  readonly memory: ClusterMemory;
  readonly incidents: IncidentState;
}

/** What is wanted of a cluster, and what is known of it besides its polls. */
export interface EvaluationRules {
  readonly policyFor: PolicyFor;
  readonly mutes: readonly Mute[];
  readonly maintenance: Maintenance | null;
}

/** What holds where nobody says otherwise. */
export const defaultRules: EvaluationRules = {
  policyFor: () => defaultPolicy,
  mutes: [],
  maintenance: null,
};

/** What one poll comes to. */
export interface Evaluation {
  readonly state: MonitorState;
  readonly findings: readonly GroupFinding[];
  readonly transitions: readonly Transition[];
}

/**
 * From one snapshot, and what was kept of those before it, to findings and incidents: what every poll goes through, be
 * it live, on a laptop, or read back from a recording.
 *
 * @param previous `null`: a first look, without any memory
 * @param snapshot must be newer than the memory: see `isNews`
 */
export function evaluate(
  previous: MonitorState | null,
  snapshot: Snapshot,
  rules: EvaluationRules = defaultRules,
): Evaluation {
  const { policyFor, mutes, maintenance } = rules;
  const unlisted = previous === null ? [] : unlistedGroups(previous.memory, snapshot);
  const readings = [...measure(snapshot), ...unlisted];
  const memory = remember(previous?.memory ?? null, snapshot, readings, policyFor);
  const findings = judge(readings, memory, snapshot, policyFor);
  const { state: incidents, transitions } = advanceIncidents(previous?.incidents ?? noIncidents, {
    at: snapshot.at,
    clusterName: snapshot.cluster.name,
    findings,
    everyBrokerRead: everyBrokerRead(snapshot),
    policyFor,
    mutes,
    maintenance,
    watchedMs: stepTo(snapshot.at, previous?.memory ?? null).watchedMs,
  });
  return { state: { memory, incidents }, findings, transitions };
}

/** Whether the snapshot tells anything new: a clock that went back, or a line that came twice, does not. */
export function isNews(previous: MonitorState | null, snapshot: Snapshot): boolean {
  return previous === null || snapshot.at > previous.memory.at;
}
