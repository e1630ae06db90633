import type { EpochMs } from '../../../shared/domain/offset.ts';
import type { ConsumerGroup, ReaderHabits } from '../engine/consumer-group.ts';
import type { Topic, TopicPlan } from '../engine/topic.ts';
import type { World } from '../engine/world.ts';
import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';

const { common } = ranges;
const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What a kind says of its topic; the rest is drawn. */
export type TopicWishes = Partial<TopicPlan> & {
  /** Records per second on average, where no `rate` is given. */
  readonly meanRate?: number;
};

/** A topic with its producers. */
export function stageTopic(world: World, random: Random, wishes: TopicWishes = {}): Topic {
  const partitions = wishes.partitions ?? random.whole(common.partitions);
  const mean = wishes.meanRate ?? random.size(common.rate);
  const retentionMs = wishes.retentionMs === undefined ? random.size(common.retentionMs) : wishes.retentionMs;
  const plan: TopicPlan = {
    name: random.pick(['orders', 'payments', 'clicks', 'audit-log', 'stock', 'shipments']),
    rate: swinging(mean, random),
    segmentMs: (retentionMs ?? 7 * dayMs) / random.whole(common.segmentsPerRetention),
    compacted: false,
    transactions: null,
    configKnown: random.chance(common.configKnownChance),
    shares: sharesOf(partitions, random),
    firstEnd: Math.floor(random.size(common.firstEnd)),
    ...wishes,
    partitions,
    retentionMs,
  };
  return world.addTopic(plan);
}

/** Production that swings over the day around its mean. */
function swinging(mean: number, random: Random): (now: EpochMs) => number {
  const swing = random.between(common.dailySwing);
  const phase = random.between([0, 2 * Math.PI]);
  return (now) => mean * (1 + swing * Math.sin((2 * Math.PI * now) / dayMs + phase));
}

function sharesOf(partitions: number, random: Random): number[] {
  const weights = Array.from({ length: partitions }, () => random.between(common.skew));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

export type GroupWishes = Partial<ReaderHabits> & {
  readonly name?: string;
  readonly type?: 'classic' | 'consumer';
  /** Records per second that the whole group can take. */
  readonly pace?: number;
  /** False where it has never committed. */
  readonly committed?: boolean;
};

/** A group that stands at the end of the topic; whoever reads for it has yet to join. */
export function stageGroup(
  world: World,
  random: Random,
  topic: Topic,
  wishes: GroupWishes = {},
): ConsumerGroup {
  const { name, type, pace, committed, ...habits } = wishes;
  // The peak of a day that swings.
  const peak = topic.plan.rate(world.now) * 1.7 + topic.plan.rate(world.now + dayMs / 4) * 1.7;
  const wanted = pace ?? peak * random.between(common.headroom);
  // However little is written, no reader takes minutes for a record.
  const groupPace = Math.max(wanted, common.leastPace * topic.plan.partitions);
  const protocol = random.chance(common.consumerProtocolChance) ? 'consumer' : 'classic';
  return world.addGroup(
    {
      name: name ?? `${topic.plan.name}-reader`,
      type: type ?? protocol,
      coordinator: random.pick(world.brokers),
      habits: {
        commitEveryMs: random.size(common.commitEveryMs),
        recommits: random.chance(common.recommitChance),
        commits: true,
        capacity: topic.plan.shares.map((share) => share * groupPace),
        readsCommitted: topic.plan.transactions !== null,
        passesMarkers: false,
        delayMs: 0,
        onOutOfRange: 'earliest',
        cooperative: random.chance(common.cooperativeChance),
        rebalanceMs: common.rebalanceMs,
        ...habits,
      },
    },
    [topic],
    committed,
  );
}

/** How many members a group of this topic has: never more than partitions. */
export function memberCount(topic: Topic, random: Random): number {
  return Math.min(topic.plan.partitions, random.whole(common.members));
}

/** Now and then a steady group reads the same topic beside the one that a case is about. */
export function maybeSibling(world: World, random: Random, topic: Topic): void {
  if (!random.chance(common.siblingChance)) return;
  const sibling = stageGroup(world, random, topic, { name: `${topic.plan.name}-archive` });
  sibling.join(memberCount(topic, random), world.now);
}
