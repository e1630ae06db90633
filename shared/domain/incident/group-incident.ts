import type { EpochMs } from '../offset.ts';
import type { Severity } from '../severity.ts';
import type { Scope } from '../transition.ts';
import type { Verdict } from '../verdict-names.ts';

/** A group's trouble from the first poll that saw it to the last. Plain data: kept from poll to poll. */
export interface GroupIncident {
  readonly group: string;
  readonly phase: 'pending' | 'firing';
  /** When the first poll saw it. */
  readonly openedAt: EpochMs;
  /** The running number of the next transition. */
  readonly sequence: number;
  /** Firing: the confirmed severity. Pending: that of the latest poll. */
  readonly severity: TroubleSeverity;
  /** The worst that it has had while firing. */
  readonly worstSeverity: TroubleSeverity;
  /** The latest verdict; `unknown` while the group is not seen. */
  readonly verdict: Verdict;
  /** The verdict at the latest transition. */
  readonly toldVerdict: Verdict;
  /** The topic of the partition that decided last: whose policy holds. `null`: the group as a whole. */
  readonly topic: string | null;
  /** Firing: the widest so far. Pending: that of the latest poll. */
  readonly scope: Scope;
  readonly runs: Runs;
  /** For how long, as watched, it has not been seen. */
  readonly blindMs: number;
  /** For how long, as watched, no broker listed it or its commits were gone; `null` while it is there, or nobody can tell. */
  readonly awayMs: number | null;
  /** What the group's loss counter stood at before the incident. */
  readonly lostBefore: bigint;
  /** Records lost since. */
  readonly recordsLost: bigint;
  /** When somebody could first be told of it: it fired, or its mute ended. `null`: not yet, or it is old news. */
  readonly surfacedAt: EpochMs | null;
  /** When it was last announced in its own name; `null`: never. */
  readonly announcedAt: EpochMs | null;
  /** What keeps back something that has not been announced; `null`: nothing is kept back. */
  readonly heldBackBy: 'mute' | 'fold' | null;
  /** Whether the cluster's incident speaks for it. */
  readonly folded: boolean;
}

/** Severities that open an incident. */
export type TroubleSeverity = Extract<Severity, 'warning' | 'critical'>;

/** What one poll saw of a group, as far as incidents care. `blind`: it says nothing, neither for nor against. */
export type Sight = TroubleSeverity | 'good' | 'blind';

/** Polls running, blind ones left out: they neither add nor end a run. */
export interface Runs {
  /** At `warning` or worse. */
  readonly bad: number;
  readonly critical: number;
  /** Below `critical`, all of the group read. */
  readonly milder: number;
  readonly good: number;
  /** In trouble further than was announced. */
  readonly wider: number;
}

export const noRuns: Runs = { bad: 0, critical: 0, milder: 0, good: 0, wider: 0 };

/** The runs after one more poll that was not blind. */
export function countPoll(
  runs: Runs,
  sight: Exclude<Sight, 'blind'>,
  { whole, wider }: { readonly whole: boolean; readonly wider: boolean },
): Runs {
  return {
    bad: sight === 'good' ? 0 : runs.bad + 1,
    critical: sight === 'critical' ? runs.critical + 1 : 0,
    milder: sight === 'critical' ? 0 : whole ? runs.milder + 1 : runs.milder,
    good: sight === 'good' ? runs.good + 1 : 0,
    wider: wider ? runs.wider + 1 : 0,
  };
}
