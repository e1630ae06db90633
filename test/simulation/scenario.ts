import type { EpochMs } from '../../shared/domain/offset.ts';
import type { ConsumerGroup } from './engine/consumer-group.ts';
import type { Topic } from './engine/topic.ts';
import type { World } from './engine/world.ts';
import type { ClusterSetting } from './monitor.ts';
import type { Random } from './random.ts';
import type { Fault } from './truth.ts';

/** What a case's cluster does, set up and ready to run. */
export interface Scenario extends ClusterSetting {
  /** Before the monitor sees it first: at least one cycle of the kind, so that watching begins anywhere in it. */
  readonly warmUpMs: number;
  readonly watchMs: number;
  /** The group and topic that the kind is about; siblings are in the world beside them. */
  readonly group: ConsumerGroup;
  readonly topic: Topic;
}

/** Sets up the groups of one kind in a world that has not begun. */
export type Archetype = (world: World, random: Random) => Scenario;

/** One simulated cluster over time. The seed alone makes it what it is. */
export interface SimulationCase {
  readonly name: string;
  readonly kind: string;
  readonly seed: number;
  /** Stretches without a single poll are for healthy groups: during a fault they would only blur the delay. */
  readonly pollingGaps: boolean;
  readonly build: Archetype;
  /** Plants faults once the scenario stands; gives back the list that they are entered in as they happen. */
  readonly plant?: (world: World, random: Random, scenario: Scenario, watchedFrom: EpochMs) => PlantedFaults;
}

export interface PlantedFaults {
  readonly faults: readonly Fault[];
  readonly watchMs: number;
}
