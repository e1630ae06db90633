import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatConfigFaults } from '../../../shared/contracts/config/config-fault.ts';
import { type Config, configJsonSchema } from '../../../shared/contracts/config/config-schema.ts';
import { defaultConfig, parseConfig } from '../../../shared/contracts/config.ts';

const example = readFileSync(new URL('lagwarden.yaml', import.meta.url), 'utf8');

function configOf(text: string): Config {
  const result = parseConfig(text, 'lagwarden.yaml');
  if (!result.ok) throw new Error(formatConfigFaults(result.faults));
  return result.config;
}

describe('a good file', () => {
  test('the example is read whole', () => {
    expect(configOf(example)).toEqual({
      clusters: [
        {
          name: 'orders-prod',
          arn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders-prod/0a1b2c3d-1111-2222-3333-444455556666-7',
          brokers: null,
          auth: { kind: 'iam', ca: null },
          network: {
            vpc: 'vpc-0123456789abcdef0',
            subnets: ['subnet-0123456789abcdef0'],
            brokerSecurityGroup: 'sg-0123456789abcdef0',
          },
          role: 'primary',
        },
      ],
      poll: { everyMs: 60_000, deadlineMs: 40_000 },
      groups: { include: ['*'], exclude: ['console-consumer-*', 'amazon.msk.canary.*'] },
      policies: [
        {
          match: { clusters: ['*'], groups: ['payments-*'], topics: ['*'] },
          settings: {
            patienceMs: 300_000,
            abandonAfterMs: 345_600_000,
            rebalanceGraceMs: 360_000,
            rebalanceLoopCount: 4,
            rebalanceLoopWithinMs: 900_000,
            growthWindowMs: 660_000,
            growthMinTimeLagMs: 360_000,
            hungTransactionMs: 420_000,
            uncommittedAfterMs: 480_000,
            unknownAfterMs: 540_000,
            rewindRecords: 100n,
            rewindTimeMs: 60_000,
            allowedLag: 3n,
            maxTimeLagMs: 120_000,
            maxLag: 100_000n,
            lossCriticalMs: 7_200_000,
            lossWarningMs: 86_400_000,
            confirmFiringPolls: 2,
            confirmResolvedPolls: 3,
            remindEveryMs: 90_000,
            severity: { 'falling-behind': 'info' },
            metrics: 'group',
            notify: ['oncall'],
            owner: 'payments-team',
          },
        },
      ],
      channels: [
        {
          name: 'oncall',
          slack: { webhookSecret: 'lagwarden/slack', minSeverity: 'warning' },
          pagerduty: { routingKeySecret: 'lagwarden/pagerduty', minSeverity: 'critical' },
          sns: true,
        },
      ],
      alarmTopic: { emails: ['platform@example.com'], groupAlarms: false },
      mutes: [
        {
          match: { clusters: ['*'], groups: ['batch-*'], topics: ['*'] },
          fromMs: Date.UTC(2026, 11, 24, 22),
          toMs: Date.UTC(2026, 11, 27, 5),
          why: 'freeze',
        },
      ],
      budget: { monthlyUsd: 50, groupMetrics: 100 },
      reset: {
        enabled: false,
        approvers: ['arn:aws:iam::111122223333:role/oncall'],
        allow: [{ clusters: ['*'], groups: ['etl-*'] }],
        maxSkipped: 0n,
        maxReplayed: 1_000_000n,
        quietPeriodMs: 30_000,
        approvalTimeoutMs: 1_800_000,
      },
      autoReset: [
        {
          match: { clusters: ['*'], groups: ['etl-*'], topics: ['*'] },
          on: ['beyond-end', 'recreated'],
          to: { kind: 'earliest' },
          mode: 'propose',
          coolDownMs: 3_600_000,
          maxPerDay: 3,
        },
      ],
    });
  });

  test('what it leaves out has the defaults, the same as without a file', () => {
    expect(configOf('{}')).toEqual(defaultConfig);
    expect(defaultConfig).toEqual({
      clusters: [],
      poll: { everyMs: 60_000, deadlineMs: 40_000 },
      groups: { include: ['*'], exclude: ['amazon.msk.canary*'] },
      policies: [],
      channels: [],
      alarmTopic: null,
      mutes: [],
      budget: { monthlyUsd: null, groupMetrics: 100 },
      reset: {
        enabled: false,
        approvers: [],
        allow: [],
        maxSkipped: 0n,
        maxReplayed: 1_000_000n,
        quietPeriodMs: 30_000,
        approvalTimeoutMs: 1_800_000,
      },
      autoReset: [],
    });
  });

  test('a key that a policy leaves out is not set, rather than set to nothing', () => {
    const [policy] = configOf('policies: [{ confirm: { firing: 3 } }]').policies;
    expect(Object.entries(policy?.settings ?? {})).toEqual([['confirmFiringPolls', 3]]);
    expect(policy?.match).toEqual({ clusters: ['*'], groups: ['*'], topics: ['*'] });
  });

  test('included groups alone keep the default exclusion, an empty list lifts it', () => {
    expect(configOf('groups: { include: ["a*"] }').groups).toEqual({
      include: ['a*'],
      exclude: ['amazon.msk.canary*'],
    });
    expect(configOf('groups: { exclude: [] }').groups.exclude).toEqual([]);
  });

  test('a poll more often than once a minute has a deadline before the next', () => {
    expect(configOf('poll: { every: 15s }').poll).toEqual({ everyMs: 15_000, deadlineMs: 10_000 });
  });

  const cluster = (auth: string) =>
    configOf(`clusters: [{ name: c, brokers: ["[::1]:9092", b_1.x:65535]${auth} }]`);
  test.each([
    ['', { kind: 'none' }],
    [', auth: none', { kind: 'none' }],
    [', auth: { kind: none }', { kind: 'none' }],
    [', auth: tls', { kind: 'tls', ca: null }],
    [', auth: iam', { kind: 'iam', ca: null }],
    [', auth: { kind: tls, ca: certs/ca.pem }', { kind: 'tls', ca: 'certs/ca.pem' }],
    [', auth: { kind: plain, secret: s }', { kind: 'plain', secret: 's', ca: null, tls: true }],
    [
      ', auth: { kind: scram-sha-256, secret: s, tls: false }',
      { kind: 'scram-sha-256', secret: 's', ca: null, tls: false },
    ],
    [', auth: { kind: mtls, secret: s }', { kind: 'mtls', secret: 's', cert: null, key: null, ca: null }],
    [
      ', auth: { kind: mtls, cert: c, key: k }',
      { kind: 'mtls', secret: null, cert: 'c', key: 'k', ca: null },
    ],
  ])('brokers%s are logged in to by %j', (text, auth) => {
    expect(cluster(text).clusters[0]).toMatchObject({
      auth,
      brokers: ['[::1]:9092', 'b_1.x:65535'],
      arn: null,
    });
  });

  test('a cluster with an ARN is logged in to by IAM unless it says otherwise', () => {
    const arn = 'arn:aws-cn:kafka:cn-north-1:111122223333:cluster/x/y';
    expect(configOf(`clusters: [{ name: c, arn: "${arn}" }]`).clusters[0]?.auth).toEqual({
      kind: 'iam',
      ca: null,
    });
  });

  test.each([
    ['latest', { kind: 'latest' }],
    ['2h', { kind: 'duration', backMs: 7_200_000 }],
  ])('an automatic reset may go to %s', (to, target) => {
    const text = `autoReset: [{ match: { groups: [a] }, on: [data-lost], to: ${to} }]`;
    expect(configOf(text).autoReset[0]).toMatchObject({ to: target, mode: 'propose', coolDownMs: 3_600_000 });
  });

  test('anchors and aliases are expanded', () => {
    const text = 'policies:\n  - match: &who { groups: [a] }\n  - match: *who\n';
    expect(configOf(text).policies.map((policy) => policy.match.groups)).toEqual([['a'], ['a']]);
  });
});

test('docs/lagwarden.schema.json is what `node local/config-schema.ts` would write', () => {
  const file = new URL('../../../docs/lagwarden.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
});
