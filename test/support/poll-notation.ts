import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import type { Judgement, StallScope } from '../../shared/domain/judgement.ts';
import { toOffset } from '../../shared/domain/offset.ts';
import type { Severity } from '../../shared/domain/severity.ts';
import type { UnreadCause } from '../../shared/domain/unread.ts';
import type { Verdict } from '../../shared/domain/verdict-names.ts';

/**
 * What one poll found of one group, in a word. The group reads orders-0, orders-1, payments-0 and payments-1.
 *
 * | word | finding |
 * | --- | --- |
 * | `ok`, `info` | keeping up; abandoned |
 * | `warn`, `crit` | orders-0 falls behind; is stalled |
 * | `stopped`, `unowned`, `recreated`, `beyond-end`, `data-lost`, `rebalancing` | orders-0, critical |
 * | `?`, `?warn`, `?crit` | nothing was read: for information, for long, with the severity from before |
 * | `half`, `half-ok`, `half-warn` | as `ok`, but its members unread; payments-1 unread; as `warn`, payments-1 unread |
 * | `-` | not among the findings |
 *
 * `:member` and `:group` say that a stalled owner, or group, stands still as a whole; `/orders+payments` which topics
 * are concerned, `/orders!` all partitions of one.
 */
export type PollWord = string;

const silence: UnreadCause = { reason: 'timed-out', detail: 'no answer within 3000 ms' };
const places = [
  ['orders', 0],
  ['orders', 1],
  ['payments', 0],
  ['payments', 1],
] as const;

const waiting = { lag: 40n, silentMs: 600_000, patienceMs: 300_000, lastProgressAt: null };

function judgementOf(verdict: Verdict, scope: StallScope): Judgement {
  switch (verdict) {
    case 'unknown':
      return { verdict, evidence: { ...silence, unreadMs: 0 } };
    case 'stalled':
      return {
        verdict,
        evidence: { ...waiting, at: 4_711n, scope, neverCommitted: false, maybeNothing: false },
      };
    case 'stopped':
      return { verdict, evidence: { ...waiting, lastMemberAt: null } };
    case 'unowned':
      return { verdict, evidence: { ...waiting, subscribed: true } };
    case 'rebalancing':
      return { verdict, evidence: { ...waiting, rebalances: 1, withinMs: 900_000, phase: 'stuck' } };
    case 'recreated':
      return { verdict, evidence: { committed: 40n, end: 4n, oldTopicId: 'A', newTopicId: 'B' } };
    case 'beyond-end':
      return { verdict, evidence: { committed: 40n, end: 4n, beyond: 36n } };
    case 'data-lost':
      return { verdict, evidence: { lost: 40n, from: 4n, to: 44n } };
    case 'falling-behind':
      return { verdict, evidence: { lag: 40n, grownBy: 20n, overMs: 600_000 } };
    case 'abandoned':
      return {
        verdict,
        evidence: { instead: 'stopped', lag: 40n, lost: 0n, lastLifeAt: null, supersededBy: null },
      };
    case 'keeping-up':
      return { verdict, evidence: { lag: 40n } };
    default:
      throw new Error(`no poll word means ${verdict}`);
  }
}

function meaningOf(word: string): readonly [Verdict, Severity] {
  switch (word) {
    case 'ok':
    case 'half':
    case 'half-ok':
      return ['keeping-up', 'ok'];
    case 'info':
      return ['abandoned', 'info'];
    case 'warn':
    case 'half-warn':
      return ['falling-behind', 'warning'];
    case 'crit':
      return ['stalled', 'critical'];
    case '?':
      return ['unknown', 'info'];
    case '?warn':
      return ['unknown', 'warning'];
    case '?crit':
      return ['unknown', 'critical'];
    default:
      return [word as Verdict, 'critical'];
  }
}

/** The finding that the word stands for; `null` for none. */
export function findingOf(group: string, poll: PollWord, recordsLost = 0n): GroupFinding | null {
  const [, word = '', scope = 'partition', where = 'orders'] =
    /^([^:/]+)(?::(\w+))?(?:\/(.+))?$/.exec(poll) ?? [];
  if (word === '-') return null;
  const [verdict, severity] = meaningOf(word);
  const concerned = where.split('+');
  const isConcerned = (topic: string, partition: number) =>
    concerned.includes(`${topic}!`) || (partition === 0 && concerned.includes(topic));
  const isUnread = (topic: string, partition: number) =>
    ['half-ok', 'half-warn'].includes(word) && topic === 'payments' && partition === 1;
  const partitions = places.map(([topic, partition]) => {
    const of = isConcerned(topic, partition)
      ? verdict
      : isUnread(topic, partition)
        ? 'unknown'
        : 'keeping-up';
    const how = isConcerned(topic, partition)
      ? severity
      : of === 'unknown' && word === 'half-warn'
        ? 'warning'
        : 'ok';
    const reading = {
      topic,
      partition,
      start: toOffset(0n),
      stable: toOffset(44n),
      end: toOffset(44n),
      committed: toOffset(4n),
      lag: of === 'unknown' ? silence : 40n,
      owner: null,
    };
    return {
      ...judgementOf(of, scope as StallScope),
      reading,
      severity: how,
      timeLag: null,
      drainMs: null,
      lossMs: null,
      recordsLost: 0n,
      limits: [],
    } satisfies PartitionFinding;
  });
  const asWhole = verdict === 'unknown' && poll === word;
  return {
    snapshot: {
      group,
      type: 'classic',
      state: 'Stable',
      coordinator: 1,
      members: null,
      commits: [],
      unread: asWhole ? silence : null,
    },
    unread: asWhole || word === 'half' ? silence : null,
    verdict,
    severity,
    worst: asWhole ? null : (partitions.find(({ verdict: of }) => of === verdict) ?? null),
    lag: 160n,
    unknownPartitions: 0,
    idleMembers: null,
    timeLagMs: null,
    drainMs: null,
    lossMs: null,
    recordsLost,
    hotPartition: null,
    partitions: asWhole ? [] : partitions,
  };
}
