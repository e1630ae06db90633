import type { BrokerId } from '../../shared/domain/offset.ts';
import type { GroupType, Member, TopicConfig } from '../../shared/domain/snapshot.ts';
import type { UnreadCause } from '../../shared/domain/unread.ts';

/** One partition's log. Everything may be changed while a poll runs: that is how a cluster moves. */
export interface LogState {
  leader: BrokerId | null;
  start: bigint;
  stable: bigint;
  end: bigint;
  /** Why its leader does not tell its offsets, though the broker itself answers. */
  error?: UnreadCause;
  /** What it holds, in the order of the offsets; only dating looks at them. A timestamp of −1 is none. */
  records?: readonly { readonly offset: bigint; readonly timestamp: number }[];
}

export interface TopicState {
  id: string | null;
  partitions: LogState[];
  /** `hidden`: Metadata for all topics leaves it out, as for a topic that was created a moment ago. */
  listed: 'listed' | 'hidden' | 'unauthorised';
  /** What its configuration says, or why that is not told; absent: no right to see it. */
  config?: TopicConfig | UnreadCause;
}

export interface GroupState {
  type: GroupType;
  state: string;
  coordinator: BrokerId;
  /** By topic and partition number; a cause stands for an error of that partition alone. */
  commits: Record<string, Record<number, bigint | UnreadCause>>;
  members: Member[];
  /** Partitions (`topic-0`) whose commit a transaction under way is about to move. */
  unstable?: Set<string>;
  /** Why its coordinator does not tell its commits, or its members. */
  commitsError?: UnreadCause;
  membersError?: UnreadCause;
}

/** A whole cluster as plain data. */
export interface ClusterState {
  clusterId: string | null;
  brokers: BrokerId[];
  /** Brokers that do not answer. */
  down: Set<BrokerId>;
  topics: Record<string, TopicState>;
  groups: Record<string, GroupState>;
}

/** A log led by broker 1 that was written to without transactions, unless told otherwise. */
export function log(start: number | bigint, end: number | bigint, rest: Partial<LogState> = {}): LogState {
  return { leader: 1, start: BigInt(start), stable: BigInt(end), end: BigInt(end), ...rest };
}

export function topic(...partitions: LogState[]): TopicState {
  return { id: null, partitions, listed: 'listed' };
}

/** A classic group of broker 1; without members, hence `Empty`, unless told otherwise. */
export function group(
  commits: Record<string, readonly (number | bigint | UnreadCause | null)[]>,
  rest: Partial<GroupState> = {},
): GroupState {
  return {
    type: 'classic',
    state: rest.members?.length ? 'Stable' : 'Empty',
    coordinator: 1,
    commits: Object.fromEntries(
      Object.entries(commits).map(([name, offsets]) => [name, commitsByPartition(offsets)]),
    ),
    members: [],
    ...rest,
  };
}

function commitsByPartition(offsets: readonly (number | bigint | UnreadCause | null)[]) {
  return Object.fromEntries(
    offsets.flatMap((offset, partition) =>
      offset === null ? [] : [[partition, typeof offset === 'number' ? BigInt(offset) : offset]],
    ),
  );
}

export function cluster(state: Partial<ClusterState>): ClusterState {
  return { clusterId: 'cluster-1', brokers: [1], down: new Set(), topics: {}, groups: {}, ...state };
}
