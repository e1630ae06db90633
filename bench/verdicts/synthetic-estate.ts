import { type Offset, toOffset } from '../../shared/domain/offset.ts';
import type { GroupSnapshot, Member, Snapshot, TopicSnapshot } from '../../shared/domain/snapshot.ts';

/** What all groups of an estate do. */
export type Motion = 'moving' | 'caught-up' | 'stuck' | 'falling-behind' | 'mixed';

/** How large an estate is: each group commits on `topicsPerGroup` topics, and four members share its partitions. */
export interface SyntheticEstate {
  readonly groups: number;
  readonly topics: number;
  readonly partitionsPerTopic: number;
  readonly topicsPerGroup: number;
  readonly motion: Motion;
}

const minute = 60_000;
const startsAt = Date.UTC(2026, 2, 1, 0, 15);
const membersPerGroup = 4;

/** Records a minute. */
const rate = 600;

/** From this poll on, groups that get stuck stand still, after a life long enough to page for them. */
const stuckFrom = 40;

/** Snapshots of the estate, a poll a minute, without a cluster. What does not change is shared between them. */
export class SyntheticPolls {
  readonly #estate: SyntheticEstate;
  readonly #numbers: readonly number[];
  readonly #members: readonly (readonly Member[])[];

  constructor(estate: SyntheticEstate) {
    this.#estate = estate;
    this.#numbers = Array.from({ length: estate.partitionsPerTopic }, (_, number) => number);
    this.#members = Array.from({ length: estate.groups }, (_, group) => this.#membersOf(group));
  }

  /** @param poll counted from 0 */
  at(poll: number): Snapshot {
    const { groups, topics } = this.#estate;
    return {
      cluster: { name: 'bench', id: 'bench' },
      at: startsAt + poll * minute,
      brokers: [1, 2, 3],
      topics: new Map(
        Array.from({ length: topics }, (_, topic) => [nameOf(topic), this.#topic(topic, poll)]),
      ),
      groups: Array.from({ length: groups }, (_, group) => this.#group(group, poll)),
      unread: [],
      dated: [],
    };
  }

  #topicsOf(group: number): number[] {
    const { topics, topicsPerGroup } = this.#estate;
    return Array.from({ length: topicsPerGroup }, (_, i) => (group * topicsPerGroup + i) % topics);
  }

  #log(topic: number, partition: number): number {
    return topic * this.#estate.partitionsPerTopic + partition;
  }

  #membersOf(group: number): Member[] {
    const own = this.#topicsOf(group).map(nameOf);
    return Array.from({ length: membersPerGroup }, (_, member) => ({
      id: `member-${group}-${member}`,
      clientId: 'app',
      host: '/10.0.0.1',
      subscribed: own,
      assigned: new Map(
        own.map((topic) => [topic, this.#numbers.filter((number) => number % membersPerGroup === member)]),
      ),
    }));
  }

  #topic(topic: number, poll: number): TopicSnapshot {
    const start = toOffset(0n);
    return {
      name: nameOf(topic),
      id: `id-${topic}`,
      config: {
        retentionMs: 7 * 86_400_000,
        retentionBytes: 'unlimited',
        compacted: false,
        timestampType: 'CreateTime',
      },
      partitions: new Map(
        this.#numbers.map((partition) => {
          const end = toOffset(BigInt(endAt(this.#log(topic, partition), poll)));
          return [partition, { partition, leader: 1, start, stable: end, end, unread: null }];
        }),
      ),
    };
  }

  #group(group: number, poll: number): GroupSnapshot {
    const { motion } = this.#estate;
    const own = motion === 'mixed' ? (mixture[group % mixture.length] as Motion) : motion;
    const offsetsOf = (topic: number): Offset[] =>
      this.#numbers.map((partition) =>
        toOffset(BigInt(committedAt(own, group, this.#log(topic, partition), poll))),
      );
    return {
      group: `group-${group}`,
      type: 'classic',
      state: 'Stable',
      coordinator: 1,
      members: this.#members[group] as readonly Member[],
      commits: this.#topicsOf(group).map((topic) => ({
        topic: nameOf(topic),
        partitions: this.#numbers,
        offsets: offsetsOf(topic),
      })),
      unread: null,
    };
  }
}

/** Of twenty groups of a usual estate. */
const mixture: readonly Motion[] = [
  ...Array.from({ length: 12 }, () => 'moving' as const),
  ...Array.from({ length: 6 }, () => 'caught-up' as const),
  'falling-behind',
  'stuck',
];

function nameOf(topic: number): string {
  return `topic-${topic}`;
}

/** A number from 0 to 1 that looks random and is the same each time. */
function noise(...of: readonly number[]): number {
  let mixed = 0x9e3779b9;
  for (const one of of) {
    mixed = Math.imul(mixed ^ one, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) / 2 ** 32;
}

/** Where a log ends: each at its own place, each growing at its own pace, which is not even. */
function endAt(log: number, poll: number): number {
  const pace = rate * (0.2 + 1.6 * noise(log, 1));
  return Math.floor(1e9 * noise(log, 2) + pace * (poll + 0.3 * noise(log, 3, poll)));
}

function committedAt(motion: Motion, group: number, log: number, poll: number): number {
  switch (motion) {
    case 'moving':
    case 'mixed':
      return endAt(log, poll) - Math.floor(rate * 0.3 * noise(log, group, poll));
    case 'caught-up':
      return endAt(log, poll);
    case 'stuck':
      return endAt(log, Math.min(poll, stuckFrom));
    case 'falling-behind':
      return Math.floor((endAt(log, 0) + endAt(log, poll)) / 2);
  }
}
