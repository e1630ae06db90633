import type { Offset } from '../domain/offset.ts';
import type {
  DatedOffset,
  GroupSnapshot,
  PartitionSnapshot,
  Snapshot,
  TopicConfig,
  TopicSnapshot,
} from '../domain/snapshot.ts';
import type { Unread, UnreadCause } from '../domain/unread.ts';
import { parseExactly } from './exact-json.ts';
import { type SnapshotLine, snapshotLineSchema } from './snapshot-line.ts';
import { repetition } from './snapshot-line-repetition.ts';
import { fromUnreadRow, toUnreadReason } from './unread-row.ts';
import { fieldPath, shown } from './value-in-fault.ts';

export type ParsedSnapshotLine =
  | { readonly ok: true; readonly snapshot: Snapshot }
  /** One sentence that names the line and the field. */
  | { readonly ok: false; readonly fault: string };

/**
 * One line of a recording, as data. Pure, and no text makes it throw.
 *
 * @param lineNumber from 1, for the fault
 */
export function parseSnapshotLine(text: string, lineNumber: number): ParsedSnapshotLine {
  const fault = (message: string): ParsedSnapshotLine => ({
    ok: false,
    fault: `line ${lineNumber}: ${message}`,
  });
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (error) {
    // The parser tells where it gave up; a line that was cut short is the usual reason.
    return fault(`this is no JSON: ${(error as Error).message}`);
  }
  const parsed = snapshotLineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    const where = path.length === 0 ? '' : `${fieldPath(path)}: `;
    return fault(`${where}${issue?.message}, got ${shown(value, path)}`);
  }
  const repeated = repetition(parsed.data);
  if (repeated !== null) return fault(repeated);
  return { ok: true, snapshot: toSnapshot(parsed.data) };
}

function toSnapshot(line: SnapshotLine): Snapshot {
  const unread = line.unread.map(fromUnreadRow);
  const details = new Details(unread);
  return {
    cluster: { name: line.cluster, id: null },
    at: Date.parse(line.at),
    brokers: line.brokers ?? [],
    topics: new Map(line.topics.map((topic) => [topic.name, toTopic(topic, details)])),
    groups: line.groups.map((group) => toGroup(group, details)),
    unread,
    dated: toDated(line.groups),
  };
}

/** The details of what could not be read stand in the list of the unread alone. */
class Details {
  readonly #topics = new Map<string, UnreadCause>();
  readonly #groups = new Map<string, UnreadCause>();
  readonly #partitions = new Map<string, Map<number, UnreadCause>>();

  constructor(unread: readonly Unread[]) {
    for (const part of unread) {
      if (part.scope === 'topic') this.#topics.set(part.topic, part);
      if (part.scope === 'group') this.#groups.set(part.group, part);
      if (part.scope !== 'partition' || part.group !== undefined) continue;
      const ofTopic = this.#partitions.get(part.topic) ?? new Map<number, UnreadCause>();
      this.#partitions.set(part.topic, ofTopic.set(part.partition, part));
    }
  }

  ofPartition(topic: string, partition: number, error: string | undefined): UnreadCause | null {
    return this.#cause(error, [this.#partitions.get(topic)?.get(partition), this.#topics.get(topic)]);
  }

  ofGroup(group: string, error: string | undefined): UnreadCause | null {
    return this.#cause(error, [this.#groups.get(group)]);
  }

  #cause(error: string | undefined, told: readonly (UnreadCause | undefined)[]): UnreadCause | null {
    if (error === undefined) return null;
    const reason = toUnreadReason(error);
    if (reason === null) return { reason: 'kafka-error', detail: error };
    const detail = told.find((cause) => cause?.reason === reason)?.detail;
    return { reason, detail: detail ?? 'the recording does not say more' };
  }
}

function toTopic(topic: SnapshotLine['topics'][number], details: Details): TopicSnapshot {
  const { name, id } = topic;
  const partitions = new Map<number, PartitionSnapshot>();
  for (const { partition, leader, start, end, stable, error } of topic.partitions) {
    partitions.set(partition, {
      partition,
      leader,
      start: start as Offset | null,
      stable: stable as Offset | null,
      end: end as Offset | null,
      unread: details.ofPartition(name, partition, error),
    });
  }
  return { name, id, config: toConfig(topic), partitions };
}

function toConfig(topic: SnapshotLine['topics'][number]): TopicConfig | null {
  const { retentionMs = null, retentionBytes = null, compacted = null, timestampType = null } = topic;
  if (retentionMs === null && retentionBytes === null && compacted === null && timestampType === null)
    return null;
  return {
    retentionMs: retentionMs === -1 ? 'unlimited' : retentionMs,
    retentionBytes: retentionBytes === -1n ? 'unlimited' : retentionBytes,
    compacted,
    timestampType,
  };
}

function toGroup(line: SnapshotLine['groups'][number], details: Details): GroupSnapshot {
  const { group, type, state, coordinator, members, commits, error } = line;
  const byTopic = new Map<string, { topic: string; partitions: number[]; offsets: Offset[] }>();
  for (const { topic, partition, offset } of commits) {
    const ofTopic = byTopic.get(topic) ?? { topic, partitions: [], offsets: [] };
    byTopic.set(topic, ofTopic);
    ofTopic.partitions.push(partition);
    ofTopic.offsets.push(offset as Offset);
  }
  return {
    group,
    type,
    state,
    coordinator,
    members:
      members?.map((member) => ({ ...member, assigned: new Map(Object.entries(member.assigned)) })) ?? null,
    commits: [...byTopic.values()],
    unread: details.ofGroup(group, error),
  };
}

/** Several groups may stand at the same offset: one date serves them all. */
function toDated(groups: SnapshotLine['groups']): DatedOffset[] {
  const dated = new Map<string, DatedOffset>();
  for (const { commits } of groups) {
    for (const { topic, partition, offset, oldestWaitingAt, oldestWaitingUntil } of commits) {
      if (oldestWaitingAt === undefined) continue;
      const notBefore = Date.parse(oldestWaitingAt);
      const notAfter = oldestWaitingUntil === undefined ? notBefore : Date.parse(oldestWaitingUntil);
      dated.set(`${offset} ${partition} ${topic}`, {
        topic,
        partition,
        offset: offset as Offset,
        notBefore,
        notAfter,
      });
    }
  }
  return [...dated.values()];
}
