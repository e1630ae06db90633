import * as z from 'zod';
import { unreadRowSchema } from './unread-row.ts';

/** The largest number that Kafka can hold: 64 bits with a sign. */
const largest = 2n ** 63n - 1n;

const text = z.string({ error: 'expected a text' });
const textOrNull = z.string({ error: 'expected a text, or null' }).nullable();
const list = 'expected a list';
const object = 'expected an object';

/** A whole number of up to 63 bits, exact at any size. */
function whole(least: bigint, expected: string) {
  return z.unknown().transform((value, context): bigint => {
    const number =
      typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : null;
    if (number !== null && number >= least && number <= largest) return number;
    context.issues.push({ code: 'custom', message: `expected ${expected}`, input: value });
    return z.NEVER;
  });
}

const offset = whole(0n, 'a whole number of 0 or more, at most 2^63 − 1');
const offsetOrNull = whole(0n, 'a whole number of 0 or more, at most 2^63 − 1, or null').nullable();
const bytes = whole(-1n, 'a whole number of bytes, or −1 for unlimited');
const milliseconds = z
  .int({ error: 'expected whole milliseconds, or −1 for unlimited' })
  .min(-1, { error: 'expected whole milliseconds, or −1 for unlimited' });
const index = { error: 'expected a whole number of 0 or more' };
const partition = z.int(index).nonnegative(index);
const broker = z.int({ error: 'expected the id of a broker' });
const brokerOrNull = z.int({ error: 'expected the id of a broker, or null' }).nullable();
const instant = z.iso.datetime({ error: 'expected an instant in UTC, such as 2026-03-01T03:00:00.000Z' });

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

const topicSchema = z.object(
  {
    name: text,
    id: textOrNull,
    /** How long records are kept; −1: for ever, as Kafka writes it. */
    retentionMs: milliseconds.optional(),
    /** Of each partition; −1: without limit. */
    retentionBytes: bytes.optional(),
    compacted: z.boolean({ error: 'expected true or false' }).optional(),
    timestampType: z
      .enum(['CreateTime', 'LogAppendTime'], { error: 'expected "CreateTime" or "LogAppendTime"' })
      .optional(),
    partitions: z.array(
      z.object(
        {
          partition,
          leader: brokerOrNull,
          start: offsetOrNull,
          end: offsetOrNull,
          stable: offsetOrNull,
          error: text.optional(),
        },
        { error: object },
      ),
      { error: list },
    ),
  },
  { error: object },
);

const memberSchema = z.object(
  {
    id: text,
    clientId: text,
    host: text,
    subscribed: z.array(text, { error: 'expected a list, or null' }).nullable(),
    assigned: assignment,
  },
  { error: object },
);

const commitSchema = z
  .object(
    {
      topic: text,
      partition,
      offset,
      /** When the first record at or after the offset was produced; where `oldestWaitingUntil` stands too, not before. */
      oldestWaitingAt: instant.optional(),
      /** Where it is not known exactly: not after. */
      oldestWaitingUntil: instant.optional(),
    },
    { error: object },
  )
  .superRefine(({ oldestWaitingAt: from, oldestWaitingUntil: until }, context) => {
    if (until === undefined || (from !== undefined && Date.parse(from) <= Date.parse(until))) return;
    const message = 'expected an instant no earlier than oldestWaitingAt';
    context.addIssue({ code: 'custom', path: ['oldestWaitingUntil'], message });
  });

const types = ['classic', 'consumer', 'share', 'streams', 'unknown'] as const;

const groupSchema = z.object(
  {
    group: text,
    type: z.enum(types, { error: `expected one of ${types.join(', ')}` }),
    state: text,
    coordinator: brokerOrNull,
    members: z.array(memberSchema, { error: 'expected a list, or null' }).nullable(),
    commits: z.array(commitSchema, { error: list }),
    error: text.optional(),
  },
  { error: object },
);

/**
 * One recorded snapshot, one line of a file. Whole numbers are exact at any size. A field that it does not name is
 * passed over: a later version may add some, and what an older one reads of it stays true.
 */
export const snapshotLineSchema = z.object(
  {
    schema: z.literal('lagwarden.snapshot/1', { error: 'expected "lagwarden.snapshot/1"' }),
    cluster: text,
    at: instant,
    brokers: z.array(broker, { error: list }).optional(),
    topics: z.array(topicSchema, { error: list }),
    groups: z.array(groupSchema, { error: list }),
    unread: z.array(unreadRowSchema, { error: list }),
  },
  { error: object },
);

export type SnapshotLine = z.infer<typeof snapshotLineSchema>;
