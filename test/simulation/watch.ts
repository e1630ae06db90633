import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import type { StallScope } from '../../shared/domain/judgement.ts';
import type { EpochMs } from '../../shared/domain/offset.ts';
import { compareSeverity, isAtLeast, type Severity } from '../../shared/domain/severity.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Monitor, MonitorFactory, MonitorTransition } from './monitor.ts';
import type { Witness } from './run-case.ts';
import type { Scenario } from './scenario.ts';
import type { Fault } from './truth.ts';

/** An incident that began to fire. */
export interface Alarm {
  readonly at: EpochMs;
  readonly group: string | null;
  readonly verdict: string;
  readonly severity: Severity;
  readonly reason: string;
}

/** What a monitor made of one fault. Polls are counted from the first one after the fault could be known. */
export interface Sighting {
  readonly fault: Fault;
  /** Polls that could see the fault until the incident fired; `null` where it did not before the fault was mended. */
  firedAfterPolls: number | null;
  firedAfterMs: number | null;
  firstVerdict: string | null;
  /** The same until one of the expected verdicts was held. */
  rightAfterPolls: number | null;
  /** The scopes that the stall was held to have while the incident was open. */
  readonly scopes: Set<StallScope>;
  /** For how long the monitor itself held such silence to be innocent; 0 where that played no part. */
  patienceMs: number;
  /** The records that were held to be lost when the loss was announced. */
  lost: bigint | null;
  /** Polls so far that could see it. */
  polls: number;
}

/** Follows a monitor through a case: its alarms, and how it meets each fault. */
export class Watch implements Witness {
  readonly alarms: Alarm[] = [];
  readonly sightings = new Map<Fault, Sighting>();
  readonly #create: MonitorFactory;
  #monitor: Monitor | null = null;
  readonly #firing = new Map<string | null, { readonly severity: Severity; readonly verdict: string }>();
  /** Milliseconds spent in the monitor. */
  spentMs = 0;

  constructor(create: MonitorFactory) {
    this.#create = create;
  }

  onReady({ role }: Scenario): void {
    this.#monitor = this.#create({ role });
  }

  onPoll(snapshot: Snapshot, faults: readonly Fault[]): void {
    if (this.#monitor === null) throw new Error('the watch has not begun');
    const before = performance.now();
    const { findings, transitions } = this.#monitor.poll(snapshot);
    this.spentMs += performance.now() - before;
    for (const transition of transitions) this.#note(snapshot.at, transition);
    for (const fault of faults) this.#compare(fault, snapshot, findings);
  }

  #note(at: EpochMs, { group, to, toVerdict, severity, reason }: MonitorTransition): void {
    if (to !== 'firing') {
      this.#firing.delete(group);
      return;
    }
    const before = this.#firing.get(group);
    const isWorse = before !== undefined && compareSeverity(severity, before.severity) > 0;
    this.#firing.set(group, { severity, verdict: toVerdict });
    if (before === undefined || isWorse)
      this.alarms.push({ at, group, verdict: toVerdict, severity, reason });
  }

  #compare(fault: Fault, snapshot: Snapshot, findings: readonly GroupFinding[]): void {
    if (fault.knownAt === null || snapshot.at < fault.knownAt || fault.endsAt !== null) return;
    const sighting = this.sightings.get(fault) ?? unseen(fault);
    this.sightings.set(fault, sighting);
    const isBlind = fault.kind !== 'broker-unread' && !canBeSeen(fault, snapshot);
    if (!isBlind) sighting.polls++;
    const open = this.#firing.get(fault.group);
    if (open === undefined || !isAtLeast(open.severity, fault.leastSeverity)) return;
    const finding = findings.find(({ snapshot: { group } }) => group === fault.group);
    if (sighting.firedAfterPolls === null) {
      sighting.firedAfterPolls = sighting.polls;
      sighting.firedAfterMs = snapshot.at - fault.knownAt;
      sighting.firstVerdict = open.verdict;
    }
    const judgement = finding === undefined ? null : struckPartition(fault, finding);
    if (judgement !== null && 'patienceMs' in judgement.evidence) {
      sighting.patienceMs = Math.max(sighting.patienceMs, judgement.evidence.patienceMs);
    }
    if (judgement?.verdict === 'stalled') sighting.scopes.add(judgement.evidence.scope);
    if (sighting.rightAfterPolls !== null || (judgement === null && !isExpected(fault, open.verdict))) return;
    sighting.rightAfterPolls = sighting.polls;
    sighting.lost = judgement?.verdict === 'data-lost' ? judgement.evidence.lost : null;
  }
}

/** Before anything was made of it. */
export function unseen(fault: Fault): Sighting {
  return {
    fault,
    firedAfterPolls: null,
    firedAfterMs: null,
    firstVerdict: null,
    rightAfterPolls: null,
    scopes: new Set(),
    patienceMs: 0,
    lost: null,
    polls: 0,
  };
}

/** Whether this poll read the group and the partitions that the fault struck. */
function canBeSeen(fault: Fault, { groups, topics }: Snapshot): boolean {
  const group = groups.find((one) => one.group === fault.group);
  if (group === undefined || group.unread !== null) return false;
  const logs = topics.get(fault.topic)?.partitions;
  return fault.partitions.some((partition) => logs?.get(partition)?.unread === null);
}

function isExpected(fault: Fault, verdict: string): boolean {
  return fault.expected.some((expected) => expected === verdict);
}

/** A partition that the fault struck and that is judged as it should be; `null` where there is none. */
function struckPartition(fault: Fault, finding: GroupFinding): PartitionFinding | null {
  const struck = finding.partitions.find(
    ({ verdict, severity, reading }) =>
      isExpected(fault, verdict) &&
      reading.topic === fault.topic &&
      fault.partitions.includes(reading.partition) &&
      // What is milder than an alarm explains none.
      isAtLeast(severity, verdict === 'unknown' ? 'info' : 'warning'),
  );
  return struck ?? null;
}
