import type { ConsumerGroup } from '../engine/consumer-group.ts';
import type { Cursor } from '../engine/cursor.ts';
import type { World } from '../engine/world.ts';
import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

/** Each member in turn leaves and comes back as another. */
export const rollingDeploy: Archetype = (world, random) => {
  const { everyMs, members, oneByOneMs, lateCommitChance } = ranges.rollingDeploy;
  const count = random.whole(members);
  const topic = stageTopic(world, random, { partitions: random.whole([Math.max(2, count), 6]) });
  const group = stageGroup(world, random, topic);
  group.join(count, world.now);
  world.again(world.now + random.between(everyMs) / 2, () => {
    const pauseMs = random.between(oneByOneMs);
    const old = [...group.readers];
    old.forEach((reader, index) => {
      world.at(world.now + index * pauseMs, () => {
        group.leave([reader], world.now, true);
        world.at(world.now + Math.min(20_000, pauseMs / 2), () => {
          group.join(1, world.now);
          if (random.chance(lateCommitChance)) commitLate(world, group, random.pick(group.cursors));
        });
      });
    });
    return random.between(everyMs);
  });
  return ordinaryDay(random, group, topic);
};

/** A commit of the old owner arrives after one of the new: the position steps back by a few records. */
function commitLate(world: World, group: ConsumerGroup, cursor: Cursor): void {
  const { committed, log } = cursor;
  if (committed === null) return;
  const few = Math.min(50, Math.floor((log.end - log.dates.endAt(world.now - 20_000)) / 2));
  group.commitFor(cursor, Math.max(log.start, committed - few), world.now);
}

/** From two members to six and back again. */
export const autoscaling: Archetype = (world, random) => {
  const { everyMs, fewest, most, stepMs } = ranges.autoscaling;
  const topic = stageTopic(world, random, { partitions: most });
  const group = stageGroup(world, random, topic);
  group.join(fewest, world.now);
  world.again(world.now + random.between(everyMs) / 2, () => {
    const pauseMs = random.between(stepMs);
    const goal = group.readers.length > fewest ? fewest : most;
    const steps = Math.abs(goal - group.readers.length);
    for (let i = 0; i < steps; i++) world.at(world.now + i * pauseMs, () => scale(world, group, goal));
    return Math.max(random.between(everyMs), steps * pauseMs + 60_000);
  });
  return ordinaryDay(random, group, topic);
};

function scale(world: World, group: ConsumerGroup, goal: number): void {
  if (group.readers.length < goal) group.join(1, world.now);
  else if (group.readers.length > goal) group.leave(group.readers.slice(-1), world.now, true);
}

/** Every broker in turn goes and comes back, as in a patch of the cluster. */
export const brokerRestarts: Archetype = (world, random) => {
  const { everyMs, downMs, betweenMs, leaderlessChance } = ranges.brokerRestarts;
  const leaderless = random.between(leaderlessChance);
  const topic = stageTopic(world, random);
  const group = stageGroup(world, random, topic);
  group.join(Math.min(2, topic.plan.partitions), world.now);
  world.again(world.now + random.between(everyMs) / 2, () => {
    let at = world.now;
    for (const broker of world.brokers) {
      const lastsMs = random.between(downMs);
      world.at(at, () => world.stopBroker(broker, leaderless));
      world.at(at + lastsMs, () => world.startBroker(broker));
      at += lastsMs + random.between(betweenMs);
    }
    return at - world.now + random.between(everyMs);
  });
  return ordinaryDay(random, group, topic);
};
