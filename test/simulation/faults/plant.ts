import type { EpochMs } from '../../../shared/domain/offset.ts';
import { ranges } from '../ranges.ts';
import type { PlantedFaults } from '../scenario.ts';
import type { Fault, FaultKind } from '../truth.ts';
import type { BegunFault, Victim } from './begun-fault.ts';

const { faults: drawn } = ranges;
const minuteMs = 60_000;

/** Enters a fault into the group's future, with its end, and now and then another one after its recovery. */
export function plantFaults(
  kind: FaultKind,
  begin: (victim: Victim) => BegunFault,
  victim: Victim,
  watchedFrom: EpochMs,
): PlantedFaults {
  const { world, random } = victim;
  const faults: Fault[] = [];
  const isEarly = random.chance(drawn.earlyShare);
  let at = watchedFrom + random.between(isEarly ? drawn.earlyMs : drawn.steadyMs);
  const times = random.chance(drawn.relapseChance) ? 2 : 1;
  for (let nth = 0; nth < times; nth++) {
    const lastsMs = random.between(drawn.lastsMs);
    world.at(at, () => {
      const begun = begin(victim);
      const fault = toFault(kind, victim, begun, nth > 0);
      faults.push(fault);
      world.at(world.now + (begun.lastsMs ?? lastsMs), () => {
        begun.mend();
        fault.endsAt = world.now;
        // A pause that was a fault says nothing of the pauses that are innocent here.
        for (const cursor of begun.struck) cursor.busySince = world.now;
      });
    });
    at += lastsMs + random.between(nth < times - 1 ? drawn.relapseAfterMs : drawn.recoveryMs);
  }
  return { faults, watchMs: at - watchedFrom };
}

function toFault(kind: FaultKind, victim: Victim, begun: BegunFault, isRelapse: boolean): Fault {
  const { world, group, topic } = victim;
  return {
    kind,
    group: group.name,
    topic: topic.plan.name,
    partitions: begun.struck.map(({ partition }) => partition),
    expected: begun.expected,
    // Where records are rare, a partition without any cannot show whether its reader stands still.
    scope: topic.rate(world.now) < 1 ? null : (begun.scope ?? null),
    leastSeverity: begun.leastSeverity ?? 'warning',
    at: world.now,
    knownAt: null,
    withinMs: begun.withinMs ?? innocentSilenceMs(begun),
    endsAt: null,
    lost: null,
    isRelapse,
    isKnown: begun.isKnown,
    countLost: begun.lost ?? null,
  };
}

/** How long silence may last without a meaning here: three times the widest pause, as polls see it, within limits. */
function innocentSilenceMs({ struck }: BegunFault): number {
  const widestMs = Math.max(...struck.map(({ widestPauseMs }) => widestPauseMs)) + 1.5 * minuteMs;
  return Math.min(360 * minuteMs, Math.max(5 * minuteMs, 3 * widestMs));
}
