import * as z from 'zod';
import type { GroupFinding, PartitionFinding } from '../domain/finding.ts';
import { findingReason, groupReason } from '../domain/reason.ts';
import { severities } from '../domain/severity.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { TimeLag } from '../domain/time-lag.ts';
import type { Transition } from '../domain/transition.ts';
import { verdicts } from '../domain/verdict-names.ts';
import { toUnreadRow, unreadRowSchema } from './unread-row.ts';

/** A whole number of any size; `null` means not known, never 0. */
const integerOrNull = z.bigint().nullable();
const secondsOrNull = z.number().nonnegative().nullable();
const verdict = z.enum(verdicts);
const severity = z.enum(severities);

const partitionSchema = z.strictObject({
  topic: z.string(),
  partition: z.int().nonnegative(),
  verdict,
  severity,
  reason: z.string(),
  evidence: z.record(z.string(), z.unknown()),
  start: integerOrNull,
  committed: integerOrNull,
  stable: integerOrNull,
  end: integerOrNull,
  /** end − committed, never clamped: negative where the commit lies beyond the end. */
  lag: integerOrNull,
  /** How old the oldest waiting record is, the best guess: 0 when caught up, `null` when at most a lower bound is known. */
  timeLagSeconds: secondsOrNull,
  /** Until nothing waits, at the pace of late. */
  drainSeconds: secondsOrNull,
  /** Until records are deleted unread, at least. */
  lossSeconds: secondsOrNull,
  owner: z.strictObject({ memberId: z.string(), clientId: z.string(), host: z.string() }).nullable(),
});

const groupSchema = z.strictObject({
  group: z.string(),
  type: z.enum(['classic', 'consumer', 'share', 'streams', 'unknown']),
  state: z.string(),
  members: z.int().nullable(),
  idleMembers: z.int().nullable(),
  unknownPartitions: z.int(),
  coordinator: z.int().nullable(),
  verdict,
  severity,
  reason: z.string(),
  lag: integerOrNull,
  timeLagSeconds: secondsOrNull,
  drainSeconds: secondsOrNull,
  lossSeconds: secondsOrNull,
  recordsLost: z.bigint(),
  partitions: z.array(partitionSchema),
});

const phase = z.enum(['ok', 'pending', 'firing', 'resolved']);

const transitionSchema = z.strictObject({
  /** `null` for the incident of the cluster, into which those of many groups are folded. */
  group: z.string().nullable(),
  from: phase,
  to: phase,
  /** `null` at an incident's first transition. */
  fromVerdict: verdict.nullable(),
  toVerdict: verdict,
  severity,
  reason: z.string(),
});

/** What `status --json` prints: one poll of one cluster, judged. Whole numbers are exact at any size. */
export const statusDocumentSchema = z.strictObject({
  schema: z.literal('lagwarden.status/1'),
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  cluster: z.strictObject({ name: z.string(), id: z.string().nullable(), brokers: z.array(z.int()) }),
  requests: z.strictObject({ total: z.int(), byApi: z.record(z.string(), z.int()) }),
  groups: z.array(groupSchema),
  unread: z.array(unreadRowSchema),
  /** What this poll changed; where polls follow each other (`watch`, `replay`), also if it changed nothing. */
  transitions: z.array(transitionSchema).optional(),
});

export type StatusDocument = z.infer<typeof statusDocumentSchema>;

/** What a poll cost, beside what it saw. */
export interface PollCost {
  readonly durationMs: number;
  /** Requests by Kafka's name of the API. */
  readonly requests: ReadonlyMap<string, number>;
}

/**
 * The document for one judged snapshot. Groups keep the order in which they are given.
 *
 * @param transitions absent where no poll went before
 */
export function toStatusDocument(
  snapshot: Snapshot,
  findings: readonly GroupFinding[],
  { durationMs, requests }: PollCost,
  transitions?: readonly Transition[],
): StatusDocument {
  return {
    schema: 'lagwarden.status/1',
    at: new Date(snapshot.at).toISOString(),
    durationMs: Math.round(durationMs),
    cluster: { name: snapshot.cluster.name, id: snapshot.cluster.id, brokers: [...snapshot.brokers] },
    requests: {
      total: [...requests.values()].reduce((sum, count) => sum + count, 0),
      byApi: Object.fromEntries([...requests].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
    groups: findings.map(toGroup),
    unread: snapshot.unread.map(toUnreadRow),
    ...(transitions && { transitions: transitions.map(toTransition) }),
  };
}

function toGroup(finding: GroupFinding): StatusDocument['groups'][number] {
  const { snapshot } = finding;
  return {
    group: snapshot.group,
    type: snapshot.type,
    state: snapshot.state,
    members: snapshot.members?.length ?? null,
    idleMembers: finding.idleMembers,
    unknownPartitions: finding.unknownPartitions,
    coordinator: snapshot.coordinator,
    verdict: finding.verdict,
    severity: finding.severity,
    reason: groupReason(finding),
    lag: finding.lag,
    timeLagSeconds: seconds(finding.timeLagMs),
    drainSeconds: seconds(finding.drainMs),
    lossSeconds: seconds(finding.lossMs),
    recordsLost: finding.recordsLost,
    partitions: finding.partitions.map(toPartition),
  };
}

function toPartition(finding: PartitionFinding): StatusDocument['groups'][number]['partitions'][number] {
  const { reading } = finding;
  return {
    topic: reading.topic,
    partition: reading.partition,
    verdict: finding.verdict,
    severity: finding.severity,
    reason: findingReason(finding),
    evidence: { ...finding.evidence, ...lowerBound(finding.timeLag) },
    start: reading.start,
    committed: reading.committed,
    stable: reading.stable,
    end: reading.end,
    lag: typeof reading.lag === 'bigint' ? reading.lag : null,
    timeLagSeconds: seconds(finding.timeLag?.ms ?? null),
    drainSeconds: seconds(finding.drainMs),
    lossSeconds: seconds(finding.lossMs),
    owner: reading.owner && {
      memberId: reading.owner.id,
      clientId: reading.owner.clientId,
      host: reading.owner.host,
    },
  };
}

/** How old it is at least, where nothing bounds it from above. */
function lowerBound(timeLag: TimeLag | null): { readonly timeLagAtLeastSeconds?: number } {
  if (timeLag === null || timeLag.ms !== null || timeLag.atLeastMs < 1000) return {};
  return { timeLagAtLeastSeconds: Math.floor(timeLag.atLeastMs / 1000) };
}

/** To a tenth, and to the second from a minute on; what is more than nothing never becomes 0. */
function seconds(ms: number | null): number | null {
  if (ms === null || ms === 0) return ms;
  return ms < 60_000 ? Math.max(0.1, Math.round(ms / 100) / 10) : Math.round(ms / 1000);
}

function toTransition(transition: Transition): z.infer<typeof transitionSchema> {
  const { group, from, to, fromVerdict, toVerdict, severity: of, reason } = transition;
  return { group, from, to, fromVerdict, toVerdict, severity: of, reason };
}
