import type { World } from '../engine/world.ts';
import { transactionHabits } from '../kinds/exactly-once.ts';
import { dayMs, type GroupWishes, stageGroup, stageTopic, type TopicWishes } from '../kinds/staging.ts';
import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype, Scenario } from '../scenario.ts';

const { faults, common } = ranges;

export type BaseName = 'steady' | 'bursty' | 'four-minute' | 'low-traffic' | 'rare-records' | 'exactly-once';

/** The life that a group led before its fault: all its members are there, and it keeps up. */
function healthyLife(
  world: World,
  random: Random,
  ofTopic: TopicWishes & { readonly meanRate: number },
  ofGroup: GroupWishes = {},
): Scenario {
  const mean = ofTopic.meanRate;
  const topic = stageTopic(world, random, {
    partitions: random.whole(faults.partitions),
    firstEnd: faults.firstEnd,
    segmentMs: 60_000,
    rate: () => mean,
    ...ofTopic,
  });
  const group = stageGroup(world, random, topic, {
    pace: mean * random.between(faults.headroom),
    cooperative: false,
    ...ofGroup,
  });
  group.join(random.whole(faults.members), world.now);
  return {
    role: 'primary',
    warmUpMs: random.between(common.warmUpMs),
    watchMs: dayMs,
    group,
    topic,
  };
}

/** Bursts of some minutes, read off within minutes. */
function burstyLife(world: World, random: Random): Scenario {
  const { everyMs, lastsMs, drainedWithinMs } = ranges.bursty;
  const meanRate = random.size(faults.rate) / 5;
  const times = random.between([5, 15]);
  const burstMs = random.between(lastsMs);
  const drainMs = random.between(drainedWithinMs);
  let burstUntil = 0;
  world.again(world.now + random.between(everyMs), () => {
    burstUntil = world.now + burstMs;
    return burstMs + drainMs + random.between(everyMs);
  });
  const rate = (now: number) => (now < burstUntil ? meanRate * times : meanRate);
  const pace = Math.max(meanRate * 2, (meanRate * times * burstMs) / (burstMs + drainMs) + meanRate);
  return healthyLife(world, random, { meanRate, rate }, { pace });
}

export const bases: Readonly<Record<BaseName, Archetype>> = {
  steady: (world, random) => healthyLife(world, random, { meanRate: random.size(faults.rate) }),
  bursty: burstyLife,
  'four-minute': (world, random) =>
    healthyLife(
      world,
      random,
      { meanRate: random.size(faults.rate) },
      { commitEveryMs: random.between(ranges.fourMinuteCommitter.commitEveryMs) },
    ),
  'low-traffic': (world, random) => healthyLife(world, random, { meanRate: random.size(faults.lowRate) }),
  'rare-records': (world, random) => healthyLife(world, random, { meanRate: random.size(faults.rareRate) }),
  'exactly-once': (world, random) =>
    healthyLife(
      world,
      random,
      { meanRate: random.size(faults.rate), transactions: transactionHabits(random) },
      { passesMarkers: random.chance(0.5) },
    ),
};

/** A steady group on a topic whose records live for minutes or an hour only. */
export function shortLivedRecords(retentionMs: number): Archetype {
  return (world, random) =>
    healthyLife(world, random, { meanRate: random.size(faults.rate), retentionMs, segmentMs: 60_000 });
}
