import { type BrokerId, type EpochMs, type Offset, toOffset } from '../../../shared/domain/offset.ts';
import type {
  DatedOffset,
  GroupSnapshot,
  Member,
  PartitionSnapshot,
  Snapshot,
  TopicCommits,
  TopicSnapshot,
} from '../../../shared/domain/snapshot.ts';
import type { Unread, UnreadCause } from '../../../shared/domain/unread.ts';
import type { Random } from '../random.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { Cursor } from './cursor.ts';
import type { PartitionLog } from './partition-log.ts';
import type { World } from './world.ts';

/** What goes wrong for this poll alone, besides what is wrong with the cluster. */
export interface PollTrouble {
  /** Brokers that do not answer the monitor. */
  readonly silent: ReadonlySet<BrokerId>;
  /** How much of one step's production may come in between reading commits and reading ends. */
  readonly race: number;
  /** Whether the oldest waiting records are dated, as a second look at suspects does. */
  readonly dates: boolean;
}

/** The first half of a poll: starts, commits and members, as they were when it began. */
export interface OpenPoll {
  readonly at: EpochMs;
  readonly groups: GroupSnapshot[];
  readonly unread: Unread[];
  readonly before: ReadonlyMap<PartitionLog, { start: number; stable: number; end: number }>;
  readonly dated: DatedOffset[];
}

/**
 * An honest reader's poll begins: starts and commits are read. Ends are read by `finishPoll` after producers went on,
 * so that lag is only ever overstated.
 */
export function beginPoll(world: World, trouble: PollTrouble, random: Random): OpenPoll {
  const unread: Unread[] = [];
  const unreachable = unreachableBrokers(world, trouble);
  for (const broker of unreachable) {
    const detail = world.down.has(broker)
      ? 'the cluster does not name it as alive; groups that it coordinates are missing'
      : 'no answer within 3000 ms; groups that it coordinates are missing';
    unread.push({
      scope: 'broker',
      broker,
      reason: world.down.has(broker) ? 'unreachable' : 'timed-out',
      detail,
    });
  }
  const groups: GroupSnapshot[] = [];
  for (const group of world.groups) {
    const { coordinator } = group;
    if (coordinator === null) {
      unread.push(hiddenGroups);
      continue;
    }
    const snapshot = unreachable.has(coordinator)
      ? lostOnTheWay(group, coordinator, world.now, random, unread)
      : readGroup(group, world.now);
    if (snapshot !== null) groups.push(snapshot);
  }
  const before = new Map(
    world.topics.flatMap((topic) =>
      topic.logs.map((log) => [log, { start: log.start, stable: log.stable, end: log.end }] as const),
    ),
  );
  groups.sort((a, b) => (a.group < b.group ? -1 : 1));
  const dated = trouble.dates ? dateWaiting(world) : [];
  return { at: world.now, groups, unread, before, dated };
}

/** Stable offsets, then ends: a little later than the rest. */
export function finishPoll(world: World, poll: OpenPoll, trouble: PollTrouble, random: Random): Snapshot {
  const unreachable = unreachableBrokers(world, trouble);
  const wanted = new Set(
    poll.groups.flatMap(({ commits, members }) => [
      ...commits.map(({ topic }) => topic),
      ...(members ?? []).flatMap((member) => [...(member.subscribed ?? []), ...member.assigned.keys()]),
    ]),
  );
  const unread = [...poll.unread];
  const topics = new Map<string, TopicSnapshot>();
  for (const topic of world.topics) {
    const { name } = topic.plan;
    if (!wanted.has(name)) continue;
    const partitions = new Map<number, PartitionSnapshot>();
    if (topic.id === null) unread.push({ scope: 'topic', topic: name, ...missing });
    topic.logs.forEach((log, partition) => {
      const cause = topic.id === null ? missing : causeOf(log, unreachable);
      if (cause !== null) {
        const leader = topic.id === null ? null : log.leader;
        partitions.set(partition, { partition, leader, start: null, stable: null, end: null, unread: cause });
        const broker = leader === null ? {} : { broker: leader };
        if (topic.id !== null)
          unread.push({ scope: 'partition', topic: name, partition, ...broker, ...cause });
        return;
      }
      const then = poll.before.get(log) ?? log;
      const stableLater = trouble.race * random.next();
      // A log that is truncated meanwhile was read just before.
      const written = Math.max(0, log.end - then.end);
      // A transaction that was open at either time was open in between as well.
      const isPlain = then.stable === then.end && log.stable === log.end;
      partitions.set(partition, {
        partition,
        leader: log.leader,
        start: offset(Math.min(then.start, log.end)),
        stable: offset(
          isPlain ? then.end + Math.floor(stableLater * written) : Math.min(then.stable, log.end),
        ),
        end: offset(then.end + Math.floor(trouble.race * written)),
        unread: null,
      });
    });
    topics.set(name, { name, id: topic.id, config: topic.id === null ? null : topic.config, partitions });
  }
  return {
    cluster: { name: 'simulated', id: 'simulated-cluster' },
    at: poll.at,
    brokers: world.brokers.filter((broker) => !world.down.has(broker)),
    topics,
    groups: poll.groups,
    unread,
    dated: poll.dated,
  };
}

const missing: UnreadCause = {
  reason: 'topic-missing',
  detail: 'UNKNOWN_TOPIC_OR_PARTITION answered to Metadata',
};

const hiddenGroups: Unread = {
  scope: 'partition',
  topic: '__consumer_offsets',
  partition: 7,
  reason: 'leaderless',
  detail: 'it has no leader; the groups whose commits it holds cannot be listed',
};

function unreachableBrokers(world: World, { silent }: PollTrouble): Set<BrokerId> {
  return new Set([...world.down, ...world.hidden, ...silent]);
}

function causeOf({ leader }: PartitionLog, unreachable: ReadonlySet<BrokerId>): UnreadCause | null {
  if (leader === null) return { reason: 'leaderless', detail: 'the partition has no leader' };
  if (!unreachable.has(leader)) return null;
  return { reason: 'timed-out', detail: `leader ${leader}: no answer within 3000 ms` };
}

/** A group whose coordinator is silent: not listed, or listed just before the coordinator fell silent. */
function lostOnTheWay(
  group: ConsumerGroup,
  coordinator: BrokerId,
  now: EpochMs,
  random: Random,
  unread: Unread[],
): GroupSnapshot | null {
  if (random.chance(0.7)) return null;
  const cause: UnreadCause = {
    reason: 'coordinator-unread',
    detail: `coordinator ${coordinator}: no answer within 3000 ms`,
  };
  unread.push({ scope: 'group', group: group.name, broker: coordinator, ...cause });
  const state = group.stateAt(now);
  return {
    group: group.name,
    type: group.type,
    state,
    coordinator,
    members: null,
    commits: [],
    unread: cause,
  };
}

function readGroup(group: ConsumerGroup, now: EpochMs): GroupSnapshot | null {
  const state = group.stateAt(now);
  // The classic describe tells assignment and subscription of a settled group only.
  const told = state === 'Stable' || group.type === 'consumer';
  const subscribed = told ? group.topics.map((topic) => topic.plan.name) : null;
  const members: Member[] = group.members.map(({ id, clientId, host, cursors }) => ({
    id,
    clientId,
    host,
    subscribed,
    assigned: told ? assignmentOf(cursors) : new Map(),
  }));
  const commits = commitsOf(group.cursors);
  if (commits.length === 0 && members.length === 0) return null;
  const { name, type, coordinator } = group;
  return { group: name, type, state, coordinator, members, commits, unread: null };
}

function assignmentOf(cursors: readonly Cursor[]): Map<string, number[]> {
  const assigned = new Map<string, number[]>();
  for (const { topic, partition } of cursors) {
    const partitions = assigned.get(topic.plan.name);
    if (partitions === undefined) assigned.set(topic.plan.name, [partition]);
    else partitions.push(partition);
  }
  return assigned;
}

function commitsOf(cursors: readonly Cursor[]): TopicCommits[] {
  const byTopic = new Map<string, { topic: string; partitions: number[]; offsets: Offset[] }>();
  for (const { topic, partition, committed } of cursors) {
    if (committed === null) continue;
    const { name } = topic.plan;
    let commits = byTopic.get(name);
    if (commits === undefined) {
      commits = { topic: name, partitions: [], offsets: [] };
      byTopic.set(name, commits);
    }
    commits.partitions.push(partition);
    commits.offsets.push(offset(committed));
  }
  return [...byTopic.values()];
}

/** When the records at the commits were written, to the minute. */
function dateWaiting(world: World): DatedOffset[] {
  const dated: DatedOffset[] = [];
  for (const { cursors } of world.groups) {
    for (const { topic, partition, committed, log } of cursors) {
      if (committed === null || committed >= log.end || topic.id === null) continue;
      const writtenAt = log.dates.writtenAt(Math.max(committed, log.start));
      if (writtenAt > world.now) continue;
      dated.push({
        topic: topic.plan.name,
        partition,
        offset: offset(committed),
        notBefore: writtenAt - 60_000,
        notAfter: Math.min(writtenAt + 60_000, world.now),
      });
    }
  }
  return dated;
}

function offset(value: number): Offset {
  return toOffset(BigInt(value));
}
