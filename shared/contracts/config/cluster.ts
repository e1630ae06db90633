import * as z from 'zod';
import { type Auth, authSchema } from './auth.ts';
import { type Expectation, expects, list, oneOf, section, text } from './expectation.ts';
import { plainName } from './names.ts';
import { quoted } from './received.ts';

/** Where the functions that talk to brokers run. */
export type ClusterNetwork = {
  readonly vpc: string;
  readonly subnets: readonly string[];
  /** The brokers' security group, which lets the prober in. */
  readonly brokerSecurityGroup: string;
};

/** One entry of `clusters`. At least one of `arn` and `brokers` is given; with both, `brokers` is where to connect. */
export type ClusterConfig = {
  readonly name: string;
  /** The MSK cluster; `null` for a cluster that is not MSK's. */
  readonly arn: string | null;
  /** `host:port`, IPv6 in brackets; `null`: MSK is asked for them. */
  readonly brokers: readonly string[] | null;
  /** Where the file says nothing: `iam` for a cluster with an ARN, `none` for one with brokers only. */
  readonly auth: Auth;
  /** `null`: this cluster is not deployed for, only watched from the command line. */
  readonly network: ClusterNetwork | null;
  /** On a replica, whose groups are synced from elsewhere, `stopped` is information. */
  readonly role: 'primary' | 'replica';
};

/** Why a text is no `host:port`, or `null` where it is one. */
export function brokerAddressProblem(address: string): string | null {
  const parts = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/.exec(address)?.groups;
  if (parts === undefined) {
    if (/^\w+:\/\//.test(address)) return 'write it without the scheme';
    if (address.split(':').length > 2) return 'put an IPv6 address in brackets: "[::1]:9092"';
    return /:/.test(address)
      ? 'the port is not a number'
      : `the port is missing: write ${quoted(`${address}:9092`)}`;
  }
  const port = Number(parts['port']);
  if (port < 1 || port > 65_535) return 'ports go from 1 to 65535';
  const { ipv6, host = '' } = parts;
  if (ipv6 !== undefined)
    return z.ipv6().safeParse(ipv6).success ? null : 'what is in brackets is no IPv6 address';
  const labels = host.length <= 253 && host.split('.').every((label) => /^\w([\w-]{0,61}\w)?$/.test(label));
  return labels ? null : 'the host is no DNS name or IPv4 address';
}

const brokerWords: Expectation = {
  what: 'a broker address',
  allowed: 'host:port, an IPv6 host in brackets',
  example: 'b-1.example.com:9098',
  advise: (value) => (typeof value === 'string' ? (brokerAddressProblem(value) ?? undefined) : undefined),
};

const brokerAddress = text(/:\d{1,5}$/, brokerWords).refine(
  (address) => brokerAddressProblem(address) === null,
  { error: expects(brokerWords) },
);

const awsId = (prefix: string, what: string) =>
  text(new RegExp(`^${prefix}-[0-9a-zA-Z]+$`), { what, example: `${prefix}-0123456789abcdef0` });

const network = section(
  {
    vpc: awsId('vpc', 'the id of a VPC').describe('The VPC of the cluster.'),
    subnets: list(awsId('subnet', 'the id of a subnet'), {
      what: 'a list of subnet ids',
      example: '[subnet-0123456789abcdef0]',
    }).describe('Subnets from which the brokers can be reached.'),
    brokerSecurityGroup: awsId('sg', 'the id of a security group').describe(
      'The security group of the brokers.',
    ),
  },
  'a network',
);

/** One entry of `clusters`. That it has `arn` or `brokers` is checked in `contradictions.ts`. */
export const clusterSchema = section(
  {
    name: plainName('the name of a cluster', 'orders-prod').describe(
      'Unique; it stands in messages and metrics.',
    ),
    arn: text(/^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/[^/\s]+\/[^/\s]+$/, {
      what: 'the ARN of an MSK cluster',
      allowed: 'arn:aws:kafka:<region>:<account>:cluster/<name>/<uuid>, whole',
      example:
        'arn:aws:kafka:eu-west-1:111122223333:cluster/orders-prod/0a1b2c3d-1111-2222-3333-444455556666-7',
    })
      .exactOptional()
      .describe('The MSK cluster; or brokers.'),
    brokers: list(brokerAddress, { what: 'a list of brokers', example: '[localhost:9092]' })
      .exactOptional()
      .describe('host:port of some brokers; or arn.'),
    auth: authSchema.exactOptional().describe('Absent: iam with arn, none with brokers only.'),
    network: network.exactOptional().describe('Needed to deploy, not on the command line.'),
    role: oneOf(['primary', 'replica'], 'a role of a cluster')
      .default('primary')
      .describe('replica: its groups are synced from another cluster, stopped is information there.'),
  },
  'a cluster',
).transform(({ name, role, ...given }): ClusterConfig => {
  const { arn = null, brokers = null, network: inVpc = null } = given;
  const auth = given.auth ?? (arn === null ? { kind: 'none' } : { kind: 'iam', ca: null });
  return { name, arn, brokers, auth, network: inVpc, role };
});
