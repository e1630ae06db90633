import * as z from 'zod';
import type { Snapshot } from '../domain/snapshot.ts';
import { toUnreadRow, unreadRowSchema } from './unread-row.ts';

const integerOrNull = z.bigint().nullable();

/** Partitions by topic, passed on as it is: `z.record` would drop `__proto__`, which is a topic name like any other. */
const assignment = z.custom<Record<string, number[]>>(isAssignment, {
  error: 'expected partition numbers by topic, such as {"orders":[0,1]}',
});

function isAssignment(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (partitions) => Array.isArray(partitions) && partitions.every(isPartition),
  );
}

function isPartition(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** One recorded snapshot, one line of a file: what `record` writes. Whole numbers are exact at any size. */
export const snapshotLineSchema = z.strictObject({
  schema: z.literal('lagwarden.snapshot/1'),
  cluster: z.string(),
  at: z.iso.datetime(),
  brokers: z.array(z.int()).optional(),
  topics: z.array(
    z.strictObject({
      name: z.string(),
      id: z.string().nullable(),
      partitions: z.array(
        z.strictObject({
          partition: z.int().nonnegative(),
          leader: z.int().nullable(),
          start: integerOrNull,
          end: integerOrNull,
          stable: integerOrNull,
          error: z.string().optional(),
        }),
      ),
    }),
  ),
  groups: z.array(
    z.strictObject({
      group: z.string(),
      type: z.enum(['classic', 'consumer', 'share', 'streams', 'unknown']),
      state: z.string(),
      coordinator: z.int().nullable(),
      members: z
        .array(
          z.strictObject({
            id: z.string(),
            clientId: z.string(),
            host: z.string(),
            subscribed: z.array(z.string()).nullable(),
            assigned: assignment,
          }),
        )
        .nullable(),
      commits: z.array(
        z.strictObject({ topic: z.string(), partition: z.int().nonnegative(), offset: z.bigint() }),
      ),
      error: z.string().optional(),
    }),
  ),
  unread: z.array(unreadRowSchema),
});

export type SnapshotLine = z.infer<typeof snapshotLineSchema>;

export function toSnapshotLine(snapshot: Snapshot): SnapshotLine {
  return {
    schema: 'lagwarden.snapshot/1',
    cluster: snapshot.cluster.name,
    at: new Date(snapshot.at).toISOString(),
    brokers: [...snapshot.brokers],
    topics: [...snapshot.topics.values()].map(({ name, id, partitions }) => ({
      name,
      id,
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
      commits: commits.flatMap(({ topic, partitions, offsets }) =>
        partitions.map((partition, i) => ({ topic, partition, offset: offsets[i] as bigint })),
      ),
      ...(unread && { error: unread.reason }),
    })),
    unread: snapshot.unread.map(toUnreadRow),
  };
}
