/**
 * What the stand-in pretends to be: plain and mutable, so that a test changes the cluster by assignment while it runs.
 * Errors are Kafka's numbers; 0 is none. Where Kafka behaves by itself (not the leader, not the coordinator, a KIP-848
 * group asked by the classic request) nothing needs to be set.
 */
export interface ClusterDescription {
  clusterId: string | null;
  topics: Map<string, TopicDescription>;
  groups: Map<string, GroupDescription>;
  /** Topics that Metadata does not list, but answers with an error when asked for by name. */
  unlistedTopics: Map<string, { error: number }>;
  /** Logins that are let in; `null` for a listener without login. */
  passwords: Map<string, string> | null;
  /** How long a login is good for, in milliseconds (KIP-368); 0 for ever. */
  sessionMs: number;
}

export interface TopicDescription {
  id: string | null;
  /** What Metadata says of the topic as a whole; its partitions are then not named. */
  error: number;
  partitions: PartitionDescription[];
  /** What DescribeConfigs tells, by key; absent for Kafka's defaults. */
  configs?: Record<string, string | null>;
  /** What DescribeConfigs answers for it; absent for none. */
  configsError?: number;
}

export interface PartitionDescription {
  /** −1 for none. */
  leader: number;
  replicas: number[];
  start: bigint;
  stable: bigint;
  end: bigint;
  /** What ListOffsets answers for it. */
  error: number;
  /** ListOffsets does not mention it. */
  leftOut: boolean;
  /** What its log holds, in the order of their offsets; absent where no test asks for times. */
  records?: readonly RecordDescription[];
}

export interface RecordDescription {
  readonly offset: bigint;
  /** −1 for none. */
  readonly timestamp: bigint;
}

export type FakeGroupType = 'Classic' | 'Consumer' | 'Share' | 'Streams';

export interface GroupDescription {
  type: FakeGroupType;
  protocolType: string;
  state: string;
  coordinator: number;
  /** Another broker that lists it as well, as happens while a coordinator moves. */
  alsoListedBy: number | null;
  commits: Map<string, Map<number, CommitDescription>>;
  members: MemberDescription[];
  /** What OffsetFetch answers for the group. */
  commitsError: number;
  /** What the describe requests answer for the group. */
  describeError: number;
  /** OffsetFetch and the describe requests do not mention it. */
  leftOut: boolean;
}

export interface CommitDescription {
  committed: bigint;
  error: number;
}

export interface MemberDescription {
  id: string;
  clientId: string;
  host: string;
  subscribed: string[];
  assigned: Map<string, number[]>;
  /** In place of the bytes that a well-behaved client would have stored with the broker. */
  rawAssignment: Buffer | null;
}

export function emptyCluster(): ClusterDescription {
  return {
    clusterId: 'fake-cluster',
    topics: new Map(),
    groups: new Map(),
    unlistedTopics: new Map(),
    passwords: null,
    sessionMs: 0,
  };
}

export function partition(leader: number, log: Partial<PartitionDescription> = {}): PartitionDescription {
  const end = log.end ?? 100n;
  return {
    leader,
    replicas: leader < 0 ? [] : [leader],
    start: 0n,
    stable: end,
    end,
    error: 0,
    leftOut: false,
    ...log,
  };
}

export function topic(partitions: PartitionDescription[], id: string | null = null): TopicDescription {
  return { id, error: 0, partitions };
}

export function group(coordinator: number, details: Partial<GroupDescription> = {}): GroupDescription {
  return {
    type: 'Classic',
    protocolType: 'consumer',
    state: 'Stable',
    coordinator,
    alsoListedBy: null,
    commits: new Map(),
    members: [],
    commitsError: 0,
    describeError: 0,
    leftOut: false,
    ...details,
  };
}

/** Commits of one topic, by partition number. */
export function commits(name: string, offsets: Record<number, bigint>): GroupDescription['commits'] {
  const ofTopic = new Map(
    Object.entries(offsets).map(([number, committed]) => [Number(number), { committed, error: 0 }]),
  );
  return new Map([[name, ofTopic]]);
}

export function member(id: string, details: Partial<MemberDescription> = {}): MemberDescription {
  return {
    id,
    clientId: 'client',
    host: '/10.0.0.3',
    subscribed: [],
    assigned: new Map(),
    rawAssignment: null,
    ...details,
  };
}
