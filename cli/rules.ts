import { existsSync, readFileSync } from 'node:fs';
import { formatConfigFaults } from '../shared/contracts/config/config-fault.ts';
import type { Config } from '../shared/contracts/config/config-schema.ts';
import type { ConfiguredMute } from '../shared/contracts/config/mute.ts';
import { defaultConfig, parseConfig } from '../shared/contracts/config.ts';
import { defaultRules, type EvaluationRules } from '../shared/domain/evaluate.ts';
import { compileGlobs } from '../shared/domain/glob.ts';
import type { Mute } from '../shared/domain/incident/mute.ts';
import { compilePolicies, type PolicyRule } from '../shared/domain/policy.ts';
import { compileSelector } from '../shared/domain/selector.ts';
import { UsageError } from './exit-code.ts';

/** Read where nothing says what to look at. */
export const usualConfigFile = 'lagwarden.yaml';

/**
 * The configuration of a command: the file that it names, else the usual one where it is here and wanted, else the
 * defaults.
 *
 * @throws UsageError with every fault of the file
 */
export function loadConfig(file: string | undefined, { orUsual }: { readonly orUsual: boolean }): Config {
  if (file !== undefined) return readConfig(file);
  return orUsual && existsSync(usualConfigFile) ? readConfig(usualConfigFile) : defaultConfig;
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

/** What the configuration wants of one cluster. */
export function rulesOf(config: Config, clusterName: string): EvaluationRules {
  const policies = compilePolicies([...config.policies, ...replicaPolicies(config)]);
  return {
    ...defaultRules,
    policyFor: ({ group, topic }) => policies({ cluster: clusterName, group, topic }),
    mutes: config.mutes.map(compileMute),
  };
}

/** On a replica whose groups are synced from elsewhere nobody is expected to read, unless a policy says otherwise. */
function replicaPolicies({ clusters }: Config): PolicyRule[] {
  return clusters
    .filter(({ role }) => role === 'replica')
    .map(({ name }) => ({
      match: { clusters: [name], groups: ['*'], topics: ['*'] },
      settings: { severity: { stopped: 'info' } },
    }));
}

export function compileMute({ match, fromMs, toMs, why }: ConfiguredMute): Mute {
  return { match: compileSelector(match), fromMs, toMs, why };
}

/** Which groups the configuration wants to be watched. */
export function watchedGroups({ groups }: Config): (group: string) => boolean {
  const included = compileGlobs(groups.include);
  const excluded = compileGlobs(groups.exclude);
  return (group) => included(group) && !excluded(group);
}
