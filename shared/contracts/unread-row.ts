import * as z from 'zod';
import type { Unread, UnreadCause, UnreadReason } from '../domain/unread.ts';

const id = z.int({ error: 'expected the id of a broker' });
const text = z.string({ error: 'expected a text' });
const index = { error: 'expected a whole number of 0 or more' };
const scopes = ['broker', 'group', 'topic', 'partition'] as const;

/** What a row has to name, by its scope. */
const namedBy = {
  broker: ['broker'],
  group: ['group'],
  topic: ['topic'],
  partition: ['topic', 'partition'],
} as const;

/** One part that could not be read, as status documents and snapshot files write it. */
export const unreadRowSchema = z
  .object({
    scope: z.enum(scopes, { error: `expected one of ${scopes.join(', ')}` }),
    broker: id.optional(),
    group: text.optional(),
    topic: text.optional(),
    partition: z.int(index).nonnegative(index).optional(),
    reason: text,
    detail: text,
  })
  .superRefine((row, context) => {
    for (const field of namedBy[row.scope]) {
      if (row[field] !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `expected a ${field}, which the scope ${row.scope} needs`,
      });
    }
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

const reasons: Readonly<Record<UnreadReason, true>> = {
  unauthorised: true,
  unreachable: true,
  'timed-out': true,
  leaderless: true,
  'leader-moved': true,
  'topic-missing': true,
  'coordinator-unread': true,
  'commit-gone': true,
  'not-measurable': true,
  unsupported: true,
  garbled: true,
  'kafka-error': true,
};

/** The reason of this name; `null` where another version of Lagwarden, or another program, wrote one that is not known. */
export function toUnreadReason(name: string): UnreadReason | null {
  return Object.hasOwn(reasons, name) ? (name as UnreadReason) : null;
}

/** What the row tells of; a reason that is not known is kept in the detail. */
export function fromUnreadRow({ scope, broker, group, topic, partition, reason, detail }: UnreadRow): Unread {
  const known = toUnreadReason(reason);
  const cause: UnreadCause =
    known === null ? { reason: 'kafka-error', detail: `${reason}: ${detail}` } : { reason: known, detail };
  // The schema has seen to it that a row names what its scope needs.
  const named = {
    ...(broker !== undefined && { broker }),
    ...(group !== undefined && { group }),
    ...(topic !== undefined && { topic }),
    ...(partition !== undefined && { partition }),
  };
  return { scope, ...named, ...cause } as Unread;
}
