import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { memberCount, stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

/** Holds each record for half an hour before it tries again; between busy spells nothing comes for hours. */
export const delayedRetry: Archetype = (world, random) => {
  const { delayMs, recordEveryMs, idleMs, busyMs } = ranges.delayedRetry;
  const rate = 1000 / random.size(recordEveryMs);
  let isBusy = random.chance(0.5);
  const topic = stageTopic(world, random, { rate: () => (isBusy ? rate : 0) });
  const group = stageGroup(world, random, topic, { pace: 100, delayMs: random.between(delayMs) });
  group.join(memberCount(topic, random), world.now);
  world.again(world.now + random.between(busyMs), () => {
    isBusy = !isBusy;
    return random.between(isBusy ? busyMs : idleMs);
  });
  return ordinaryDay(random, group, topic);
};
