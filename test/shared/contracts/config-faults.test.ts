import { describe, expect, test } from 'vitest';
import { formatConfigFaults } from '../../../shared/contracts/config/config-fault.ts';
import { limits } from '../../../shared/contracts/config/yaml-document.ts';
import { parseConfig } from '../../../shared/contracts/config.ts';

function faultsOf(text: string): string[] {
  const result = parseConfig(text, 'f');
  return result.ok ? [] : formatConfigFaults(result.faults).split('\n');
}

const sections = 'clusters, poll, groups, policies, channels, alarmTopic, mutes, budget, reset, autoReset';
const policyKeys =
  'match, patience, abandonAfter, rebalanceGrace, rebalanceLoop, growthWindow, growthMinTimeLag, ' +
  'hungTransaction, uncommittedAfter, unknownAfter, rewindTolerance, allowedLag, maxTimeLag, maxLag, ' +
  'timeToLoss, confirm, remindEvery, severity, metrics, notify, owner';
const duration = 'a whole number above 0 and one unit, s, m, h or d (90s, 5m, 2h, 3d)';
const integer = (least: number) => `a whole number from ${least} to 9007199254740991`;
const login = 'a kind of login; allowed: iam, tls, none, scram-sha-512, scram-sha-256, plain, mtls';
const secret = 'the name or ARN of a secret in Secrets Manager';
const instant = 'an instant; allowed: ISO-8601 with date, time and zone, on a day that exists';
const star = 'text that begins with * must be quoted: "*"';

/** To add a row: the file, then what is printed for it, one line a fault. Changing a row needs a reason. */
const table: readonly (readonly [about: string, file: string, ...printed: string[]])[] = [
  ['empty', '', 'f:1:1: empty file; write {} for the defaults alone, or remove the file'],
  ['only a comment', '# hm\n', 'f:1:1: empty file; write {} for the defaults alone, or remove the file'],
  ['only null', '~', 'f:1:1: empty file; write {} for the defaults alone, or remove the file'],
  [
    'a list at the root',
    '- a\n',
    `f:1:1: a list is not a configuration; allowed: the keys ${sections}; for example { clusters: … }`,
  ],
  [
    'broken YAML',
    'poll: {\n',
    'f:2:1: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
  ],
  ['a tab', 'poll:\n\tevery: 1m\n', 'f:2:1: a tab is used to indent; YAML allows only spaces: replace it'],
  [
    'two documents',
    '{}\n---\n{}\n',
    'f:2:1: a second document begins here (---); one file holds one document',
  ],
  [
    'a key twice, and another fault besides',
    'poll: { every: 1m, every: 5 }\nbudget: { groupMetrics: x }\n',
    'f:1:20 poll.every: this key stands twice in the same map; keep one of the two',
    `f:2:25 budget.groupMetrics: "x" is not ${integer(0)}; for example 100`,
  ],
  ['an unquoted star', 'groups: { include: [*] }', `f:1:21: an alias without a name; ${star}`],
  [
    'an unquoted pattern',
    'groups:\n  include:\n    - *-eu\n',
    `f:3:7 groups.include[0]: the alias "*-eu" has no anchor before it; ${star}`,
  ],
  [
    'an alias of itself',
    'groups: &g [*g]',
    'f:1:13 groups[0][0]: an alias inside its own anchor; write it plainly',
  ],
  [
    'a merge key',
    'poll:\n  <<: {}\n',
    'f:2:3 poll["<<"]: merge keys (<<) are not supported; write the keys out',
  ],
  [
    'a tag, and another fault besides',
    'poll: !x { evry: 1m }\nreset: { maxSkipped: !!int 7 }',
    'f:1:7: tags (!…) are not supported; remove it',
    'f:1:12 poll.evry: unknown key; did you mean "every"? allowed: every, deadline',
  ],
  ['a map as key', '{ a: b }: c', 'f:1:1: not valid YAML: With stringKeys, all keys must be strings'],
  [
    'a prototype',
    '__proto__: {}\ntoString: 1\n',
    'f:1:1 __proto__: this name cannot be used as a key; choose another',
    `f:2:1 toString: unknown key; allowed: ${sections}`,
  ],
  [
    'unknown keys',
    'policies:\n  - patiense: 5m\n    Maxlag: 3\n    zzz: 1\n',
    `f:2:5 policies[0].patiense: unknown key; did you mean "patience"? allowed: ${policyKeys}`,
    `f:3:5 policies[0].Maxlag: unknown key; did you mean "maxLag"? allowed: ${policyKeys}`,
    `f:4:5 policies[0].zzz: unknown key; allowed: ${policyKeys}`,
  ],
  [
    'a verdict that does not exist',
    'policies: [{ severity: { staled: info, stalled: fatal } }]',
    'f:1:26 policies[0].severity.staled: unknown key; did you mean "stalled"? allowed: unknown, recreated, ' +
      'beyond-end, data-lost, uncommitted, caught-up, blocked, rebalancing, stalled, unowned, stopped, ' +
      'abandoned, rewound, observing, falling-behind, draining, keeping-up',
    'f:1:49 policies[0].severity.stalled: "fatal" is not a severity; allowed: ok, info, warning, critical; for example ok',
  ],
  [
    'a duration that is empty',
    'poll: { every: }',
    'f:1:9 poll.every: empty; write a duration, for example 5m',
  ],
  [
    'a duration that is empty text',
    'poll: { every: "" }',
    'f:1:16 poll.every: empty; write a duration, for example 5m',
  ],
  [
    'durations that are malformed',
    'policies:\n  - patience: 5 minutes\n    abandonAfter: 0d\n    rebalanceGrace: 1h30m\n    maxTimeLag: 300\n',
    `f:2:15 policies[0].patience: "5 minutes" is not a duration; allowed: ${duration}; for example 5m`,
    `f:3:19 policies[0].abandonAfter: "0d" is not a duration; allowed: ${duration}; for example 5m`,
    `f:4:21 policies[0].rebalanceGrace: "1h30m" is not a duration; allowed: ${duration}; for example 5m`,
    `f:5:17 policies[0].maxTimeLag: the number 300 is not a duration; allowed: ${duration}; it has no unit: write 300s, 300m, …`,
  ],
  [
    'numbers',
    'policies: [{ maxLag: -1, allowedLag: 1.5, confirm: { firing: 0 } }]\nreset: { maxSkipped: 99999999999999999999 }\n' +
      'budget: { monthlyUsd: -1, groupMetrics: "7" }',
    `f:1:22 policies[0].maxLag: the number -1 is not ${integer(0)}; for example 100000`,
    `f:1:38 policies[0].allowedLag: the number 1.5 is not ${integer(0)}; for example 10`,
    `f:1:62 policies[0].confirm.firing: the number 0 is not ${integer(1)}; for example 2`,
    `f:2:22 reset.maxSkipped: the number 100000000000000000000 is not ${integer(0)}; for example 0`,
    'f:3:23 budget.monthlyUsd: the number -1 is not an amount of US dollars; allowed: numbers from 0; for example 50',
    `f:3:41 budget.groupMetrics: "7" is not ${integer(0)}; for example 100`,
  ],
  [
    'a word near another',
    'policies: [{ metrics: groups }]\nreset: { enabled: yes }\n',
    'f:1:23 policies[0].metrics: "groups" is not a metric tier; allowed: rollup, group, detail; did you mean group?',
    'f:2:19 reset.enabled: "yes" is not true or false; YAML 1.2 reads yes, no, on and off as text: write true or false',
  ],
  [
    'text where a list belongs',
    'policies: [{ match: { groups: a* } }]',
    'f:1:31 policies[0].match.groups: "a*" is not a list of patterns; allowed: quoted names in which * is any run ' +
      'of characters and ? is one; write a list: ["a*"]',
  ],
  [
    'a number where a pattern belongs',
    'groups: { include: [7], exclude: [""] }',
    'f:1:21 groups.include[0]: the number 7 is not a pattern; allowed: quoted names in which * is any run of ' +
      'characters and ? is one; if it is meant as text, quote it: "7"',
    'f:1:35 groups.exclude[0]: empty; write a pattern, for example "console-consumer-*"',
  ],
  [
    'clusters without what they need',
    'clusters:\n  - brokers: [a:1]\n  - name: b\n  - name: c\n    brokers: []\n  - 5\n',
    'f:2:5 clusters[0].name: required but absent; write the name of a cluster, for example orders-prod',
    'f:3:5 clusters[1]: neither arn nor brokers; write at least one, for example brokers: [localhost:9092]',
    'f:5:14 clusters[2].brokers: empty; write a list of brokers, for example [localhost:9092]',
    'f:6:5 clusters[3]: the number 5 is not a cluster; allowed: the keys name, arn, brokers, auth, network, role; for example { name: … }',
  ],
  [
    'clusters of one name',
    'clusters:\n  - { name: a, brokers: [a:1] }\n  - { name: a, brokers: [b:1] }\n',
    'f:3:13 clusters[1].name: clusters[0] is named "a" too; rename one',
  ],
  [
    'no clusters',
    'clusters:\n',
    'f:1:1 clusters: empty; write a list of clusters, for example [{ name: …, brokers: … }]',
  ],
  ...(
    [
      ['localhost', 'the port is missing: write "localhost:9092"'],
      ['\\e[31m', 'the port is missing: write "\\u001b[31m:9092"', '\\u001b[31m'],
      ['::1:9092', 'put an IPv6 address in brackets: "[::1]:9092"'],
      ['[::g]:9092', 'what is in brackets is no IPv6 address'],
      ['http://a:1', 'write it without the scheme'],
      ['a:65536', 'ports go from 1 to 65535'],
      ['a:0', 'ports go from 1 to 65535'],
      ['a:kafka', 'the port is not a number'],
      ['a b:1', 'the host is no DNS name or IPv4 address'],
      ['a..b:1', 'the host is no DNS name or IPv4 address'],
      [':1', 'the host is no DNS name or IPv4 address'],
    ] as const
  ).map(
    ([address, advice, shown = address]) =>
      [
        `the broker ${address}`,
        `clusters: [{ name: a, brokers: ["${address}"] }]`,
        `f:1:33 clusters[0].brokers[0]: "${shown}" is not a broker address; allowed: host:port, an IPv6 host in brackets; ${advice}`,
      ] as const,
  ),
  ...(
    [
      ['kerberos', 45, '', `"kerberos" is not ${login}; for example auth: { kind: iam }`],
      ['nome', 45, '', `"nome" is not ${login}; did you mean none?`],
      ['{ kind: mlts }', 53, '.kind', `"mlts" is not ${login}; did you mean mtls?`],
      ['[tls]', 45, '', `a list is not ${login}; for example auth: { kind: iam }`],
      [
        'plain',
        45,
        '',
        '"plain" cannot be written short, it needs more keys; write { kind: plain, secret: … }',
      ],
      ['', 39, '', 'empty; write a kind of login, for example auth: { kind: iam }'],
      ['{}', 39, '.kind', 'required but absent; write a kind of login, for example auth: { kind: iam }'],
      ['{ kind: mtls }', 45, '', 'mtls needs a client certificate; add secret, or cert and key'],
      ['{ kind: mtls, key: k }', 45, '', 'mtls needs a client certificate; add cert'],
      ['{ kind: mtls, cert: c }', 45, '', 'mtls needs a client certificate; add key'],
      ['{ kind: mtls, cert: c, secret: s }', 45, '', 'both secret and cert or key; write one or the other'],
      [
        '{ kind: plain }',
        39,
        '.secret',
        `required but absent; write ${secret}, for example AmazonMSK_lagwarden`,
      ],
      [
        '{ kind: plain, secret: "hunter 2" }',
        68,
        '.secret',
        `this value (not repeated here) is not ${secret}; allowed: letters, digits and /_+=.@:-; for example AmazonMSK_lagwarden`,
      ],
      ['{ kind: tls, secret: s }', 58, '.secret', 'unknown key; allowed: kind, ca'],
      ['{ kind: none, ca: s }', 59, '.ca', 'unknown key; allowed: kind'],
      [
        '{ kind: tls, ca: "-----BEGIN CERTIFICATE-----\\n" }',
        62,
        '.ca',
        'this value (not repeated here) is not the path of the authority that signed the brokers’ certificates ' +
          '(a PEM file); this is the content of the file: save it and write its path, for example certs/ca.pem',
      ],
    ] as const
  ).map(
    ([auth, column, key, message]) =>
      [
        `the login ${auth}`,
        `clusters: [{ name: a, brokers: [a:1], auth: ${auth} }]`,
        `f:1:${column} clusters[0].auth${key}: ${message}`,
      ] as const,
  ),
  [
    'a deadline after the next poll',
    'poll: { deadline: 1m }',
    'f:1:19 poll.deadline: "1m" is not shorter than every ("1m"); polls would overlap',
  ],
  [
    'channels that nobody defined',
    'policies: [{ notify: [oncal, ops] }, { notify: oncall }]\nchannels: { oncall: { sns: true } }\n',
    'f:1:23 policies[0].notify[0]: no channel is named "oncal"; did you mean "oncall"? channels: "oncall"',
    'f:1:30 policies[0].notify[1]: no channel is named "ops"; channels: "oncall"',
    'f:1:48 policies[1].notify: "oncall" is not a list of channels; allowed: names under channels; for example [oncall]',
  ],
  [
    'a channel where there are none',
    'policies: [{ notify: [constructor] }]',
    'f:1:23 policies[0].notify[0]: no channel is named "constructor"; channels: none is defined: add it under channels',
  ],
  [
    'channels',
    'channels:\n  a: {}\n  b: { sns: false }\n  "c d": { sns: true }\n  e: { slack: { webhookSecret: "https://x" } }\n' +
      '  f: { pagerduty: { minSeverity: ok } }\n',
    'f:2:6 channels.a: leads nowhere; add slack, pagerduty or sns: true',
    'f:3:6 channels.b: leads nowhere; add slack, pagerduty or sns: true',
    'f:4:3 channels["c d"]: "c d" is not the name of a channel; allowed: 1 to 64 letters, digits, dots, ' +
      'underscores and hyphens, the first a letter or digit; for example oncall',
    `f:5:32 channels.e.slack.webhookSecret: this value (not repeated here) is not ${secret}; allowed: letters, digits and ` +
      '/_+=.@:-; a URL is the secret itself: store it in Secrets Manager and write its name, for example lagwarden/slack',
    `f:6:8 channels.f.pagerduty.routingKeySecret: required but absent; write ${secret}, for example lagwarden/pagerduty`,
    'f:6:34 channels.f.pagerduty.minSeverity: "ok" is not the least severity of a channel; allowed: info, warning, critical; for example info',
  ],
  [
    'limits upside down',
    'policies: [{ timeToLoss: { critical: 2d, warning: 24h } }]',
    'f:1:38 policies[0].timeToLoss.critical: "2d" is longer than warning ("24h"); the warning must come first',
  ],
  [
    'mutes',
    'mutes:\n  - match: {}\n    from: 2026-12-24T22:00:00\n    to: 2026-02-30T00:00:00Z\n  - to: 2026-12-24\n' +
      '  - { match: {}, from: 2026-12-24T22:00:00Z, to: 2026-12-24T22:00:00+01:00, why: "" }\n  - { match: {} }\n',
    `f:3:11 mutes[0].from: "2026-12-24T22:00:00" is not ${instant}; the zone is missing, and nobody could tell which ` +
      'was meant: end it in Z or in an offset such as +01:00',
    `f:4:9 mutes[0].to: "2026-02-30T00:00:00Z" is not ${instant}; for example 2026-12-24T22:00:00Z or 2026-12-24T23:00:00+01:00`,
    'f:5:5 mutes[1].match: required but absent; write a match, for example { clusters: … }',
    `f:5:9 mutes[1].to: "2026-12-24" is not ${instant}; for example 2026-12-24T22:00:00Z or 2026-12-24T23:00:00+01:00`,
    'f:6:50 mutes[2].to: not later than from; swap the two, or correct the year',
    'f:6:82 mutes[2].why: empty; write a reason, for example freeze',
    'f:7:5 mutes[3].to: required but absent; write an instant, for example 2026-12-24T22:00:00Z or 2026-12-24T23:00:00+01:00',
  ],
  [
    'resets',
    'reset: { approvers: [me], allow: [{ clusters: [a] }] }\n' +
      'autoReset: [{ match: {}, on: [draining], to: now, maxPerDay: 0 }]\n',
    'f:1:22 reset.approvers[0]: "me" is not the ARN of an IAM role or user; for example arn:aws:iam::111122223333:role/oncall',
    'f:1:35 reset.allow[0].groups: required but absent; write a list of patterns, for example ["payments-*"]',
    'f:2:15 autoReset[0].match.groups: required but absent; write a list of patterns, for example ["payments-*"]',
    'f:2:31 autoReset[0].on[0]: "draining" is not a verdict that a reset can answer; allowed: beyond-end, recreated, ' +
      'data-lost, blocked, rebalancing, stalled, unowned, stopped; for example beyond-end',
    'f:2:46 autoReset[0].to: "now" is not a target of an automatic reset; allowed: earliest, latest, or a duration ago such as 2h; for example earliest',
    `f:2:62 autoReset[0].maxPerDay: the number 0 is not ${integer(1)}; for example 3`,
  ],
  [
    'more approvers than AWS allows',
    `reset: { approvers: [${Array.from({ length: 11 }, (_, n) => `"arn:aws:iam::111122223333:role/r${n}"`).join()}] }`,
    'f:1:21 reset.approvers: a list is not a list of at most 10 approvers; allowed: ARNs of IAM roles and users; ' +
      'for example [arn:aws:iam::111122223333:role/oncall]',
  ],
  [
    'ids and addresses of AWS',
    'clusters: [{ name: a b, arn: x, network: { vpc: x, subnets: subnet-1 } }]\nalarmTopic: { emails: [me] }\n',
    'f:1:20 clusters[0].name: "a b" is not the name of a cluster; allowed: 1 to 64 letters, digits, dots, underscores ' +
      'and hyphens, the first a letter or digit; for example orders-prod',
    'f:1:30 clusters[0].arn: "x" is not the ARN of an MSK cluster; allowed: arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>, ' +
      'whole; for example arn:aws:kafka:eu-west-1:111122223333:cluster/orders-prod/0a1b2c3d-1111-2222-3333-444455556666-7',
    'f:1:33 clusters[0].network.brokerSecurityGroup: required but absent; write the id of a security group, for example sg-0123456789abcdef0',
    'f:1:49 clusters[0].network.vpc: "x" is not the id of a VPC; for example vpc-0123456789abcdef0',
    'f:1:61 clusters[0].network.subnets: "subnet-1" is not a list of subnet ids; write a list: ["subnet-1"]',
    'f:2:24 alarmTopic.emails[0]: "me" is not a mail address; allowed: name@domain, without a display name; for example platform@example.com',
  ],
  [
    'a file that is too big',
    `#${'x'.repeat(limits.characters)}`,
    'f:1:1: 262145 characters; allowed: up to 262144; is this the right file?',
  ],
  [
    'too many values',
    `mutes: [${'a,'.repeat(limits.values)}]`,
    'f:1:40005 mutes[19998]: more than 20000 values; write it plainly',
  ],
  [
    'an alias bomb',
    `a: &a [1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(8)}]\nc: &c [${'*b,'.repeat(8)}]\nd: [${'*c,'.repeat(8)}]\n`,
    'f:2:8 d[0][2][0]: more than 100 aliases; write it plainly',
  ],
  [
    'deep nesting',
    `a: ${'['.repeat(40)}${']'.repeat(40)}`,
    `f:1:36 a${'[0]'.repeat(32)}: nested deeper than 32 levels; write it plainly`,
  ],
  [
    'a tag that would make a date of an instant',
    'mutes: [{ match: {}, to: !!timestamp 2026-12-24T22:00:00Z }]',
    'f:1:26: tags (!…) are not supported; remove it',
  ],
  [
    'text that would steer a terminal, in broken YAML',
    '"\\\u001b[2J"',
    'f:1:2: not valid YAML: Invalid escape sequence \\\\u001b',
  ],
  [
    'text that would steer a terminal',
    `"\\e[31m\\u202E": 1\ngroups: { include: "\\x9b2J\\0${'x'.repeat(100)}" }\n`,
    `f:1:1 ["\\u001b[31m\\u202e"]: unknown key; allowed: ${sections}`,
    'f:2:20 groups.include: "\\u009b2J\\u0000' +
      `${'x'.repeat(56)}…" is not a list of patterns; allowed: quoted names in which * is any run of characters and ? is one; ` +
      `write a list: ["\\u009b2J\\u0000${'x'.repeat(56)}…"]`,
  ],
];

describe('a bad file', () => {
  test.each(table)('%s', (_, file, ...printed) => {
    expect(faultsOf(file)).toEqual(printed);
  });
});
