import type { ClusterMemory, GroupMemory } from './memory/cluster-memory.ts';
import { type GroupLife, isRebalancing, mayHaveMembers } from './memory/group-life.ts';
import { type SlotsOfTopic, slotsByTopic } from './memory/log-memory.ts';
import { usualStepMs } from './memory/poll-step.ts';
import type { TopicPast } from './past.ts';
import type { Policy, PolicyFor } from './policy.ts';
import type { GroupReading } from './reading.ts';
import type { RuleContext } from './ruling.ts';
import type { Member, Snapshot, TopicConfig } from './snapshot.ts';
import { type StallScopes, stallScopes } from './stall-scope.ts';
import { successors } from './superseded.ts';

/** What judging any group of a cluster needs. */
export interface ClusterContext {
  /** What was kept of earlier polls, this one included. */
  readonly memory: ClusterMemory;
  readonly snapshot: Pick<Snapshot, 'topics'>;
  readonly policyFor: PolicyFor;
  readonly usualPollMs: number;
  readonly successorOf: (group: string) => string | null;
  readonly slotsOf: SlotsOfTopic;
}

export function clusterContext(
  memory: ClusterMemory,
  snapshot: Pick<Snapshot, 'topics'>,
  policyFor: PolicyFor,
): ClusterContext {
  return {
    memory,
    snapshot,
    policyFor,
    usualPollMs: usualStepMs(memory.steps),
    successorOf: successors(memory),
    slotsOf: slotsByTopic(memory.logs),
  };
}

/** What judging any partition of a group needs. */
export interface GroupContext {
  readonly cluster: ClusterContext;
  readonly reading: GroupReading;
  readonly memory: GroupMemory;
  readonly hasMembers: boolean;
  readonly scopes: StallScopes;
  /** What its rules look at, under a policy: many topics share one. */
  readonly rulesUnder: (policy: Policy) => RuleContext;
}

export function groupContext(cluster: ClusterContext, reading: GroupReading): GroupContext {
  const memory = cluster.memory.groups.get(reading.snapshot.group) as GroupMemory;
  const hasMembers = mayHaveMembers(reading.snapshot);
  const scopes = stallScopes(cluster.memory.history, memory.base, reading.partitions);
  let latest: RuleContext | null = null;
  return {
    cluster,
    reading,
    memory,
    hasMembers,
    scopes,
    rulesUnder: (policy) => {
      if (latest?.policy !== policy) latest = ruleContext(cluster, reading, memory.life, scopes, policy);
      return latest;
    },
  };
}

/** What judging any partition of one topic needs. */
export interface TopicContext {
  readonly config: TopicConfig | null;
  readonly past: TopicPast;
  readonly rules: RuleContext;
}

export function topicContext(group: GroupContext, topic: string): TopicContext {
  const { cluster, reading, hasMembers } = group;
  const { memory, policyFor, usualPollMs } = cluster;
  const { life } = group.memory;
  const policy = policyFor({ group: reading.snapshot.group, topic });
  const past: TopicPast = {
    topic,
    policy,
    life,
    hasMembers,
    history: memory.history,
    logs: memory.logs,
    log: memory.logs.topics.get(topic),
    slots: cluster.slotsOf(topic),
    topicLife: life.topics.get(topic),
    usualPollMs,
    now: memory.at,
  };
  const config = cluster.snapshot.topics.get(topic)?.config ?? null;
  return { config, past, rules: group.rulesUnder(policy) };
}

function ruleContext(
  { memory, successorOf }: ClusterContext,
  { snapshot }: GroupReading,
  life: GroupLife,
  scopes: StallScopes,
  policy: Policy,
): RuleContext {
  const rebalances = life.rebalances.filter((at) => at > memory.at - policy.rebalanceLoopWithinMs).length;
  const members = snapshot.members ?? [];
  return {
    policy,
    hasMembers: mayHaveMembers(snapshot),
    knowsOwners: members.some(({ assigned, subscribed }) => assigned.size > 0 || subscribed !== null),
    isRebalancing: isRebalancing(snapshot),
    rebalances,
    isLoop: rebalances >= loopCount(policy, members) && lagGrew(life, policy, memory.at),
    subscribes: (name) => members.some((member) => mayAskFor(member, name)),
    stallScope: scopes.scopeOf,
    groupProgressAt: scopes.groupProgressAt,
    lastMemberAt: life.lastMemberAt,
    lastLifeAt: life.lastLifeAt,
    absentMs: life.absentMs,
    supersededBy: () => successorOf(snapshot.group),
    now: memory.at,
  };
}

/** Big groups rebalance more often while nothing is wrong: each member may join and leave once. */
function loopCount(policy: Policy, members: readonly Member[]): number {
  return Math.max(policy.rebalanceLoopCount, 2 * members.length + 2);
}

function lagGrew({ lags }: GroupLife, policy: Policy, now: number): boolean {
  const window = lags.filter(({ at }) => at >= now - policy.rebalanceLoopWithinMs);
  const [first, last] = [window[0], window.at(-1)];
  return first !== undefined && last !== undefined && last.lag > first.lag + policy.rewindRecords;
}

/** Who does not say what it subscribes to may have asked for anything. */
function mayAskFor({ subscribed, assigned }: Member, topic: string): boolean {
  return subscribed === null || subscribed.includes(topic) || assigned.has(topic);
}
