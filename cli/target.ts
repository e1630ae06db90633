import { existsSync, readFileSync } from 'node:fs';
import type { KafkaClusterOptions } from '../shared/adapters/kafka/cluster-reader.ts';
import { toLogin } from '../shared/adapters/kafka/logins.ts';
import { toNodeAddress } from '../shared/adapters/kafka/node-address.ts';
import { brokerAddressProblem, type ClusterConfig } from '../shared/contracts/config/cluster.ts';
import { formatConfigFaults } from '../shared/contracts/config/config-fault.ts';
import type { Config } from '../shared/contracts/config/config-schema.ts';
import { defaultConfig, parseConfig } from '../shared/contracts/config.ts';
import type { PolicyFor } from '../shared/domain/finding.ts';
import { compileGlobs } from '../shared/domain/glob.ts';
import { compilePolicies } from '../shared/domain/policy.ts';
import { type LoginOptions, resolveCredentials } from './credentials.ts';
import { UsageError } from './exit-code.ts';

/** Read where neither `--brokers` nor `--config` says what to look at. */
const usualConfigFile = 'lagwarden.yaml';

export interface TargetOptions extends LoginOptions {
  readonly brokers?: string;
  readonly config?: string;
  readonly cluster?: string;
  readonly group?: readonly string[];
  readonly topic?: readonly string[];
}

/** What a command looks at: one cluster, which groups and topics of it, and what holds for them. */
export interface Target {
  readonly clusterName: string;
  readonly connection: KafkaClusterOptions;
  readonly watchesGroup: (group: string) => boolean;
  readonly watchesTopic: (topic: string) => boolean;
  readonly policyFor: PolicyFor;
  readonly deadlineMs: number;
}

/**
 * Joins the options and the configuration file: `--brokers` says where to connect, the file (if any) everything else.
 *
 * @throws UsageError naming what is missing or wrong.
 */
export function resolveTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Target {
  const file =
    options.config ?? (options.brokers === undefined && existsSync(usualConfigFile) ? usualConfigFile : null);
  const config = file === null ? defaultConfig : readConfig(file);
  const cluster = chooseCluster(config, options);
  const policies = compilePolicies(config.policies);
  const included = compileGlobs(config.groups.include);
  const excluded = compileGlobs(config.groups.exclude);
  const asked = compileGlobs(options.group ?? ['*']);
  return {
    clusterName: cluster.name,
    connection: {
      bootstrap: cluster.brokers.map(toNodeAddress),
      login: toLogin(
        resolveCredentials(options, { brokers: cluster.brokers, cluster: cluster.configured }, env),
      ),
    },
    watchesGroup: (group) => asked(group) && included(group) && !excluded(group),
    watchesTopic: compileGlobs(options.topic ?? ['*']),
    policyFor: ({ group, topic }) => policies({ cluster: cluster.name, group, topic }),
    deadlineMs: config.poll.deadlineMs,
  };
}

function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the configuration ${file}: ${(error as Error).message}`);
  }
  const result = parseConfig(text, file);
  if (!result.ok) {
    const faults = result.faults.length === 1 ? 'a fault' : `${result.faults.length} faults`;
    throw new UsageError(`${file} has ${faults}:\n${formatConfigFaults(result.faults)}`);
  }
  return result.config;
}

function chooseCluster(
  config: Config,
  options: TargetOptions,
): {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly configured: ClusterConfig | undefined;
} {
  const configured = configuredCluster(config.clusters, options);
  const brokers = options.brokers === undefined ? configured?.brokers : parseBrokers(options.brokers);
  if (brokers === undefined || brokers === null) {
    throw new UsageError(
      configured === undefined
        ? `no cluster to look at: give --brokers host:port[,host:port], or --config FILE, or put a ${usualConfigFile} here`
        : `cluster ${configured.name} has an ARN and no brokers in the configuration; add its brokers, or give --brokers`,
    );
  }
  return { name: configured?.name ?? brokers.join(','), brokers, configured };
}

function configuredCluster(
  clusters: readonly ClusterConfig[],
  options: TargetOptions,
): ClusterConfig | undefined {
  const names = clusters.map(({ name }) => name).join(', ');
  if (options.cluster !== undefined) {
    const chosen = clusters.find(({ name }) => name === options.cluster);
    if (chosen === undefined) {
      throw new UsageError(
        `no cluster is called ${JSON.stringify(options.cluster)}; the configuration names ${names || 'none'}`,
      );
    }
    return chosen;
  }
  if (clusters.length > 1 && options.brokers === undefined) {
    throw new UsageError(
      `the configuration names several clusters (${names}); choose one with --cluster NAME`,
    );
  }
  return options.brokers === undefined ? clusters[0] : undefined;
}

function parseBrokers(list: string): string[] {
  const brokers = list.split(',').map((address) => address.trim());
  for (const address of brokers) {
    const problem = brokerAddressProblem(address);
    if (problem !== null) {
      throw new UsageError(
        `--brokers: ${JSON.stringify(address)} is no broker address (host:port[,host:port]), ${problem}`,
      );
    }
  }
  return brokers;
}
