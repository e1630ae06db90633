import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { memberCount, stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.whole([0, 15]).toString(16)).join('');
}

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((digits) => hex(random, digits)).join('-');
}

/** Two names of one service: they differ in a version, a hash or a UUID. */
function namePair(random: Random): readonly [string, string] {
  const version = random.whole([1, 20]);
  return random.pick([
    [`billing-v${version}`, `billing-v${version + 1}`],
    [`billing-${hex(random, 8)}`, `billing-${hex(random, 8)}`],
    [`billing-${uuid(random)}`, `billing-${uuid(random)}`],
  ]);
}

/** The old group stops for good while records go on arriving; another name takes over its topics. */
export const blueGreen: Archetype = (world, random) => {
  const { switchAfterMs, overlapMs } = ranges.blueGreen;
  const [blue, green] = namePair(random);
  const topic = stageTopic(world, random);
  const members = memberCount(topic, random);
  const old = stageGroup(world, random, topic, { name: blue });
  old.join(members, world.now);
  const scenario = ordinaryDay(random, old, topic);
  world.at(world.now + scenario.warmUpMs + random.between(switchAfterMs), () => {
    const next = stageGroup(world, random, topic, { name: green });
    next.join(members, world.now);
    world.at(world.now + random.between(overlapMs), () => old.leaveAll(world.now));
  });
  return scenario;
};
