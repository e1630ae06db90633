import { BurrowNotifier, BurrowRules, type BurrowStatus } from '../../bench/peers/burrow-rules.ts';
import type { EpochMs } from '../../shared/domain/offset.ts';
import type { Witness } from './run-case.ts';
import type { Fault, FaultKind } from './truth.ts';
import { type Alarm, type Sighting, unseen } from './watch.ts';

/** What Burrow can say that comes nearest to each fault; it has no word for the others. */
const nearest: Readonly<Partial<Record<FaultKind, readonly BurrowStatus[]>>> = {
  'consumers-killed': ['STOP'],
  'member-hangs': ['STOP', 'STALL'],
  'group-hangs': ['STOP', 'STALL'],
  'poison-record': ['STOP', 'STALL'],
  'poison-low-traffic': ['STOP', 'STALL'],
  'partition-unassigned': ['STOP'],
  'transaction-hangs': ['STOP', 'STALL'],
  'reset-back': ['REWIND'],
  'consumer-too-slow': ['WARN'],
  'loss-ahead': ['WARN'],
  'rebalance-stuck': ['STOP', 'STALL'],
  'rebalance-loop': ['WARN', 'STOP', 'STALL'],
};

/** Burrow beside the monitor: it is fed every commit and every end, and judges once a minute, polls or no polls. */
export class BurrowWatch implements Witness {
  readonly alarms: Alarm[] = [];
  readonly sightings = new Map<Fault, Sighting>();
  readonly #rules = new BurrowRules();
  readonly #notifier = new BurrowNotifier();
  readonly #open = new Map<string, BurrowStatus>();

  onCommit(at: EpochMs, group: string, topic: string, partition: number, offset: number): void {
    this.#rules.commit(at, group, topic, partition, offset);
  }

  onEnd(_at: EpochMs, topic: string, partition: number, end: number): void {
    this.#rules.end(topic, partition, end);
  }

  onMinute(at: EpochMs, faults: readonly Fault[]): void {
    for (const group of this.#rules.groups) {
      const { status, worst } = this.#rules.groupStatus(at, group);
      const sent = this.#notifier.notify(group, status);
      if (sent === 'closed') this.#open.delete(group);
      else if (sent === 'opened' || this.#open.has(group)) this.#open.set(group, worst);
      if (sent !== 'opened') continue;
      const severity = status === 'WARN' ? 'warning' : 'critical';
      this.alarms.push({ at, group, verdict: worst, severity, reason: `${group} is ${worst}` });
    }
    for (const fault of faults) this.#compare(at, fault);
  }

  #compare(at: EpochMs, fault: Fault): void {
    if (fault.knownAt === null || at < fault.knownAt || fault.endsAt !== null) return;
    const sighting = this.sightings.get(fault) ?? unseen(fault);
    this.sightings.set(fault, sighting);
    sighting.polls++;
    const status = this.#open.get(fault.group);
    if (status === undefined) return;
    if (sighting.firedAfterPolls === null) {
      sighting.firedAfterPolls = sighting.polls;
      sighting.firedAfterMs = at - fault.knownAt;
      sighting.firstVerdict = status;
    }
    if (nearest[fault.kind]?.includes(status)) sighting.rightAfterPolls ??= sighting.polls;
  }
}
