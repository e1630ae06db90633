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

export function toUnreadRow(unread: Unread): UnreadRow {
  // Scope and place first, reason last: the order in which a person reads it.
  const { scope, reason, detail, ...place } = unread;
  return { scope, ...place, reason, detail };
}
