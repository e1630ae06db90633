import * as z from 'zod';
import type { Severity } from '../../domain/severity.ts';
import { expects, flag, list, oneOf, section, text } from './expectation.ts';
import { plainName, secretName } from './names.ts';

/** One entry of `channels`: where announcements go. `null`: not by this way. */
export type Channel = {
  readonly name: string;
  /** `webhookSecret` and `routingKeySecret` name secrets in Secrets Manager. */
  readonly slack: { readonly webhookSecret: string; readonly minSeverity: Severity } | null;
  readonly pagerduty: { readonly routingKeySecret: string; readonly minSeverity: Severity } | null;
  /** Whether it also goes to the topic of SNS. */
  readonly sns: boolean;
};

/** Where alarms go that must not depend on Lagwarden itself. */
export type AlarmTopic = {
  readonly emails: readonly string[];
  /** Whether the alarms on groups act on the topic too, beside Lagwarden's own messages. */
  readonly groupAlarms: boolean;
};

const minSeverity = () => oneOf(['info', 'warning', 'critical'], 'the least severity of a channel');

const channel = section(
  {
    slack: section(
      {
        webhookSecret: secretName('lagwarden/slack').describe('Secret with the URL of an incoming webhook.'),
        minSeverity: minSeverity().default('warning'),
      },
      'a Slack channel',
    ).exactOptional(),
    pagerduty: section(
      {
        routingKeySecret: secretName('lagwarden/pagerduty').describe('Secret with the Events API v2 key.'),
        minSeverity: minSeverity().default('critical'),
      },
      'a PagerDuty service',
    ).exactOptional(),
    sns: flag().default(false).describe('Also to SNS: text for mail, JSON for machines.'),
  },
  'a channel',
);

/** `channels`: a map from names to channels; in the parsed configuration a list. */
export const channelsSchema = z
  .record(plainName('the name of a channel', 'oncall'), channel, {
    error: expects({ what: 'a map from names to channels', example: '{ oncall: { sns: true } }' }),
  })
  .transform((channels): readonly Channel[] =>
    Object.entries(channels).map(([name, { slack = null, pagerduty = null, sns }]) => ({
      name,
      slack,
      pagerduty,
      sns,
    })),
  );

const email = text(/^[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+$/, {
  what: 'a mail address',
  allowed: 'name@domain, without a display name',
  example: 'platform@example.com',
});

/** `alarmTopic`. */
export const alarmTopicSchema = section(
  {
    emails: list(email, { what: 'a list of mail addresses', example: '[platform@example.com]' }),
    groupAlarms: flag().default(false).describe('Whether the alarms on groups go there too.'),
  },
  'an alarm topic',
);
