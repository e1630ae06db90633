import type { ClusterMemory, GroupMemory } from './memory/cluster-memory.ts';
import { type HistoryTable, none } from './memory/history.ts';
import type { LogMemory } from './memory/log-memory.ts';
import type { EpochMs, Offset } from './offset.ts';
import type { Snapshot, TopicSnapshot } from './snapshot.ts';

/** An offset at which records wait, to be dated. */
export interface Suspect {
  readonly topic: string;
  readonly partition: number;
  readonly offset: Offset;
  /** Between which instants it is believed to have been produced: where to look first, no bounds. */
  readonly hint?: { readonly notBefore?: EpochMs; readonly notAfter?: EpochMs };
}

/** Offsets dated in one poll at most: some requests to each broker, whatever the size of the estate. */
const mostSuspects = 1_000;

/** Where an offset stands, as one text. */
export function placeOf({
  topic,
  partition,
  offset,
}: Pick<Suspect, 'topic' | 'partition' | 'offset'>): string {
  return `${offset} ${partition} ${topic}`;
}

/**
 * The offsets whose oldest waiting record is worth dating: how long it has waited at most is neither bounded by what
 * earlier polls saw of the log, nor was it dated before. Each group's largest lag comes first, of those the largest of
 * all, so that no group of many partitions keeps the others out.
 *
 * @param previous the memory of the polls before this one; `null`: none, so that every waiting record is a suspect
 * @param wanted which groups; absent: all
 */
export function findSuspects(
  snapshot: Snapshot,
  previous: ClusterMemory | null,
  wanted: (group: string) => boolean = () => true,
): Suspect[] {
  const ranked: Ranked[] = [];
  for (const { group, commits } of snapshot.groups) {
    if (!wanted(group)) continue;
    const past = previous === null ? null : new GroupPast(previous, group);
    const own: Ranked[] = [];
    for (const { topic, partitions, offsets } of commits) {
      const known = snapshot.topics.get(topic);
      if (known === undefined) continue;
      const logs = past === null || wasMadeAnew(known, past.logs) ? null : past.logs;
      for (let i = 0; i < partitions.length; i++) {
        const partition = partitions[i] as number;
        const end = known.partitions.get(partition)?.end ?? null;
        const offset = offsets[i] as Offset;
        if (end === null || offset >= end) continue;
        const seenAt = logs === null ? null : firstSeenBeyond(logs, topic, partition, offset);
        if (seenAt === 'bounded' || past?.isDated(topic, partition, offset)) continue;
        const hint = { ...past?.earlierDate(topic, partition, offset), ...(seenAt && { notAfter: seenAt }) };
        own.push({ lag: end - offset, rank: 0, suspect: { topic, partition, offset, hint } });
      }
    }
    for (const [rank, one] of own.sort(byLag).entries()) ranked.push({ ...one, rank });
  }
  const chosen = new Map<string, Suspect>();
  for (const { suspect } of ranked.sort((a, b) => a.rank - b.rank || byLag(a, b))) {
    if (chosen.size >= mostSuspects) break;
    const place = placeOf(suspect);
    if (!chosen.has(place)) chosen.set(place, suspect);
  }
  return [...chosen.values()];
}

interface Ranked {
  readonly suspect: Suspect;
  readonly lag: bigint;
  /** How many of its group's partitions have a larger lag. */
  readonly rank: number;
}

function byLag(a: Ranked, b: Ranked): number {
  return a.lag === b.lag ? 0 : a.lag > b.lag ? -1 : 1;
}

function wasMadeAnew({ name, id }: TopicSnapshot, { topics }: LogMemory): boolean {
  const before = topics.get(name)?.id ?? null;
  return before !== null && id !== null && before !== id;
}

/**
 * `bounded` where a poll saw the log end at or before the offset: what waits there came later. Else when the log was
 * first seen to reach beyond it, since when at least the record has waited; `null` where the log was never seen.
 */
function firstSeenBeyond(
  { topics, series }: LogMemory,
  topic: string,
  partition: number,
  offset: bigint,
): 'bounded' | EpochMs | null {
  const slot = topics.get(topic)?.slots.get(partition);
  if (slot === undefined) return null;
  let beyondAt: EpochMs | null = null;
  for (const { at, ends } of series) {
    const end = ends[slot] ?? none;
    if (end === none) continue;
    if (end <= offset) return 'bounded';
    beyondAt ??= at;
  }
  return beyondAt;
}

/** What earlier polls told of one group's waiting records. */
class GroupPast {
  readonly logs: LogMemory;
  readonly #history: HistoryTable;
  readonly #memory: GroupMemory | undefined;
  #rows: Map<string, Map<number, number>> | null = null;

  constructor({ logs, history, groups }: ClusterMemory, group: string) {
    this.logs = logs;
    this.#history = history;
    this.#memory = groups.get(group);
  }

  /** Whether the record at this very commit was dated. */
  isDated(topic: string, partition: number, offset: bigint): boolean {
    const row = this.#rowOf(topic, partition);
    return row !== null && this.#history.datedTo[row] !== 0 && this.#history.committed[row] === offset;
  }

  /** A record before this one was dated: it came no earlier. */
  earlierDate(topic: string, partition: number, offset: bigint): { readonly notBefore?: EpochMs } {
    const row = this.#rowOf(topic, partition);
    if (row === null || this.#history.datedTo[row] === 0) return {};
    if ((this.#history.committed[row] as bigint) >= offset) return {};
    return { notBefore: this.#history.datedFrom[row] as number };
  }

  #rowOf(topic: string, partition: number): number | null {
    if (this.#memory === undefined) return null;
    this.#rows ??= rowsOf(this.#memory);
    return this.#rows.get(topic)?.get(partition) ?? null;
  }
}

function rowsOf({ base, keys }: GroupMemory): Map<string, Map<number, number>> {
  const rows = new Map<string, Map<number, number>>();
  for (let i = 0; i < keys.topics.length; i++) {
    const topic = keys.topics[i] as string;
    const ofTopic = rows.get(topic) ?? new Map<number, number>();
    rows.set(topic, ofTopic);
    ofTopic.set(keys.partitions[i] as number, base + i);
  }
  return rows;
}
