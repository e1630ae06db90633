import * as z from 'zod';
import type { PolicyRule } from '../../domain/policy.ts';
import { severities } from '../../domain/severity.ts';
import { type Verdict, verdicts } from '../../domain/verdict-names.ts';
import { duration, durationOrZero } from './duration.ts';
import { expects, oneOf, section, text, wholeNumber } from './expectation.ts';
import { plainName } from './names.ts';
import { selectorSchema } from './selector.ts';

const severity = () => oneOf(severities, 'a severity').exactOptional();

const severityByVerdict = section(
  Object.fromEntries(verdicts.map((verdict) => [verdict, severity()])) as Record<
    Verdict,
    ReturnType<typeof severity>
  >,
  'a map from verdicts to severities',
);

const offsets = (example: number) => wholeNumber(0, example).transform(BigInt);

const notify = z
  .array(plainName('the name of a channel', 'oncall'), {
    error: expects({ what: 'a list of channels', allowed: 'names under channels', example: '[oncall]' }),
  })
  .describe('Channels that hear of it; []: nobody; absent in all matching policies: every channel.');

const keys = {
  match: selectorSchema.prefault({}).describe('Whom it is for; absent: everybody.'),
  patience: duration()
    .exactOptional()
    .describe('A promise: no progress for so long is a fault, from day one.'),
  abandonAfter: duration().exactOptional().describe('No life for so long: abandoned, nobody is paged. [3d]'),
  rebalanceGrace: duration().exactOptional().describe('How long a rebalance may last. [5m]'),
  rebalanceLoop: section(
    {
      count: wholeNumber(1, 4).exactOptional().describe('Rebalances that make a loop. [4]'),
      within: duration().exactOptional().describe('The time in which they are counted. [15m]'),
    },
    'a rebalance loop',
  ).exactOptional(),
  growthWindow: duration().exactOptional().describe('The time over which lag must grow. [10m]'),
  growthMinTimeLag: durationOrZero()
    .exactOptional()
    .describe('The time lag below which growth is ignored. [5m]'),
  hungTransaction: duration().exactOptional().describe('How long a transaction may hold readers. [patience]'),
  uncommittedAfter: duration()
    .exactOptional()
    .describe('How long an owner may go without a commit. [patience]'),
  unknownAfter: durationOrZero().exactOptional().describe('Unread for so long is a warning. [5m]'),
  rewindTolerance: section(
    {
      records: offsets(100).exactOptional().describe('Offsets that a commit may fall back. [100]'),
      time: durationOrZero().exactOptional().describe('Or so much of the production. [1m]'),
    },
    'a tolerance for rewinds',
  ).exactOptional(),
  allowedLag: offsets(10).exactOptional().describe('Lag in offsets that still is caught up. [0]'),
  maxTimeLag: duration().exactOptional().describe('A promise: beyond it, critical.'),
  maxLag: offsets(100_000).exactOptional().describe('A promise, in offsets: beyond it, critical.'),
  timeToLoss: section(
    {
      critical: duration().exactOptional().describe('Less than this until records are lost: critical. [2h]'),
      warning: duration().exactOptional().describe('Less than this until records are lost: warning. [24h]'),
    },
    'limits on the time to loss',
  ).exactOptional(),
  confirm: section(
    {
      firing: wholeNumber(1, 2).exactOptional().describe('Bad polls before an incident fires. [2]'),
      resolved: wholeNumber(1, 2).exactOptional().describe('Good polls before it is resolved. [2]'),
    },
    'numbers of polls',
  ).exactOptional(),
  remindEvery: duration().exactOptional().describe('Time between reminders. [4h]'),
  severity: severityByVerdict.exactOptional().describe('Another severity for a verdict.'),
  metrics: oneOf(['rollup', 'group', 'detail'], 'a metric tier')
    .exactOptional()
    .describe('What CloudWatch gets: the cluster only, the group’s status, or its lag too. [rollup]'),
  notify: notify.exactOptional(),
  owner: text(/\S/, { what: 'an owner', example: 'payments-team' })
    .exactOptional()
    .describe('Named in messages.'),
};

/** One entry of `policies`. Only what it sets is in `settings`; the nested keys are settings of their own. */
export const policySchema = section(keys, 'a policy').transform(
  ({ match, ...set }): PolicyRule => ({
    match,
    settings: onlySet({
      patienceMs: set.patience,
      abandonAfterMs: set.abandonAfter,
      rebalanceGraceMs: set.rebalanceGrace,
      rebalanceLoopCount: set.rebalanceLoop?.count,
      rebalanceLoopWithinMs: set.rebalanceLoop?.within,
      growthWindowMs: set.growthWindow,
      growthMinTimeLagMs: set.growthMinTimeLag,
      hungTransactionMs: set.hungTransaction,
      uncommittedAfterMs: set.uncommittedAfter,
      unknownAfterMs: set.unknownAfter,
      rewindRecords: set.rewindTolerance?.records,
      rewindTimeMs: set.rewindTolerance?.time,
      allowedLag: set.allowedLag,
      maxTimeLagMs: set.maxTimeLag,
      maxLag: set.maxLag,
      lossCriticalMs: set.timeToLoss?.critical,
      lossWarningMs: set.timeToLoss?.warning,
      confirmFiringPolls: set.confirm?.firing,
      confirmResolvedPolls: set.confirm?.resolved,
      remindEveryMs: set.remindEvery,
      severity: set.severity,
      metrics: set.metrics,
      notify: set.notify,
      owner: set.owner,
    }),
  }),
);

/** Drops the keys that are `undefined`, which for the domain would be set, to nothing. */
function onlySet<Values extends object>(values: Values) {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Key in keyof Values]?: Exclude<Values[Key], undefined> };
}
