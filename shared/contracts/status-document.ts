import * as z from 'zod';
import type { GroupFinding, PartitionFinding } from '../domain/finding.ts';
import { groupReason, partitionReason } from '../domain/reason.ts';
import { severities } from '../domain/severity.ts';
import type { Snapshot } from '../domain/snapshot.ts';
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
  /** 0 when caught up. */
  timeLagSeconds: secondsOrNull,
  drainSeconds: secondsOrNull,
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

/** What `status --json` prints: one poll of one cluster, judged. Whole numbers are exact at any size. */
export const statusDocumentSchema = z.strictObject({
  schema: z.literal('lagwarden.status/1'),
  at: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  cluster: z.strictObject({ name: z.string(), id: z.string().nullable(), brokers: z.array(z.int()) }),
  requests: z.strictObject({ total: z.int(), byApi: z.record(z.string(), z.int()) }),
  groups: z.array(groupSchema),
  unread: z.array(unreadRowSchema),
});

export type StatusDocument = z.infer<typeof statusDocumentSchema>;

/** What a poll cost, beside what it saw. */
export interface PollCost {
  readonly durationMs: number;
  /** Requests by Kafka's name of the API. */
  readonly requests: ReadonlyMap<string, number>;
}

/** The document for one judged snapshot. Groups keep the order in which they are given. */
export function toStatusDocument(
  snapshot: Snapshot,
  findings: readonly GroupFinding[],
  { durationMs, requests }: PollCost,
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
  };
}

function toGroup(finding: GroupFinding): StatusDocument['groups'][number] {
  const { snapshot } = finding;
  const partitions = finding.partitions.map(toPartition);
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
    timeLagSeconds: wholeGroupTimeLag(partitions),
    drainSeconds: null,
    lossSeconds: null,
    recordsLost: finding.recordsLost,
    partitions,
  };
}

/** The oldest partition's; 0 only where every partition is known to be caught up. */
function wholeGroupTimeLag(partitions: readonly { readonly timeLagSeconds: number | null }[]): number | null {
  return partitions.length > 0 && partitions.every(({ timeLagSeconds }) => timeLagSeconds === 0) ? 0 : null;
}

function toPartition(finding: PartitionFinding): StatusDocument['groups'][number]['partitions'][number] {
  const { reading } = finding;
  return {
    topic: reading.topic,
    partition: reading.partition,
    verdict: finding.verdict,
    severity: finding.severity,
    reason: partitionReason(finding),
    evidence: { ...finding.evidence },
    start: reading.start,
    committed: reading.committed,
    stable: reading.stable,
    end: reading.end,
    lag: typeof reading.lag === 'bigint' ? reading.lag : null,
    // Nothing waits, so nothing has an age. Any other age needs history or dating.
    timeLagSeconds: reading.lag === 0n ? 0 : null,
    drainSeconds: null,
    lossSeconds: null,
    owner: reading.owner && {
      memberId: reading.owner.id,
      clientId: reading.owner.clientId,
      host: reading.owner.host,
    },
  };
}
