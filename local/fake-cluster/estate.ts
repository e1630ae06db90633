import type { FakeCluster } from './cluster.ts';
import { commits, group, partition, topic } from './description.ts';

/** How large an estate is: every group commits on all partitions of `topicsPerGroup` of the topics. */
export interface FakeEstate {
  readonly groups: number;
  readonly topics: number;
  readonly partitionsPerTopic: number;
  readonly topicsPerGroup: number;
}

/** Groups that are so many apart have the same offsets and share one description of them. */
const variants = 12;

/** The offset that a group of the estate has committed on a partition; every log of the estate ends at 1000. */
export function committedOf(groupNumber: number, partitionNumber: number): bigint {
  return BigInt(((groupNumber % variants) * 31 + partitionNumber) % 1000);
}

/**
 * Fills the description of a cluster with an estate of any size, `group-0`, `topic-0` and so on, spread over its brokers.
 * Groups share what is alike, so that a description takes a few megabytes for hundreds of thousands of commits.
 */
export function describeEstate({ brokers, description }: FakeCluster, size: FakeEstate): void {
  const on = (number: number) => brokers[number % brokers.length]?.id ?? -1;
  const numbers = Array.from({ length: size.partitionsPerTopic }, (_, number) => number);
  const log = { end: 1000n };
  for (let t = 0; t < size.topics; t++)
    description.topics.set(`topic-${t}`, topic(numbers.map((number) => partition(on(t + number), log))));
  const ofVariants = Array.from({ length: Math.min(variants, size.groups) }, (_, variant) =>
    Object.fromEntries(numbers.map((number) => [number, committedOf(variant, number)])),
  ).map((offsets) => commits('any', offsets).get('any') ?? new Map());
  for (let g = 0; g < size.groups; g++) {
    const own = Array.from(
      { length: size.topicsPerGroup },
      (_, i) => `topic-${(g * size.topicsPerGroup + i) % size.topics}`,
    );
    const offsets = ofVariants[g % variants] ?? new Map();
    description.groups.set(
      `group-${g}`,
      group(on(g), { commits: new Map(own.map((name) => [name, offsets])) }),
    );
  }
}
