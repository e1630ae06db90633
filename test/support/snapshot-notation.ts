import { type Offset, toOffset } from '../../shared/domain/offset.ts';
import type {
  GroupSnapshot,
  Member,
  PartitionSnapshot,
  Snapshot,
  TopicSnapshot,
} from '../../shared/domain/snapshot.ts';
import type { Unread, UnreadCause } from '../../shared/domain/unread.ts';

/**
 * A partition's log in a word: `0..10` from start to end, `0..7..10` with the last stable offset between them, `?` in
 * place of a number that was not read, `?` alone where nothing was.
 */
export type LogNote = string;

/** What nobody answered, where a test does not care why. */
export const silence: UnreadCause = { reason: 'timed-out', detail: 'no answer within 3000 ms' };

/** One partition from its note. */
function partitionOf(note: LogNote, partition = 0): PartitionSnapshot {
  const words = note === '?' ? ['?', '?', '?'] : note.split('..');
  const [start, stable, end] = (words.length === 2 ? [words[0], words[1], words[1]] : words).map((word) =>
    word === '?' || word === undefined ? null : toOffset(BigInt(word)),
  ) as [Offset | null, Offset | null, Offset | null];
  return { partition, leader: 1, start, stable, end, unread: note.includes('?') ? silence : null };
}

/** A group by what it committed on each topic, partition by partition; `null` where it did not. */
export interface GroupNote extends Partial<Omit<GroupSnapshot, 'commits' | 'group'>> {
  readonly commits?: Readonly<Record<string, readonly (number | bigint | null)[]>>;
}

/** A snapshot from topics (one log note for each partition) and groups. Nobody is a member unless told otherwise. */
export function snapshotOf(
  topics: Readonly<Record<string, readonly LogNote[]>>,
  groups: Readonly<Record<string, GroupNote>>,
  unread: readonly Unread[] = [],
): Snapshot {
  return {
    cluster: { name: 'orders-prod', id: 'cluster-1' },
    at: Date.UTC(2026, 2, 1, 3),
    brokers: [1, 2, 3],
    topics: new Map(Object.entries(topics).map(([name, notes]) => [name, topicOf(name, notes)])),
    groups: Object.entries(groups).map(([name, note]) => groupOf(name, note)),
    unread,
    dated: [],
  };
}

function topicOf(name: string, notes: readonly LogNote[]): TopicSnapshot {
  return {
    name,
    id: null,
    config: null,
    partitions: new Map(notes.map((note, partition) => [partition, partitionOf(note, partition)])),
  };
}

function groupOf(group: string, { commits = {}, ...rest }: GroupNote = {}): GroupSnapshot {
  return {
    group,
    type: 'classic',
    state: rest.members?.length ? 'Stable' : 'Empty',
    coordinator: 1,
    members: [],
    commits: Object.entries(commits).map(([topic, offsets]) => {
      const committed = [...offsets.entries()].flatMap(([partition, offset]) =>
        offset === null ? [] : [{ partition, offset: toOffset(BigInt(offset)) }],
      );
      return {
        topic,
        partitions: committed.map(({ partition }) => partition),
        offsets: committed.map(({ offset }) => offset),
      };
    }),
    unread: null,
    ...rest,
  };
}

/** A member that owns the given partitions and subscribes to their topics, unless told otherwise. */
export function member(assigned: Record<string, readonly number[]> = {}, rest: Partial<Member> = {}): Member {
  return {
    id: 'm-1',
    clientId: 'app',
    host: '/10.0.0.1',
    subscribed: Object.keys(assigned),
    assigned: new Map(Object.entries(assigned)),
    ...rest,
  };
}
