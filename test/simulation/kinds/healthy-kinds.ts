import type { Archetype } from '../scenario.ts';
import { dailyBatch, hourlyBatch } from './batch.ts';
import { blueGreen } from './blue-green.ts';
import { autoscaling, brokerRestarts, rollingDeploy } from './changing-members.ts';
import { delayedRetry } from './delayed-retry.ts';
import { exactlyOnce } from './exactly-once.ts';
import { longDead } from './long-dead.ts';
import { replica } from './replica.ts';
import {
  bursty,
  checkpoints,
  compactedTopic,
  fourMinuteCommitter,
  hourlySink,
  lowTraffic,
  offsetsElsewhere,
  shortRetention,
  steady,
} from './steady.ts';

/** Groups that need nobody, by the name of their kind. */
export const healthyKinds: ReadonlyMap<string, Archetype> = new Map([
  ['steady', steady],
  ['bursty', bursty],
  ['hourly-batch', hourlyBatch],
  ['daily-batch', dailyBatch],
  ['four-minute-committer', fourMinuteCommitter],
  ['checkpoints', checkpoints],
  ['hourly-sink', hourlySink],
  ['low-traffic', lowTraffic],
  ['exactly-once', exactlyOnce],
  ['compacted-topic', compactedTopic],
  ['rolling-deploy', rollingDeploy],
  ['autoscaling', autoscaling],
  ['broker-restarts', brokerRestarts],
  ['replica', replica],
  ['blue-green', blueGreen],
  ['delayed-retry', delayedRetry],
  ['long-dead', longDead],
  ['offsets-elsewhere', offsetsElsewhere],
  ['short-retention', shortRetention],
]);
