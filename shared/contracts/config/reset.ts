import * as z from 'zod';
import type { Selector } from '../../domain/selector.ts';
import type { Verdict } from '../../domain/verdict-names.ts';
import { duration, durationMs, durationOrZero } from './duration.ts';
import { expects, flag, list, oneOf, section, text, wholeNumber } from './expectation.ts';
import { allowSchema, namedGroupsSchema } from './selector.ts';

/** `reset`: who may move which offsets, and how far. */
export type ResetConfig = {
  readonly enabled: boolean;
  /** IAM roles and users that may approve. */
  readonly approvers: readonly string[];
  readonly allow: readonly Pick<Selector, 'clusters' | 'groups'>[];
  /** The most records that one reset may lose to the group. */
  readonly maxSkipped: bigint;
  /** The most records that one reset may have read again. */
  readonly maxReplayed: bigint;
  /** How long commits must have been still. */
  readonly quietPeriodMs: number;
  readonly approvalTimeoutMs: number;
};

/** Where an automatic reset goes; `duration` is so long ago. */
export type AutoResetTarget =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'duration'; readonly backMs: number };

/** One entry of `autoReset`. */
export type AutoResetRule = {
  readonly match: Selector;
  readonly on: readonly Verdict[];
  readonly to: AutoResetTarget;
  /** `propose` waits for a human, `execute` acts within the caps of `reset`. */
  readonly mode: 'propose' | 'execute';
  readonly coolDownMs: number;
  readonly maxPerDay: number;
};

/** The verdicts that can be critical by default: no other asks for a reset. */
const resettable = [
  'beyond-end',
  'recreated',
  'data-lost',
  'blocked',
  'rebalancing',
  'stalled',
  'unowned',
  'stopped',
] as const satisfies readonly Verdict[];

/** SSM Automation, `aws:approve`: at most 10 approvers (AWS Systems Manager user guide). */
const mostApprovers = 10;

const approver = text(/^arn:aws[a-z-]*:(iam|sts)::\d{12}:[a-z-]+\/\S+$/, {
  what: 'the ARN of an IAM role or user',
  example: 'arn:aws:iam::111122223333:role/oncall',
});

const approverWords = {
  what: `a list of at most ${mostApprovers} approvers`,
  allowed: 'ARNs of IAM roles and users',
  example: '[arn:aws:iam::111122223333:role/oncall]',
};

/** `reset`. */
export const resetSchema = section(
  {
    enabled: flag().default(false).describe('false: what may write offsets is not even deployed.'),
    approvers: list(approver, approverWords)
      .max(mostApprovers, { error: expects(approverWords) })
      .default([]),
    allow: list(allowSchema, {
      what: 'a list of groups that may be reset',
      example: '[{ groups: ["etl-*"] }]',
    })
      .default([])
      .describe('Only * and ?: these become IAM resources. Absent: no group.'),
    maxSkipped: wholeNumber(0, 0)
      .default(0)
      .describe('The most records that one reset may lose to the group.'),
    maxReplayed: wholeNumber(0, 1_000_000)
      .default(1_000_000)
      .describe('The most records that are read again.'),
    quietPeriod: durationOrZero().prefault('30s').describe('How long commits must have been still.'),
    approvalTimeout: duration().prefault('30m').describe('How long an approval is waited for.'),
  },
  'a reset section',
).transform(
  ({ maxSkipped, maxReplayed, quietPeriod, approvalTimeout, ...same }): ResetConfig => ({
    ...same,
    maxSkipped: BigInt(maxSkipped),
    maxReplayed: BigInt(maxReplayed),
    quietPeriodMs: quietPeriod,
    approvalTimeoutMs: approvalTimeout,
  }),
);

const target = text(/^(earliest|latest|[1-9]\d{0,5}[smhd])$/, {
  what: 'a target of an automatic reset',
  allowed: 'earliest, latest, or a duration ago such as 2h',
  example: 'earliest',
}).transform((to): AutoResetTarget => {
  if (to === 'earliest' || to === 'latest') return { kind: to };
  return { kind: 'duration', backMs: durationMs(to) ?? 0 };
});

/** One entry of `autoReset`. Neither its groups nor its target have a default. */
const autoResetSchema = section(
  {
    match: namedGroupsSchema.describe('Opt-in: names its groups.'),
    on: list(oneOf(resettable, 'a verdict that a reset can answer'), {
      what: 'a list of verdicts',
      allowed: resettable.join(', '),
      example: '[beyond-end]',
    }),
    to: target,
    mode: oneOf(['propose', 'execute'], 'a mode').default('propose'),
    coolDown: duration().prefault('1h').describe('The least time between two resets of a group.'),
    maxPerDay: wholeNumber(1, 3).default(3),
  },
  'an automatic reset',
).transform(({ coolDown, ...same }): AutoResetRule => ({ ...same, coolDownMs: coolDown }));

/** `autoReset`. */
export const autoResetsSchema = z.array(autoResetSchema, {
  error: expects({ what: 'a list of automatic resets', example: '[{ match: …, on: …, to: … }]' }),
});
