import type { ConsumerGroup } from '../engine/consumer-group.ts';
import type { World } from '../engine/world.ts';
import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { dayMs, memberCount, stageGroup, stageTopic } from './staging.ts';

/** Reads all there is, then leaves: the group is Empty until the next run. */
function runBatch(world: World, group: ConsumerGroup, members: number): void {
  // The run before this one takes longer than planned.
  if (group.readers.length > 0) return;
  const goal = group.cursors.map((cursor) => cursor.log.readable);
  group.join(members, world.now);
  world.again(world.now + 30_000, () => {
    const isDone = group.cursors.every((cursor, index) => cursor.position >= (goal[index] as number));
    if (!isDone) return 10_000;
    group.leaveAll(world.now);
    return null;
  });
}

function batchEvery(
  world: World,
  random: Random,
  everyMs: number,
  jitterMs: readonly [number, number],
  runMs: number,
) {
  const topic = stageTopic(world, random, { retentionMs: Math.max(4 * everyMs, dayMs) });
  const mean = (topic.plan.rate(world.now) + topic.plan.rate(world.now + dayMs / 2)) / 2;
  const group = stageGroup(world, random, topic, { pace: Math.max((mean * everyMs) / runMs, mean * 2) });
  const members = memberCount(topic, random);
  let due = world.now + random.between([0, everyMs]);
  world.again(due, () => {
    runBatch(world, group, members);
    due += everyMs;
    return Math.max(60_000, due + random.between(jitterMs) - world.now);
  });
  return { topic, group };
}

/** Runs once an hour or so and is gone in between. */
export const hourlyBatch: Archetype = (world, random) => {
  const { everyMs, jitterMs, runMs } = ranges.hourlyBatch;
  const interval = random.between(everyMs);
  const staged = batchEvery(world, random, interval, jitterMs, random.between(runMs));
  return { role: 'primary', warmUpMs: interval * random.between([1, 2]), watchMs: dayMs, ...staged };
};

/** Runs once a day. */
export const dailyBatch: Archetype = (world, random) => {
  const { jitterMs, runMs, days } = ranges.dailyBatch;
  const staged = batchEvery(world, random, dayMs, jitterMs, random.size(runMs));
  return { role: 'primary', warmUpMs: dayMs * random.between([1, 2]), watchMs: days * dayMs, ...staged };
};
