import type { DatedOffset, Snapshot, TopicConfig } from '../domain/snapshot.ts';
import type { SnapshotLine } from './snapshot-line.ts';
import { toUnreadRow } from './unread-row.ts';

/** One recorded snapshot, one line of a file: what `record` writes. */
export function toSnapshotLine(snapshot: Snapshot): SnapshotLine {
  const dates = datesByPlace(snapshot.dated);
  return {
    schema: 'lagwarden.snapshot/1',
    cluster: snapshot.cluster.name,
    at: isoInstant(snapshot.at),
    brokers: [...snapshot.brokers],
    topics: [...snapshot.topics.values()].map(({ name, id, config, partitions }) => ({
      name,
      id,
      ...(config && configFields(config)),
      partitions: [...partitions.values()].map(({ partition, leader, start, end, stable, unread }) => ({
        partition,
        leader,
        start,
        end,
        stable,
        ...(unread && { error: unread.reason }),
      })),
    })),
    groups: snapshot.groups.map(({ group, type, state, coordinator, members, commits, unread }) => ({
      group,
      type,
      state,
      coordinator,
      members:
        members?.map(({ id, clientId, host, subscribed, assigned }) => ({
          id,
          clientId,
          host,
          subscribed: subscribed && [...subscribed],
          assigned: Object.fromEntries([...assigned].map(([topic, partitions]) => [topic, [...partitions]])),
        })) ?? null,
      commits: commits.flatMap(({ topic, partitions, offsets }) => {
        const datesOfTopic = dates.get(topic);
        return partitions.map((partition, i) => {
          const offset = offsets[i] as bigint;
          return { topic, partition, offset, ...dateFields(datesOfTopic?.get(partition)?.get(offset)) };
        });
      }),
      ...(unread && { error: unread.reason }),
    })),
    unread: snapshot.unread.map(toUnreadRow),
  };
}

function isoInstant(at: number): string {
  return new Date(at).toISOString();
}

/** What is not known is absent; without limit is −1, as in Kafka's own configuration. */
function configFields({ retentionMs, retentionBytes, compacted, timestampType }: TopicConfig) {
  return {
    ...(retentionMs !== null && { retentionMs: retentionMs === 'unlimited' ? -1 : retentionMs }),
    ...(retentionBytes !== null && {
      retentionBytes: retentionBytes === 'unlimited' ? -1n : retentionBytes,
    }),
    ...(compacted !== null && { compacted }),
    ...(timestampType !== null && { timestampType }),
  };
}

function dateFields(dated: DatedOffset | undefined) {
  if (dated === undefined) return undefined;
  return {
    oldestWaitingAt: isoInstant(dated.notBefore),
    ...(dated.notBefore !== dated.notAfter && { oldestWaitingUntil: isoInstant(dated.notAfter) }),
  };
}

function datesByPlace(
  dated: readonly DatedOffset[],
): ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<bigint, DatedOffset>>> {
  const byTopic = new Map<string, Map<number, Map<bigint, DatedOffset>>>();
  for (const one of dated) {
    const ofTopic = byTopic.get(one.topic) ?? new Map<number, Map<bigint, DatedOffset>>();
    byTopic.set(one.topic, ofTopic);
    ofTopic.set(one.partition, (ofTopic.get(one.partition) ?? new Map()).set(one.offset, one));
  }
  return byTopic;
}
