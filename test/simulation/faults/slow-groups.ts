import { ranges } from '../ranges.ts';
import type { BegunFault, Victim } from './begun-fault.ts';

const { faults } = ranges;
const minuteMs = 60_000;

/** Sets the readers' pace to this share of what is written. */
function slowDownTo(victim: Victim, share: number): void {
  const { group, topic, world } = victim;
  const capacity = group.habits.capacity.reduce((sum, one) => sum + one, 0);
  group.pace = (share * topic.rate(world.now)) / capacity;
}

/** How old the oldest waiting record is, in milliseconds. */
function oldestWaitingMs({ group, world }: Victim): number {
  return Math.max(
    ...group.cursors.map(({ committed, log }) =>
      committed === null ? 0 : Math.max(0, world.now - log.dates.writtenAt(committed)),
    ),
  );
}

/** More is written than is read. */
export function consumerTooSlow(victim: Victim): BegunFault {
  const { group, world, random } = victim;
  const since = world.now;
  slowDownTo(victim, random.between(faults.slowdown));
  return {
    struck: group.cursors,
    expected: ['falling-behind'],
    isKnown: () => world.now - since >= 10 * minuteMs && oldestWaitingMs(victim) >= 5 * minuteMs,
    // A window of lag, ten minutes of it, has to pass before it is compared.
    withinMs: 10 * minuteMs,
    mend: () => {
      group.pace = 1;
    },
  };
}

/** So slow that retention will have overtaken it within two hours. */
export function lossAhead(victim: Victim): BegunFault {
  const { group, topic, world, random } = victim;
  const since = world.now;
  const share = random.between(faults.lossSlowdown);
  const retentionMs = topic.retentionMs ?? Number.POSITIVE_INFINITY;
  slowDownTo(victim, share);
  const lossInMs = () => (retentionMs - oldestWaitingMs(victim)) / (1 - share);
  return {
    struck: group.cursors,
    expected: ['falling-behind', 'keeping-up', 'draining', 'data-lost'],
    leastSeverity: 'critical',
    isKnown: () => world.now - since >= 10 * minuteMs && lossInMs() < 110 * minuteMs,
    withinMs: 10 * minuteMs,
    mend: () => {
      group.pace = 1;
    },
  };
}

/** Members come and go, each time the group begins to settle. */
export function rebalanceLoop({ world, group, random }: Victim): BegunFault {
  let isOver = false;
  const since = world.now;
  const renewed = random.between([0.5, 1]);
  group.pace = random.between(faults.loopPace);
  world.again(world.now, () => {
    if (isOver) return null;
    const everyMs = random.between(faults.loopEveryMs);
    group.renewMembers(renewed);
    group.rebalance(world.now, everyMs * random.between([0.5, 0.9]));
    return everyMs;
  });
  return {
    struck: group.cursors,
    expected: ['rebalancing'],
    isKnown: () => world.now - since >= 5 * minuteMs && group.cursors.some(({ waiting }) => waiting > 0),
    withinMs: 15 * minuteMs,
    mend: () => {
      isOver = true;
      group.pace = 1;
      group.rebalance(world.now, 10_000);
    },
  };
}

/** A member does not rejoin, and the group waits for it without end. */
export function rebalanceStuck({ world, group }: Victim): BegunFault {
  group.rebalance(world.now, Number.MAX_SAFE_INTEGER);
  return {
    struck: group.cursors,
    expected: ['rebalancing'],
    isKnown: () => group.cursors.some(({ committed, log }) => log.readable > (committed ?? 0)),
    mend: () => group.rebalance(world.now, 10_000),
  };
}

/** The monitor loses a broker: what it leads and coordinates cannot be read. */
export function brokerUnread({ world, group, random }: Victim): BegunFault {
  const ofCoordinator = group.coordinator ?? 1;
  const broker = random.pick([ofCoordinator, ...group.cursors.map(({ log }) => log.leader ?? ofCoordinator)]);
  world.hidden.add(broker);
  return {
    struck:
      broker === ofCoordinator ? group.cursors : group.cursors.filter(({ log }) => log.leader === broker),
    expected: ['unknown'],
    isKnown: () => true,
    // Five minutes from the first poll that missed it, and polls may be late or missed themselves.
    withinMs: 7 * minuteMs,
    lastsMs: random.between(faults.unreadMs),
    mend: () => world.hidden.delete(broker),
  };
}
