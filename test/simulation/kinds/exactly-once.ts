import type { TransactionHabits } from '../engine/topic.ts';
import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { memberCount, stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

/** What an exactly-once topic is like, whoever reads it. */
export function transactionHabits(random: Random): TransactionHabits {
  const { abortChance, openChance, mostAborted } = ranges.exactlyOnce;
  return { abortChance: random.between(abortChance), openChance: random.between(openChance), mostAborted };
}

/**
 * Written in transactions by turns of activity and silence: a commit behind the last record leaves the marker, and an
 * aborted transaction all its records, until something is committed behind them.
 */
export const exactlyOnce: Archetype = (world, random) => {
  const { rate, activeMs, flatMs } = ranges.exactlyOnce;
  const mean = random.size(rate);
  let isActive = true;
  const topic = stageTopic(world, random, {
    rate: () => (isActive ? mean : 0),
    transactions: transactionHabits(random),
  });
  const group = stageGroup(world, random, topic, { pace: mean * 4, passesMarkers: random.chance(0.3) });
  group.join(memberCount(topic, random), world.now);
  world.again(world.now + random.between(activeMs), () => {
    isActive = !isActive;
    return random.between(isActive ? activeMs : flatMs);
  });
  return ordinaryDay(random, group, topic);
};
