import * as z from 'zod';
import { storedIncidentsSchema } from './stored-incidents.ts';

/**
 * The memory of one cluster as it is stored: zstd over MessagePack, tables by columns. A newer version may add keys and
 * columns, which an older one passes over, so that rolling back blinds nobody; what an older one could not make sense of
 * at all gets another name under `schema`.
 */
export const schemaName = 'lagwarden.state/1';

/** Fifty times the largest estate that is planned for: what claims more is damaged, or made to fill the memory. */
const mostRows = 5_000_000;

const columnSchema = z.object({
  length: z.int().nonnegative().max(mostRows),
  same: z.union([z.number(), z.bigint()]).optional(),
  bytes: z.instanceof(Uint8Array).optional(),
});

const gapSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const topicLifeSchema = z.object({
  topic: z.int(),
  first: z.number(),
  last: z.number(),
  gap: gapSchema,
  held: z.number().nullable().default(null),
  rests: z.number(),
  end: z.boolean(),
});

/** What an older version did not write is what is held of a group of which nothing is known yet. */
const lifeSchema = z.object({
  firstSeenAt: z.number(),
  type: z.enum(['classic', 'consumer', 'share', 'streams', 'unknown']).default('unknown'),
  coordinator: z.int().nullable().default(null),
  awayMs: z.number().default(0),
  unreadMs: z.number().nullable().default(null),
  lastMemberAt: z.number().nullable().default(null),
  firstLifeAt: z.number().default(0),
  lastLifeAt: z.number().nullable().default(null),
  runMs: z.number().default(0),
  runs: z.number().default(0),
  runTaught: z.boolean().default(false),
  keptUpMs: z.number().default(0),
  longestKeptUpMs: z.number().default(0),
  absentMs: z.number().default(0),
  absences: z
    .array(z.object({ day: z.number(), widestMs: z.number() }))
    .readonly()
    .default([]),
  absencesSeen: z.number().default(0),
  memberIds: z.string().nullable().default(null),
  wasRebalancing: z.boolean().default(false),
  rebalances: z.array(z.number()).readonly().default([]),
});

const lossSchema = z.object({
  topic: z.string(),
  partition: z.int(),
  from: z.bigint(),
  to: z.bigint(),
  at: z.number(),
});

export const storedStateSchema = z.object({
  schema: z.literal(schemaName),
  at: z.number(),
  steps: z.array(z.number()),
  names: z.array(z.string()),
  topics: z.array(
    z.object({
      name: z.int(),
      id: z.string().nullable(),
      oldId: z.string().nullable(),
      generation: z.number(),
      transactional: z.boolean(),
      lastSeenAt: z.number(),
      slots: z.array(z.int()),
    }),
  ),
  tracks: z.record(z.string(), columnSchema),
  series: z.array(z.object({ at: z.number(), ends: columnSchema, starts: columnSchema })),
  groups: z.array(
    z.object({
      name: z.string(),
      base: z.int().nonnegative(),
      runs: z.array(z.int()),
      life: lifeSchema,
      topics: z.array(topicLifeSchema),
      lags: z.array(z.union([z.number(), z.bigint()])),
      losses: z.array(lossSchema),
    }),
  ),
  rows: z.int().nonnegative().max(mostRows),
  history: z.record(z.string(), columnSchema),
  incidents: storedIncidentsSchema,
});
export type StoredState = z.infer<typeof storedStateSchema>;
