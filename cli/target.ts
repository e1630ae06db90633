import type { KafkaClusterOptions } from '../shared/adapters/kafka/cluster-reader.ts';
import { toLogin } from '../shared/adapters/kafka/logins.ts';
import { toNodeAddress } from '../shared/adapters/kafka/node-address.ts';
import { brokerAddressProblem, type ClusterConfig } from '../shared/contracts/config/cluster.ts';
import type { Config } from '../shared/contracts/config/config-schema.ts';
import type { EvaluationRules } from '../shared/domain/evaluate.ts';
import { compileGlobs } from '../shared/domain/glob.ts';
import { type LoginOptions, resolveCredentials } from './credentials.ts';
import { UsageError } from './exit-code.ts';
import { loadConfig, rulesOf, usualConfigFile, watchedGroups } from './rules.ts';

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
  readonly rules: EvaluationRules;
  /** Time between two polls, as configured, in ms. */
  readonly everyMs: number;
  /** Time that a poll may take, in ms. */
  readonly deadlineMs: number;
}

/**
 * Joins the options and the configuration file: `--brokers` says where to connect, the file (if any) everything else.
 *
 * @throws UsageError naming what is missing or wrong.
 */
export function resolveTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Target {
  const config = loadConfig(options.config, { orUsual: options.brokers === undefined });
  const cluster = chooseCluster(config, options);
  const watched = watchedGroups(config);
  const asked = compileGlobs(options.group ?? ['*']);
  return {
    clusterName: cluster.name,
    connection: {
      bootstrap: cluster.brokers.map(toNodeAddress),
      login: toLogin(
        resolveCredentials(options, { brokers: cluster.brokers, cluster: cluster.configured }, env),
      ),
    },
    watchesGroup: (group) => asked(group) && watched(group),
    watchesTopic: compileGlobs(options.topic ?? ['*']),
    rules: rulesOf(config, cluster.name),
    everyMs: config.poll.everyMs,
    deadlineMs: config.poll.deadlineMs,
  };
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
