import type { Check } from '../../domain/diagnosis.ts';
import type { ClusterReader, CommitsRead, MembersRead, Topology } from '../../ports/cluster-reader.ts';
import { connectClusterReader, type KafkaClusterOptions } from './cluster-reader.ts';

/** How long the whole look may take before it counts as failed. */
const timeoutMs = 20_000;

/** Rights that reading needs, as ACLs and as IAM actions of MSK. */
const rightsRemedy =
  'grant Describe on the cluster, on groups and on topics (kafka-acls --add --allow-principal User:NAME --operation Describe ' +
  "--cluster --group '*' --topic '*'; MSK IAM: kafka-cluster:DescribeCluster, DescribeGroup, DescribeTopic)";

/** The right that is not needed, but worth having: without it nothing but the pace tells when records are lost. */
const retentionRemedy =
  'grant DescribeConfigs on topics (kafka-acls --add --allow-principal User:NAME --operation DescribeConfigs ' +
  "--topic '*'; MSK IAM: kafka-cluster:DescribeTopicDynamicConfiguration)";

/**
 * What the login may see of the cluster, its topics and its groups, found by reading as a poll does.
 *
 * @throws Fault where no broker answers
 */
export async function checkRights(
  options: KafkaClusterOptions,
  mayDescribe: boolean,
): Promise<readonly Check[]> {
  const reader = connectClusterReader(options);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const topology = await reader.readTopology(signal);
    const { groups } = await reader.listGroups(topology, signal);
    const commits = await reader.readCommits(
      groups.filter((group) => group.type !== 'share'),
      signal,
    );
    const members = await reader.readMembers(groups, signal);
    const withoutCommits = [...commits].filter(([, read]) => isForbidden(read)).map(([group]) => group);
    const withoutMembers = [...members]
      .filter(([group, read]) => isForbidden(read) && !withoutCommits.includes(group))
      .map(([group]) => group);
    const forbiddenTopics = await forbiddenAmong(topicsOfMembers(members), topology, reader, signal);
    return [
      right('cluster', mayDescribe, {
        yes: 'may be described: every group is listed',
        no: 'may not be described: only groups that the login may describe are listed, the others stay unseen',
      }),
      right('topics', topology.topics.size > 0 && forbiddenTopics.length + withoutMembers.length === 0, {
        yes: `${topology.topics.size} may be described; any other stays unseen`,
        no:
          [
            ...(forbiddenTopics.length > 0
              ? [`${someOf(forbiddenTopics)} may not be described, and groups here read from there`]
              : []),
            ...(withoutMembers.length > 0
              ? [`${someOf(withoutMembers)} has members that read a topic which may not be described`]
              : []),
          ].join('; ') || 'none may be described, or there is none',
      }),
      right('groups', withoutCommits.length === 0, {
        yes: `the commits of all ${groups.length} listed groups may be read`,
        no: `the commits of ${withoutCommits.length} of ${groups.length} listed groups may not be read: ${someOf(withoutCommits)}`,
      }),
      ...(await checkRetention([...topicsOfCommits(commits)], topology, reader, signal)),
    ];
  } finally {
    reader.close();
  }
}

function isForbidden(read: CommitsRead | MembersRead): boolean {
  return !read.known && read.cause.reason === 'unauthorised';
}

/** Whether the retention of the topics that groups read is told; nothing where they read none. */
async function checkRetention(
  names: readonly string[],
  topology: Topology,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const topics = names.filter((name) => topology.topics.has(name));
  if (topics.length === 0) return [];
  const { unread } = await reader.readTopicConfigs(topics, signal);
  const forbidden = [...unread].flatMap(([topic, { reason }]) => (reason === 'unauthorised' ? [topic] : []));
  const finding = {
    yes: 'known of the topics that groups read',
    no: `not known of ${someOf(forbidden)}: when records there will be lost is told by pace only`,
  };
  return [right('retention', forbidden.length === 0, finding, retentionRemedy)];
}

function topicsOfCommits(commits: ReadonlyMap<string, CommitsRead>): Set<string> {
  const known = [...commits.values()].flatMap((read) => (read.known ? read.topics : []));
  return new Set(known.map(({ topic }) => topic));
}

function topicsOfMembers(members: ReadonlyMap<string, MembersRead>): Set<string> {
  const described = [...members.values()].flatMap((read) => (read.known ? read.members : []));
  return new Set(
    described.flatMap(({ subscribed, assigned }) => [...(subscribed ?? []), ...assigned.keys()]),
  );
}

/** Those of the topics that the login may not describe. Metadata of all topics leaves them out: they are asked for by name. */
async function forbiddenAmong(
  names: ReadonlySet<string>,
  topology: Topology,
  reader: ClusterReader,
  signal: AbortSignal,
): Promise<string[]> {
  const unlisted = [...names].filter((name) => !topology.topics.has(name));
  if (unlisted.length === 0) return [];
  const { unread } = await reader.readTopics(unlisted, signal);
  return unread.flatMap((part) =>
    part.scope === 'topic' && part.reason === 'unauthorised' ? [part.topic] : [],
  );
}

/** Names are given up to here, the rest as a count. */
const namesGiven = 3;

function someOf(names: readonly string[]): string {
  const more = names.length - namesGiven;
  return `${names.toSorted().slice(0, namesGiven).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function right(
  subject: string,
  granted: boolean,
  finding: { yes: string; no: string },
  remedy = rightsRemedy,
): Check {
  if (granted) return { check: 'rights', subject, outcome: 'ok', finding: finding.yes };
  return { check: 'rights', subject, outcome: 'limited', finding: finding.no, remedy };
}
