import type { StallScope } from '../../shared/domain/judgement.ts';
import type { EpochMs } from '../../shared/domain/offset.ts';
import type { Severity } from '../../shared/domain/severity.ts';
import type { Verdict } from '../../shared/domain/verdict-names.ts';

export const faultKinds = [
  'consumers-killed',
  'member-hangs',
  'group-hangs',
  'poison-record',
  'poison-low-traffic',
  'partition-unassigned',
  'transaction-hangs',
  'records-deleted',
  'retention-overtakes',
  'topic-recreated',
  'log-truncated',
  'committed-beyond',
  'reset-back',
  'rebalance-loop',
  'rebalance-stuck',
  'consumer-too-slow',
  'loss-ahead',
  'broker-unread',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** The truth about one fault. Times are simulated ones; `null` is what has not come to pass. */
export interface Fault {
  readonly kind: FaultKind;
  readonly group: string;
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Any of these is right; more than one where an honest observer cannot tell. */
  readonly expected: readonly Verdict[];
  /** What stands still, where the verdict tells it. */
  readonly scope: StallScope | null;
  /** The least that it has to be announced as. */
  readonly leastSeverity: Severity;
  /** When it began. */
  readonly at: EpochMs;
  /** From when on an observer can tell: records wait, a commit shows it. */
  knownAt: EpochMs | null;
  /** How long after `knownAt` it may take, without the polls that confirm it. */
  withinMs: number;
  /** When it was mended. */
  endsAt: EpochMs | null;
  /** How many records were lost to the group. */
  lost: number | null;
  /** It is not the first of its group. */
  readonly isRelapse: boolean;
  /** Asked after each step until it says yes. */
  readonly isKnown: () => boolean;
  readonly countLost: (() => number) | null;
}
