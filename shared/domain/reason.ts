import { type GroupFinding, type Limit, type PartitionFinding, suspicion } from './finding.ts';
import type { Judgement, StallScope } from './judgement.ts';
import type { EpochMs } from './offset.ts';
import type { TimeLag } from './time-lag.ts';

/** A whole number as people read it: `1,204,000`. */
export function formatCount(value: bigint | number): string {
  return value.toLocaleString('en-US');
}

/** A duration as people say it, rounded down to two units: `45 s`, `7 min`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(hours, 'h', minutes % 60, 'min');
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** An instant in UTC to the second, the way logs write it. */
export function formatInstant(at: EpochMs): string {
  // biome-ignore lint/style/noRestrictedGlobals: it spells an instant that it is given, and asks for none.
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Why the partition has its verdict, as one sentence made from the evidence alone. */
export function partitionReason(judgement: Judgement): string {
  switch (judgement.verdict) {
    case 'unknown': {
      const { reason, detail, unreadMs } = judgement.evidence;
      return `not read${unreadMs === 0 ? '' : ` for ${formatDuration(unreadMs)}`} (${reason}): ${detail}`;
    }
    case 'recreated': {
      const { committed, end } = judgement.evidence;
      const beyond = end !== null && committed > end ? `, beyond the new end ${end}` : '';
      return `the topic was deleted and made again; the commit ${committed} is of the old one${beyond}`;
    }
    case 'beyond-end': {
      const { committed, end, beyond } = judgement.evidence;
      return `committed ${committed} is ${offsets(beyond)} beyond the end ${end}, in two polls running: a truncated log, or a bad reset`;
    }
    case 'data-lost': {
      const { lost, from, to } = judgement.evidence;
      if (lost === 1n) return `1 record deleted before the group read it: offset ${from}`;
      return `${formatCount(lost)} records deleted before the group read them: offsets ${from} to ${to - 1n}`;
    }
    case 'uncommitted': {
      const { inLog } = judgement.evidence;
      if (inLog === null) return 'owned by a member, no commit yet';
      return `owned by a member, no commit yet; the log holds ${offsets(inLog)}`;
    }
    case 'caught-up': {
      const { lag, marker } = judgement.evidence;
      if (lag === 0n) return 'nothing waits';
      return marker
        ? 'only the marker of a transaction is left'
        : `lag ${formatCount(lag)} is within what the policy allows`;
    }
    case 'blocked': {
      const { stable, held, stillMs } = judgement.evidence;
      return `an open transaction holds the reader at ${stable}, ${offsets(held)} below the end, for ${formatDuration(stillMs)}`;
    }
    case 'rebalancing': {
      const { rebalances, withinMs, phase, silentMs, lag } = judgement.evidence;
      if (phase === 'loop') {
        return `${formatCount(rebalances)} rebalances within ${formatDuration(withinMs)} while lag grew to ${formatCount(lag)}`;
      }
      const since = `no progress for ${formatDuration(silentMs)}`;
      return phase === 'stuck'
        ? `a rebalance that does not end: ${since}, ${waits(lag)}`
        : `the group rebalances, ${since}; judged when it has settled`;
    }
    case 'stalled': {
      const { lag, silentMs, at, scope, neverCommitted, maybeNothing } = judgement.evidence;
      const fact = neverCommitted
        ? `nothing committed for ${formatDuration(silentMs)} while the group commits elsewhere`
        : `stuck at offset ${at} for ${formatDuration(silentMs)}`;
      const whom = neverCommitted ? '' : `; ${stallScopes[scope]}`;
      return `${fact}, ${waits(lag)}${whom}${maybeNothing ? '; perhaps only markers or aborted records' : ''}`;
    }
    case 'unowned': {
      const { lag, silentMs, subscribed } = judgement.evidence;
      const why = subscribed ? 'no member owns it' : 'no member subscribes to the topic any more';
      return `${why}, ${waits(lag)}, no progress for ${formatDuration(silentMs)}`;
    }
    case 'stopped': {
      const { lag, silentMs, lastMemberAt } = judgement.evidence;
      const since = lastMemberAt === null ? '' : ` (the last was seen ${formatInstant(lastMemberAt)})`;
      return `no members${since}, ${waits(lag)}, no progress for ${formatDuration(silentMs)}`;
    }
    case 'abandoned': {
      const { instead, lag, lost, lastLifeAt, supersededBy } = judgement.evidence;
      const after = lost === 0n ? '' : `, ${records(lost)} lost`;
      if (supersededBy !== null) return `superseded by ${supersededBy}; ${waits(lag)}${after}`;
      const life = lastLifeAt === null ? 'never seen alive' : `no life since ${formatInstant(lastLifeAt)}`;
      return `${life}, ${waits(lag)}${after}; it would be ${instead}`;
    }
    case 'rewound': {
      const { from, to, back, at } = judgement.evidence;
      return `the commit fell back by ${offsets(back)}, from ${from} to ${to}, at ${formatInstant(at)}`;
    }
    case 'observing': {
      const { lag, heldByTransaction, nobodyReads } = judgement.evidence;
      if (lag < 0n) {
        return `committed ${formatCount(-lag)} beyond the end; a second look tells a race from a truncated log`;
      }
      const waiting = `${offsets(lag)} waiting`;
      if (heldByTransaction !== null) {
        return `${waiting}; an open transaction holds the last stable offset ${formatCount(heldByTransaction)} below the end`;
      }
      if (nobodyReads)
        return `${waiting} and no member to read ${lag === 1n ? 'it' : 'them'}; too little was seen to tell since when`;
      return `${waiting}; too little was seen to tell whether the group moves`;
    }
    case 'falling-behind': {
      const { lag, grownBy, overMs } = judgement.evidence;
      return `it moves, but lag grew by ${formatCount(grownBy)} to ${formatCount(lag)} in ${formatDuration(overMs)}`;
    }
    case 'draining': {
      const { lag, shrunkBy, overMs } = judgement.evidence;
      return `lag ${formatCount(lag)}, ${formatCount(shrunkBy)} less than ${formatDuration(overMs)} ago`;
    }
    case 'keeping-up':
      return `${waits(judgement.evidence.lag)}, and it moves`;
  }
}

/** Why the partition matters as it does: its verdict's reason, and the limits that it exceeds beside that. */
export function findingReason(finding: PartitionFinding): string {
  return [partitionReason(finding), ...finding.limits.map((limit) => limitReason(limit, finding))].join('; ');
}

/** A limit is exceeded only by what is known. */
function limitReason(limit: Limit, { reading, timeLag, lossMs }: PartitionFinding): string {
  switch (limit) {
    case 'maxLag':
      return `lag ${formatCount(reading.lag as bigint)} is beyond its policy's maxLag`;
    case 'maxTimeLag':
      return `the oldest has waited for ${formatDuration((timeLag as TimeLag).atLeastMs)} or more, beyond its policy's maxTimeLag`;
    case 'timeToLoss':
      return lossMs === 0
        ? 'records may be deleted unread at any moment'
        : `the first records may be deleted unread in ${formatDuration(lossMs as number)}`;
  }
}

const stallScopes: Readonly<Record<StallScope, string>> = {
  partition: "its owner's other partitions move: perhaps a record that it cannot process",
  member: 'nothing that its owner reads moves',
  group: 'nothing that the group reads moves',
};

function offsets(count: bigint): string {
  return `${formatCount(count)} ${plural(count, 'offset')}`;
}

function records(count: bigint): string {
  return `${formatCount(count)} ${plural(count, 'record')}`;
}

function waits(lag: bigint): string {
  return `${offsets(lag)} ${lag === 1n ? 'waits' : 'wait'}`;
}

/** Why the group has its verdict: its worst partition, that one's reason, and how many share the verdict. */
export function groupReason(finding: GroupFinding): string {
  const { worst, snapshot, unread, partitions } = finding;
  if (worst === null) {
    if (unread !== null) return `not read (${unread.reason}): ${unread.detail}`;
    if (snapshot.members === null) return 'no commit was found; its members are not known';
    return 'no commit was found; it has members, but they own no partition that we can see';
  }
  const reason = findingReason(worst);
  const alike = partitions.filter((partition) => isAlike(partition, worst)).length - 1;
  if (worst.verdict === 'caught-up' && worst.evidence.lag === 0n) return reason;
  if (alike === 0) return `${partitionName(worst)}: ${reason}`;
  if (worst.verdict === 'data-lost') {
    const lost = formatCount(finding.recordsLost);
    return `${lost} records lost on ${formatCount(alike + 1)} partitions; worst ${partitionName(worst)}: ${reason}`;
  }
  return `${partitionName(worst)}: ${reason} (and ${formatCount(alike)} more like it)`;
}

/** Whether one sentence may count both: the same verdict for the same cause. */
function isAlike(a: Judgement, b: Judgement): boolean {
  if (a.verdict === 'unknown') return b.verdict === 'unknown' && a.evidence.reason === b.evidence.reason;
  return a.verdict === b.verdict && suspicion(a) === suspicion(b);
}

/** `topic-3`, as Kafka's own tools write it. */
export function partitionName({ reading }: Pick<PartitionFinding, 'reading'>): string {
  return `${reading.topic}-${reading.partition}`;
}

function plural(count: bigint, singular: string): string {
  return count === 1n ? singular : `${singular}s`;
}
