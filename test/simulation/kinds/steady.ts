import type { ConsumerGroup } from '../engine/consumer-group.ts';
import type { Topic } from '../engine/topic.ts';
import type { World } from '../engine/world.ts';
import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype, Scenario } from '../scenario.ts';
import {
  dayMs,
  type GroupWishes,
  maybeSibling,
  memberCount,
  stageGroup,
  stageTopic,
  type TopicWishes,
} from './staging.ts';

/** A day of a group, watched from a random point after it began. */
export function ordinaryDay(random: Random, group: ConsumerGroup, topic: Topic): Scenario {
  return { role: 'primary', warmUpMs: random.between(ranges.common.warmUpMs), watchMs: dayMs, group, topic };
}

/** Members that read whatever comes. */
function steadyDay(
  world: World,
  random: Random,
  ofTopic: TopicWishes = {},
  ofGroup: GroupWishes = {},
): Scenario {
  const topic = stageTopic(world, random, ofTopic);
  const group = stageGroup(world, random, topic, ofGroup);
  group.join(memberCount(topic, random), world.now);
  maybeSibling(world, random, topic);
  return ordinaryDay(random, group, topic);
}

export const steady: Archetype = (world, random) => steadyDay(world, random);

/** Commits every four minutes, whatever it has read. */
export const fourMinuteCommitter: Archetype = (world, random) =>
  steadyDay(world, random, {}, { commitEveryMs: random.between(ranges.fourMinuteCommitter.commitEveryMs) });

/** A sink that commits when it closes a file, once an hour or so. */
export const hourlySink: Archetype = (world, random) => {
  const commitEveryMs = random.between(ranges.hourlySink.commitEveryMs);
  const scenario = steadyDay(world, random, {}, { commitEveryMs });
  return { ...scenario, warmUpMs: commitEveryMs * random.between([1, 2]) };
};

/** A record every few minutes or hours. */
export const lowTraffic: Archetype = (world, random) => {
  const recordEveryMs = random.size(ranges.lowTraffic.recordEveryMs);
  return steadyDay(world, random, { meanRate: 1000 / recordEveryMs });
};

/** `cleanup.policy=compact`: its start stays 0, and between commit and end there are gaps. */
export const compactedTopic: Archetype = (world, random) =>
  steadyDay(world, random, { compacted: true, retentionMs: null });

/** Records live for minutes only; its reader keeps up. */
export const shortRetention: Archetype = (world, random) =>
  steadyDay(world, random, { retentionMs: random.size(ranges.shortRetention.retentionMs) });

/** Members own partitions and keep their offsets in a store of their own. */
export const offsetsElsewhere: Archetype = (world, random) =>
  steadyDay(world, random, {}, { commits: false, committed: false });

/** Bursts that are read off within some minutes. */
export const bursty: Archetype = (world, random) => {
  const { everyMs, lastsMs, factor, drainedWithinMs } = ranges.bursty;
  const base = random.size(ranges.common.rate) / 5;
  const times = random.between(factor);
  const burstMs = random.between(lastsMs);
  const drainMs = random.between(drainedWithinMs);
  let burstUntil = 0;
  const topic = stageTopic(world, random, { rate: (now) => (now < burstUntil ? base * times : base) });
  // Fast enough to have read a whole burst, and what came since, that long after its end.
  const pace = Math.max(base * 2, (base * times * burstMs) / (burstMs + drainMs) + base);
  const group = stageGroup(world, random, topic, { pace });
  group.join(memberCount(topic, random), world.now);
  world.again(world.now + random.between(everyMs), () => {
    burstUntil = world.now + burstMs;
    return burstMs + drainMs + random.between(everyMs);
  });
  return ordinaryDay(random, group, topic);
};

/** Commits each checkpoint and has no members: Flink, or any reader by assign(). */
export const checkpoints: Archetype = (world, random) => {
  const topic = stageTopic(world, random);
  const commitEveryMs = random.between(ranges.checkpoints.commitEveryMs);
  const group = stageGroup(world, random, topic, { type: 'classic', commitEveryMs });
  // One job: all its partitions are committed at the same checkpoint.
  group.assignSelf(1, world.now);
  return ordinaryDay(random, group, topic);
};
