import * as z from 'zod';
import type { IncidentState } from '../../domain/incident.ts';
import { severities } from '../../domain/severity.ts';
import { verdicts } from '../../domain/verdict-names.ts';

const instant = z.number();
const verdict = z.enum(verdicts);
const severity = z.enum(severities);
const trouble = z.enum(['warning', 'critical']);
const phase = z.enum(['ok', 'pending', 'firing', 'resolved']);
const count = z.int().nonnegative();

const scope = z.object({
  breadth: z.enum(['partition', 'member', 'group', 'cluster']),
  topics: z.array(z.string()).readonly(),
});

const silence = z.discriminatedUnion('because', [
  z.object({ because: z.literal('pending') }),
  z.object({ because: z.literal('muted'), why: z.string().nullable() }),
  z.object({ because: z.literal('folded'), into: z.string() }),
  z.object({ because: z.literal('untold') }),
]);

const transition = z.object({
  id: z.string(),
  kind: z.enum([
    'suspected',
    'dismissed',
    'opened',
    'worsened',
    'eased',
    'widened',
    'reminded',
    'unmuted',
    'unfolded',
    'resolved',
    'vanished',
  ]),
  group: z.string().nullable(),
  from: phase,
  to: phase,
  fromVerdict: verdict.nullable(),
  toVerdict: verdict,
  fromSeverity: severity,
  severity,
  worstSeverity: severity,
  scope,
  reason: z.string(),
  at: instant,
  openedAt: instant,
  durationMs: z.number(),
  recordsLost: z.bigint(),
  silence: silence.nullable(),
});

const groupIncident = z.object({
  group: z.string(),
  phase: z.enum(['pending', 'firing']),
  openedAt: instant,
  sequence: count,
  severity: trouble,
  worstSeverity: trouble,
  verdict,
  toldVerdict: verdict,
  topic: z.string().nullable(),
  scope,
  runs: z.object({ bad: count, critical: count, milder: count, good: count, wider: count }),
  blindMs: z.number(),
  awayMs: z.number().nullable(),
  lostBefore: z.bigint(),
  recordsLost: z.bigint(),
  surfacedAt: instant.nullable(),
  announcedAt: instant.nullable(),
  heldBackBy: z.enum(['mute', 'fold']).nullable(),
  folded: z.boolean(),
});

const clusterIncident = z.object({
  openedAt: instant,
  sequence: count,
  severity: trouble,
  toldVerdict: verdict,
  announcedGroups: count,
  announcedAt: instant,
  lostBefore: z.bigint(),
  heldBack: z.boolean(),
});

const owedEnd = z.object({
  transition,
  sequence: count,
  announcedAt: instant,
  group: z.string(),
  topics: z.array(z.string()).readonly(),
});

/** Incidents as they are stored: the very state, checked. */
export const storedIncidentsSchema = z.object({
  at: instant.nullable(),
  incidents: z.array(groupIncident),
  cluster: clusterIncident.nullable(),
  owedEnds: z.array(owedEnd),
  unannounced: z.array(transition),
}) satisfies z.ZodType<IncidentState>;
