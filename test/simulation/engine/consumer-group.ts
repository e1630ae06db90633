import type { BrokerId, EpochMs } from '../../../shared/domain/offset.ts';
import type { Range } from '../random.ts';
import { Random } from '../random.ts';
import { Cursor, type Reader } from './cursor.ts';
import type { Topic } from './topic.ts';

/** How the readers of a group go about it. */
export interface ReaderHabits {
  readonly commitEveryMs: number;
  /** Whether a position that did not move is committed again, as auto-commit does. */
  readonly recommits: boolean;
  /** Whether it commits at all; a reader may keep its offsets elsewhere. */
  readonly commits: boolean;
  /** Records per second that each partition's reader can take, by partition. */
  readonly capacity: readonly number[];
  readonly readsCommitted: boolean;
  /** Whether its commits get past transaction markers, as `position()` does, or stop behind the last record. */
  readonly passesMarkers: boolean;
  /** How long each record is held back before it is read. */
  readonly delayMs: number;
  readonly onOutOfRange: 'earliest' | 'latest' | 'none';
  /** A cooperative rebalance lets members read on. */
  readonly cooperative: boolean;
  readonly rebalanceMs: Range;
}

export interface GroupPlan {
  readonly name: string;
  readonly type: 'classic' | 'consumer';
  readonly coordinator: BrokerId;
  readonly habits: ReaderHabits;
}

export type CommitListener = (
  at: EpochMs,
  group: string,
  topic: string,
  partition: number,
  offset: number,
) => void;

/** A consumer group: its readers, their assignment, what they read and commit. */
export class ConsumerGroup {
  readonly name: string;
  readonly type: 'classic' | 'consumer';
  readonly home: BrokerId;
  coordinator: BrokerId | null;
  habits: ReaderHabits;
  readers: Reader[] = [];
  readonly cursors: Cursor[];
  /** How much of their capacity the readers reach. */
  pace = 1;
  onCommit: CommitListener | null = null;
  readonly #random: Random;
  #settlesAt: EpochMs | null = null;
  #syncsAt: EpochMs = 0;
  #joined = 0;

  constructor(plan: GroupPlan, topics: readonly Topic[], now: EpochMs, seed: number, committed = true) {
    this.name = plan.name;
    this.type = plan.type;
    this.home = plan.coordinator;
    this.coordinator = plan.coordinator;
    this.habits = plan.habits;
    this.#random = new Random(seed);
    this.cursors = topics.flatMap((topic) =>
      topic.logs.map((log, partition) => new Cursor(topic, partition, committed ? log.readable : null, now)),
    );
  }

  get members(): Reader[] {
    return this.readers.filter((reader) => reader.isMember);
  }

  get topics(): Topic[] {
    return [...new Set(this.cursors.map((cursor) => cursor.topic))];
  }

  /** Kafka's own spelling. */
  stateAt(now: EpochMs): string {
    if (!this.readers.some((reader) => reader.isMember)) return 'Empty';
    if (this.#settlesAt === null) return 'Stable';
    if (this.type === 'consumer') return now < this.#syncsAt ? 'Assigning' : 'Reconciling';
    return now < this.#syncsAt ? 'PreparingRebalance' : 'CompletingRebalance';
  }

  get isRebalancing(): boolean {
    return this.#settlesAt !== null;
  }

  /** New members; the group rebalances. */
  join(count: number, now: EpochMs): void {
    for (let i = 0; i < count; i++) this.readers.push(this.#newReader(now, true));
    this.rebalance(now);
  }

  /** Readers by assign(): there at once, and no members. */
  assignSelf(count: number, now: EpochMs): void {
    for (let i = 0; i < count; i++) this.readers.push(this.#newReader(now, false));
    this.#assign();
  }

  /** Members leave; in good order they commit what they have read before. */
  leave(leaving: readonly Reader[], now: EpochMs, inGoodOrder: boolean): void {
    for (const reader of leaving) {
      if (inGoodOrder) this.#commitAll(reader, now);
      for (const cursor of reader.cursors) cursor.owner = null;
    }
    this.readers = this.readers.filter((reader) => !leaving.includes(reader));
    if (this.readers.length > 0) this.rebalance(now);
    else this.#settlesAt = null;
  }

  leaveAll(now: EpochMs, inGoodOrder = true): void {
    this.leave(this.readers, now, inGoodOrder);
  }

  rebalance(now: EpochMs, durationMs = this.#random.between(this.habits.rebalanceMs)): void {
    this.#settlesAt = now + durationMs;
    this.#syncsAt = now + durationMs * this.#random.between([0.4, 0.9]);
  }

  /** Members come back under new ids, as restarted clients do. */
  renewMembers(share: number): void {
    for (const reader of this.readers) if (this.#random.chance(share)) reader.id = this.#nextId();
  }

  /** Reading and committing within one step. */
  step(now: EpochMs, stepMs: number): void {
    if (this.#settlesAt !== null && now >= this.#settlesAt) {
      this.#settlesAt = null;
      this.#assign();
    }
    const reads = this.#settlesAt === null || this.habits.cooperative;
    for (const reader of this.readers) {
      if (reader.hung || !reads) continue;
      for (const cursor of reader.cursors) this.#read(cursor, now, stepMs);
      if (reader.nextCommitAt > now) continue;
      reader.nextCommitAt = Math.max(reader.nextCommitAt + this.habits.commitEveryMs, now);
      this.#commitAll(reader, now);
    }
    for (const cursor of this.cursors) {
      if (cursor.committed !== null && cursor.committed >= cursor.log.readable) cursor.busySince = now;
    }
  }

  /** Commits for the whole group from outside, as a reset or a replicator does. */
  commitFor(cursor: Cursor, position: number, now: EpochMs): void {
    cursor.position = position;
    this.#commit(cursor, now);
  }

  #read(cursor: Cursor, now: EpochMs, stepMs: number): void {
    const { log, topic } = cursor;
    if (log.leader === null || topic.id === null) return;
    const { habits } = this;
    if (cursor.position > log.end || cursor.position < log.start) {
      if (habits.onOutOfRange === 'none') return;
      cursor.position = habits.onOutOfRange === 'earliest' ? log.start : log.end;
    }
    let limit = !habits.readsCommitted ? log.end : habits.passesMarkers ? log.stable : log.readable;
    if (habits.delayMs > 0) limit = Math.min(limit, log.dates.endAt(now - habits.delayMs));
    if (cursor.poison !== null) limit = Math.min(limit, cursor.poison);
    if (limit <= cursor.position) return;
    const capacity = ((habits.capacity[cursor.partition] ?? 0) * this.pace * stepMs) / 1000;
    // Compaction leaves gaps, over which a reader jumps.
    const reach = topic.plan.compacted ? capacity * (1 + 4 * this.#random.next()) : capacity;
    cursor.position = Math.min(limit, cursor.position + this.#random.around(reach));
  }

  #commitAll(reader: Reader, now: EpochMs): void {
    if (!this.habits.commits || reader.hung || this.coordinator === null) return;
    for (const cursor of reader.cursors) {
      if (cursor.position !== cursor.committed || this.habits.recommits) this.#commit(cursor, now);
    }
  }

  #commit(cursor: Cursor, now: EpochMs): void {
    if (cursor.topic.id === null) return;
    cursor.commit(now);
    this.onCommit?.(now, this.name, cursor.topic.plan.name, cursor.partition, cursor.position);
  }

  #assign(): void {
    const { readers, cursors } = this;
    const before = new Map(cursors.map((cursor) => [cursor, cursor.owner]));
    for (const reader of readers) reader.cursors = [];
    cursors.forEach((cursor, index) => {
      const owner = cursor.leftOut || readers.length === 0 ? null : (readers[index % readers.length] ?? null);
      cursor.owner = owner;
      owner?.cursors.push(cursor);
      // A new owner begins where the old one committed.
      if (owner !== before.get(cursor) && cursor.committed !== null) cursor.position = cursor.committed;
    });
  }

  #newReader(now: EpochMs, isMember: boolean): Reader {
    const id = this.#nextId();
    const number = this.#joined % 250;
    return {
      id,
      clientId: `${this.name}-client`,
      host: `/10.0.0.${number}`,
      isMember,
      hung: false,
      nextCommitAt: now + this.#random.next() * this.habits.commitEveryMs,
      cursors: [],
    };
  }

  #nextId(): string {
    this.#joined++;
    return `${this.name}-client-${this.#joined}`;
  }
}
