import * as z from 'zod';
import type { Unread } from '../domain/unread.ts';

/** One part that could not be read, as status documents and snapshot files write it. */
export const unreadRowSchema = z.strictObject({
  scope: z.enum(['broker', 'group', 'topic', 'partition']),
  broker: z.int().optional(),
  group: z.string().optional(),
  topic: z.string().optional(),
  partition: z.int().nonnegative().optional(),
  reason: z.string(),
  detail: z.string(),
});

export type UnreadRow = z.infer<typeof unreadRowSchema>;

/** The row, its keys in the order in which a person reads them, wherever it was made. */
export function toUnreadRow(unread: Unread): UnreadRow {
  const { broker, group, topic, partition }: Partial<UnreadRow> = unread;
  return {
    scope: unread.scope,
    ...(broker !== undefined && { broker }),
    ...(group !== undefined && { group }),
    ...(topic !== undefined && { topic }),
    ...(partition !== undefined && { partition }),
    reason: unread.reason,
    detail: unread.detail,
  };
}
