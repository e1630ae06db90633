import type { Range } from './random.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** What a simulated estate is drawn from. Durations in milliseconds, rates in records per second over a topic. */
export const ranges = {
  /** What all kinds share, unless they say otherwise. */
  common: {
    partitions: [1, 6],
    members: [1, 4],
    rate: [0.5, 500],
    /** How much faster a group reads than its topic is written on average. */
    headroom: [1.5, 5],
    /** Records per second and partition that every reader can take. */
    leastPace: 5,
    /** How far one partition's share may lie from the even one. */
    skew: [0.6, 1.4],
    commitEveryMs: [1 * second, 60 * second],
    rebalanceMs: [3 * second, 30 * second],
    /** How far production swings over a day. */
    dailySwing: [0, 0.7],
    firstEnd: [10_000, 50_000_000],
    warmUpMs: [40 * minute, 90 * minute],
    recommitChance: 0.5,
    configKnownChance: 0.7,
    consumerProtocolChance: 0.25,
    cooperativeChance: 0.4,
    segmentsPerRetention: [4, 20],
    retentionMs: [24 * hour, 168 * hour],
    siblingChance: 0.2,
  },
  bursty: {
    everyMs: [10 * minute, 120 * minute],
    lastsMs: [1 * minute, 5 * minute],
    factor: [5, 40],
    drainedWithinMs: [1 * minute, 6 * minute],
  },
  hourlyBatch: {
    everyMs: [20 * minute, 180 * minute],
    jitterMs: [0, 5 * minute],
    runMs: [1 * minute, 10 * minute],
  },
  dailyBatch: { jitterMs: [0, 15 * minute], runMs: [2 * minute, 90 * minute], days: 3 },
  fourMinuteCommitter: { commitEveryMs: [3.5 * minute, 4.5 * minute] },
  checkpoints: { commitEveryMs: [2 * minute, 15 * minute] },
  hourlySink: { commitEveryMs: [30 * minute, 90 * minute] },
  lowTraffic: { recordEveryMs: [2 * minute, 4 * hour] },
  exactlyOnce: {
    rate: [0.2, 50],
    activeMs: [5 * minute, 90 * minute],
    flatMs: [5 * minute, 90 * minute],
    abortChance: [0, 0.05],
    openChance: [0.05, 0.5],
    mostAborted: 50,
  },
  rollingDeploy: {
    everyMs: [2 * hour, 12 * hour],
    members: [2, 6],
    oneByOneMs: [30 * second, 150 * second],
    /** That an old owner's commit comes in behind the new one's. */
    lateCommitChance: 0.2,
  },
  autoscaling: { everyMs: [1 * hour, 4 * hour], fewest: 2, most: 6, stepMs: [1 * minute, 5 * minute] },
  brokerRestarts: {
    everyMs: [3 * hour, 12 * hour],
    downMs: [1 * minute, 4 * minute],
    betweenMs: [2 * minute, 10 * minute],
    /** That a partition or coordinator waits for its broker instead of moving. */
    leaderlessChance: [0, 0.3],
  },
  replica: {
    syncEveryMs: [60 * second, 60 * second],
    behindRecords: [0, 100],
    sourceCommitMs: [5 * second, 120 * second],
  },
  blueGreen: { switchAfterMs: [1 * hour, 20 * hour], overlapMs: [0, 10 * minute] },
  delayedRetry: {
    delayMs: [20 * minute, 40 * minute],
    recordEveryMs: [1 * minute, 60 * minute],
    idleMs: [2 * hour, 12 * hour],
    busyMs: [30 * minute, 4 * hour],
  },
  longDead: { deadForMs: [4 * 24 * hour, 20 * 24 * hour], retentionMs: [72 * hour, 30 * 24 * hour] },
  shortRetention: { retentionMs: [10 * minute, 60 * minute] },
  polling: {
    everyMs: 60 * second,
    missedChance: 0.01,
    lateChance: 0.1,
    /** For each poll: that a broker falls silent to the monitor … */
    partialChance: 0.004,
    /** … and for how many polls. */
    partialPolls: [1, 4],
    calmPolls: 6,
    /** For each day: stretches without any poll. */
    gapsPerDay: [0, 2],
    gapMs: [10 * minute, 120 * minute],
    /** Share of a step (10 s) that may pass between reading commits and ends. */
    race: [0, 0.1],
    datesChance: 1,
  },
  faults: {
    /** How long the group is watched before its first fault: most have two hours of steady life, some do not. */
    steadyMs: [125 * minute, 210 * minute],
    earlyMs: [35 * minute, 115 * minute],
    earlyShare: 0.1,
    lastsMs: [45 * minute, 80 * minute],
    recoveryMs: [25 * minute, 45 * minute],
    relapseChance: 0.3,
    rate: [8, 300],
    lowRate: [0.05, 0.5],
    /** A record every few minutes on each partition. */
    rareRate: [0.02, 0.08],
    /** More than members, so that one of them owns two. */
    partitions: [4, 6],
    members: [2, 3],
    headroom: [2, 5],
    /** Production that a reset throws a group back by. */
    rewindMs: [40 * minute, 120 * minute],
    /** What is left of the pace of a consumer that falls behind, beside its producers'. */
    slowdown: [0.2, 0.75],
    lossRetentionMs: [60 * minute, 90 * minute],
    lossSlowdown: [0.1, 0.3],
    overtakenCommitMs: [2 * minute, 4 * minute],
    overtakenAfterMs: [2 * minute, 6 * minute],
    loopEveryMs: [20 * second, 55 * second],
    loopPace: [0.02, 0.1],
    unreadMs: [14 * minute, 30 * minute],
    deletedAfterMs: [3 * minute, 8 * minute],
    /** Enough for no truncated log to grow back, and no recreated one to reach the old commits. */
    firstEnd: 50_000_000,
    topicMissingMs: [10 * second, 90 * second],
    relapseAfterMs: [20 * minute, 90 * minute],
  },
} as const satisfies Record<string, Record<string, Range | number>>;
