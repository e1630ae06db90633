import * as z from 'zod';
import type { PolicyRule } from '../../domain/policy.ts';
import { type AlarmTopic, alarmTopicSchema, type Channel, channelsSchema } from './channel.ts';
import { type ClusterConfig, clusterSchema } from './cluster.ts';
import { duration } from './duration.ts';
import { expects, list, section, wholeNumber } from './expectation.ts';
import { type ConfiguredMute, muteSchema } from './mute.ts';
import { patterns } from './names.ts';
import { policySchema } from './policy-rule.ts';
import { type AutoResetRule, autoResetsSchema, type ResetConfig, resetSchema } from './reset.ts';

/** `lagwarden.yaml`, parsed and complete: every default is in it but those of policies (`resolvePolicy`). */
export type Config = {
  /** Empty where the file names none: then the command line names brokers. */
  readonly clusters: readonly ClusterConfig[];
  readonly poll: { readonly everyMs: number; readonly deadlineMs: number };
  /** Patterns; a group is watched when one of `include` means it and none of `exclude`. */
  readonly groups: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** In order of precedence. */
  readonly policies: readonly PolicyRule[];
  readonly channels: readonly Channel[];
  readonly alarmTopic: AlarmTopic | null;
  readonly mutes: readonly ConfiguredMute[];
  readonly budget: {
    /** The monthly cost above which deploying fails; `null`: no limit is stated. */
    readonly monthlyUsd: number | null;
    /** The most groups with metrics of their own. */
    readonly groupMetrics: number;
  };
  readonly reset: ResetConfig;
  readonly autoReset: readonly AutoResetRule[];
};

/** MSK's own canary groups, on every MSK cluster; nobody can act on them. */
const excludedByDefault = ['amazon.msk.canary*'];

const defaultDeadlineMs = 40_000;

/** The default deadline of a poll: 40 s, or two thirds of a shorter interval. */
function defaultPollDeadlineMs(everyMs: number): number {
  return Math.min(defaultDeadlineMs, Math.floor((everyMs * 2) / 3));
}

const poll = section(
  {
    every: duration().prefault('1m').describe('Time between two polls of a cluster.'),
    deadline: duration()
      .exactOptional()
      .describe('Time a poll may take. Absent: 40s, or 2/3 of a shorter every.'),
  },
  'a poll section',
)
  .transform(({ every, deadline }) => ({
    everyMs: every,
    deadlineMs: deadline ?? defaultPollDeadlineMs(every),
  }))
  .prefault({});

const groups = section(
  {
    include: patterns('payments-*').default(['*']).describe('Groups that are watched.'),
    exclude: z
      .array(patterns('console-consumer-*').element, {
        error: expects({ what: 'a list of patterns', example: '["console-consumer-*"]' }),
      })
      .default(excludedByDefault)
      .describe('Groups that are not; []: none is left out.'),
  },
  'a groups section',
).prefault({});

const usdError = expects({ what: 'an amount of US dollars', allowed: 'numbers from 0', example: '50' });

const budget = section(
  {
    monthlyUsd: z.number({ error: usdError }).min(0, { error: usdError }).exactOptional(),
    groupMetrics: wholeNumber(0, 100).default(100).describe('The most groups with metrics of their own.'),
  },
  'a budget',
)
  .transform(({ monthlyUsd = null, groupMetrics }) => ({ monthlyUsd, groupMetrics }))
  .prefault({});

/** The whole file. What concerns two keys at once is in `contradictions.ts`. */
export const configSchema = section(
  {
    clusters: list(clusterSchema, { what: 'a list of clusters', example: '[{ name: …, brokers: … }]' })
      .default([])
      .describe('May be left out where the command line names brokers.'),
    poll,
    groups,
    policies: z
      .array(policySchema, {
        error: expects({ what: 'a list of policies', example: '[{ match: …, patience: 5m }]' }),
      })
      .default([])
      .describe('For each key the first matching policy that sets it wins.'),
    channels: channelsSchema.prefault({}).describe('Where announcements go.'),
    alarmTopic: alarmTopicSchema
      .exactOptional()
      .describe('Where alarms go that must not depend on Lagwarden.'),
    mutes: z
      .array(muteSchema, {
        error: expects({ what: 'a list of mutes', example: '[{ match: …, from: …, to: …, why: … }]' }),
      })
      .default([]),
    budget,
    reset: resetSchema.prefault({}),
    autoReset: autoResetsSchema.default([]),
  },
  'a configuration',
).transform(({ alarmTopic = null, ...same }): Config => ({ ...same, alarmTopic }));

/** The JSON Schema (draft 7, which editors read) of what may be written in the file. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'lagwarden.yaml', description: 'The one configuration file of Lagwarden.' };
}
