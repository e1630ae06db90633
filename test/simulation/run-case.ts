import type { EpochMs } from '../../shared/domain/offset.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { beginPoll, finishPoll } from './engine/poll.ts';
import { World } from './engine/world.ts';
import { Polling } from './polling.ts';
import { Random, seedOf } from './random.ts';
import { ranges } from './ranges.ts';
import type { Scenario, SimulationCase } from './scenario.ts';
import type { Fault } from './truth.ts';

const stepMs = 10_000;
/** Where nobody looks yet, time may pass faster. */
const unwatchedStepMs = 60_000;
const begin: EpochMs = Date.UTC(2026, 2, 1);

/** Whoever follows a case: what a monitor sees, and what only a reader of every commit would. */
export interface Witness {
  /** Every commit as it is made. */
  onCommit?(at: EpochMs, group: string, topic: string, partition: number, offset: number): void;
  /** Every partition's end, every ten seconds, as a client of the brokers reads it. */
  onEnd?(at: EpochMs, topic: string, partition: number, end: number): void;
  /** Once a minute, polled or not. */
  onMinute?(at: EpochMs, faults: readonly Fault[]): void;
  onPoll?(snapshot: Snapshot, faults: readonly Fault[], world: World): void;
  /** The watch is about to begin. */
  onReady?(scenario: Scenario, world: World): void;
}

/** What came of a case, apart from what its witnesses noted. */
export interface CaseTruth {
  readonly simulation: SimulationCase;
  readonly groups: readonly string[];
  readonly watchedFrom: EpochMs;
  readonly watchMs: number;
  readonly polls: number;
  readonly faults: readonly Fault[];
}

/** Runs one case from its warm-up to its end before all witnesses. */
export function runCase(simulation: SimulationCase, witnesses: readonly Witness[]): CaseTruth {
  const random = new Random(simulation.seed);
  const startedAt = begin + Math.floor(random.between([0, 24 * 60])) * 60_000;
  const world = new World(seedOf(simulation.seed, 'world'), startedAt);
  const scenario = simulation.build(world, random);
  const onCommit = listenToCommits(witnesses);
  const endsWanted = witnesses.filter((witness) => witness.onEnd !== undefined);
  warmUp(world, scenario.warmUpMs, onCommit, endsWanted);
  const from = world.now;
  const planted = simulation.plant?.(world, random, scenario, from);
  const faults = planted?.faults ?? [];
  const watchMs = planted?.watchMs ?? scenario.watchMs;
  const polling = new Polling(
    new Random(seedOf(simulation.seed, 'polls')),
    from,
    watchMs,
    simulation.pollingGaps,
  );
  for (const witness of witnesses) witness.onReady?.(scenario, world);

  const pollRandom = new Random(seedOf(simulation.seed, 'poll'));
  let polls = 0;
  let pollIn = 0;
  for (let step = 0; step * stepMs < watchMs; step++) {
    const isMinute = (step * stepMs) % ranges.polling.everyMs === 0;
    if (isMinute) pollIn = polling.lateness();
    else pollIn--;
    const trouble = pollIn === 0 ? polling.at(world.now, world.brokers) : null;
    if (trouble === null) world.step(stepMs);
    else {
      const open = beginPoll(world, trouble, pollRandom);
      world.step(stepMs, () => {
        const snapshot = finishPoll(world, open, trouble, pollRandom);
        for (const witness of witnesses) witness.onPoll?.(snapshot, faults, world);
      });
      polls++;
    }
    for (const group of world.groups) group.onCommit = onCommit;
    if (faults.length > 0) notice(faults, world.now);
    tellEnds(world, endsWanted);
    if (isMinute) for (const witness of witnesses) witness.onMinute?.(world.now, faults);
  }
  return {
    simulation,
    groups: world.groups.map(({ name }) => name),
    watchedFrom: from,
    watchMs,
    polls,
    faults,
  };
}

function listenToCommits(witnesses: readonly Witness[]): Required<Witness>['onCommit'] | null {
  const listeners = witnesses.filter((witness) => witness.onCommit !== undefined);
  if (listeners.length === 0) return null;
  return (at, group, topic, partition, offset) => {
    for (const listener of listeners) listener.onCommit?.(at, group, topic, partition, offset);
  };
}

/** In large steps, and the last half hour as it will go on. */
function warmUp(
  world: World,
  warmUpMs: number,
  onCommit: Required<Witness>['onCommit'] | null,
  endsWanted: readonly Witness[],
): void {
  for (const group of world.groups) group.onCommit = onCommit;
  const fineMs = 30 * 60_000;
  for (let left = warmUpMs; left > 0; ) {
    const large = left > fineMs;
    world.step(large ? unwatchedStepMs : stepMs);
    left -= large ? unwatchedStepMs : stepMs;
    tellEnds(world, endsWanted);
  }
}

function tellEnds(world: World, witnesses: readonly Witness[]): void {
  if (witnesses.length === 0) return;
  for (const { id, plan, logs } of world.topics) {
    if (id === null) continue;
    logs.forEach((log, partition) => {
      if (log.leader === null) return;
      for (const witness of witnesses) witness.onEnd?.(world.now, plan.name, partition, log.end);
    });
  }
}

/** Writes down from when on each fault could be seen. */
function notice(faults: readonly Fault[], now: EpochMs): void {
  for (const fault of faults) {
    if (fault.knownAt !== null || fault.endsAt !== null || !fault.isKnown()) continue;
    fault.knownAt = now;
    fault.lost = fault.countLost?.() ?? null;
  }
}
