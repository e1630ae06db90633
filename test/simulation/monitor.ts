import type { GroupFinding } from '../../shared/domain/finding.ts';
import type { Severity } from '../../shared/domain/severity.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Verdict } from '../../shared/domain/verdict-names.ts';

export type IncidentState = 'ok' | 'pending' | 'firing' | 'resolved';

/** A change in a group's incident; `group` is `null` for one that concerns the cluster. */
export interface MonitorTransition {
  readonly group: string | null;
  readonly from: IncidentState;
  readonly to: IncidentState;
  readonly fromVerdict: Verdict | null;
  readonly toVerdict: Verdict;
  readonly severity: Severity;
  readonly reason: string;
}

/** What the simulation needs of a monitor: it is shown each snapshot once, in order, and keeps its own memory. */
export interface Monitor {
  poll(snapshot: Snapshot): {
    readonly findings: readonly GroupFinding[];
    readonly transitions: readonly MonitorTransition[];
  };
}

/** What a monitor is told of the cluster by its configuration. */
export interface ClusterSetting {
  /** `replica`: its groups are synced from another cluster, and nobody reads there. */
  readonly role: 'primary' | 'replica';
}

/** A fresh monitor for one simulated cluster. */
export type MonitorFactory = (setting: ClusterSetting) => Monitor;
