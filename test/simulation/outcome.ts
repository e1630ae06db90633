import { isAtLeast } from '../../shared/domain/severity.ts';
import type { CaseTruth } from './run-case.ts';
import type { SimulationCase } from './scenario.ts';
import type { Fault } from './truth.ts';
import type { Alarm, Sighting } from './watch.ts';

/** A case with what one monitor made of it. */
export interface Outcome {
  readonly truth: CaseTruth;
  readonly alarms: readonly Alarm[];
  readonly sightings: ReadonlyMap<Fault, Sighting>;
}

export interface FalseAlarm extends Alarm {
  readonly simulation: SimulationCase;
}

/** How long after its end a fault still excuses alarms: what was missed is being read. */
const excusedMs = 20 * 60_000;

/** Warning and critical incidents that no fault explains. On a healthy group that is every one. */
export function falseAlarms({ truth, alarms }: Outcome): FalseAlarm[] {
  const isExcused = ({ at, group }: Alarm) =>
    truth.faults.some(
      (fault) =>
        (group === null || group === fault.group) &&
        at >= fault.at &&
        (fault.endsAt === null || at <= fault.endsAt + excusedMs),
    );
  return alarms
    .filter((alarm) => isAtLeast(alarm.severity, 'warning') && !isExcused(alarm))
    .map((alarm) => ({ ...alarm, simulation: truth.simulation }));
}

/** How a fault was met. */
export interface Detection {
  readonly simulation: SimulationCase;
  readonly fault: Fault;
  /** An incident fired while it lasted. */
  readonly isFound: boolean;
  /** From the first poll that could show the fault to the one that fired, that one included. */
  readonly delayPolls: number | null;
  readonly delayMs: number | null;
  /** One of the expected verdicts was held while the incident was open. */
  readonly isRight: boolean;
  readonly firstVerdict: string | null;
  /** Found within the time that such a group's silence may be innocent, in truth or as it had shown, and the polls that confirm it. */
  readonly isInTime: boolean;
  readonly sighting: Sighting | null;
  /** How long the group had been watched when the fault began. */
  readonly watchedMs: number;
}

/** Polls by which an incident is confirmed, and in which the last step before the silence may be hidden. */
const confirmingPolls = 3;
const pollMs = 60_000;

function lastedLongEnough({ knownAt, endsAt, withinMs }: Fault): boolean {
  return knownAt !== null && (endsAt === null || endsAt - knownAt > withinMs + 2 * confirmingPolls * pollMs);
}

/** All faults of a case that lasted long enough to be told from innocent silence, each with its detection. */
export function detections({ truth, sightings }: Outcome): Detection[] {
  return truth.faults.filter(lastedLongEnough).map((fault) => {
    const sighting = sightings.get(fault) ?? null;
    const delayPolls = sighting?.firedAfterPolls ?? null;
    return {
      simulation: truth.simulation,
      fault,
      isFound: delayPolls !== null,
      delayPolls,
      delayMs: sighting?.firedAfterMs ?? null,
      isRight: (sighting?.rightAfterPolls ?? null) !== null,
      firstVerdict: sighting?.firstVerdict ?? null,
      isInTime:
        delayPolls !== null &&
        delayPolls <=
          Math.ceil(Math.max(fault.withinMs, sighting?.patienceMs ?? 0) / pollMs) + confirmingPolls,
      sighting,
      watchedMs: fault.at - truth.watchedFrom,
    };
  });
}
