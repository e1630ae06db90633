import { type GroupFinding, type PartitionFinding, suspicion } from './finding.ts';
import type { Judgement } from './verdict.ts';

/** A whole number as people read it: `1,204,000`. */
export function formatCount(value: bigint | number): string {
  return value.toLocaleString('en-US');
}

/** Why the partition has its verdict, as one sentence made from the evidence alone. */
export function partitionReason(judgement: Judgement): string {
  switch (judgement.verdict) {
    case 'unknown':
      return `not read (${judgement.evidence.reason}): ${judgement.evidence.detail}`;
    case 'data-lost': {
      const { lost, from, to } = judgement.evidence;
      if (lost === 1n) return `1 record deleted before the group read it: offset ${from}`;
      return `${formatCount(lost)} records deleted before the group read them: offsets ${from} to ${to - 1n}`;
    }
    case 'uncommitted': {
      const { inLog } = judgement.evidence;
      if (inLog === null) return 'owned by a member, no commit yet';
      return `owned by a member, no commit yet; the log holds ${formatCount(inLog)} ${plural(inLog, 'offset')}`;
    }
    case 'caught-up': {
      const { lag } = judgement.evidence;
      return lag === 0n ? 'nothing waits' : `lag ${formatCount(lag)} is within what the policy allows`;
    }
    case 'observing': {
      const { lag, heldByTransaction, nobodyReads } = judgement.evidence;
      if (lag < 0n) {
        return `committed ${formatCount(-lag)} beyond the end; a second look tells a race from a truncated log`;
      }
      const waiting = `${formatCount(lag)} ${plural(lag, 'offset')} waiting`;
      if (heldByTransaction !== null) {
        return `${waiting}; an open transaction holds the last stable offset ${formatCount(heldByTransaction)} below the end`;
      }
      if (nobodyReads)
        return `${waiting} and no member to read ${lag === 1n ? 'it' : 'them'}; one look cannot tell since when`;
      return `${waiting}; one look cannot tell whether the group moves`;
    }
  }
}

/** Why the group has its verdict: its worst partition, that one's reason, and how many share the verdict. */
export function groupReason(finding: GroupFinding): string {
  const { worst, snapshot, unread, partitions } = finding;
  if (worst === null) {
    if (unread !== null) return `not read (${unread.reason}): ${unread.detail}`;
    if (snapshot.members === null) return 'no commit was found; its members are not known';
    return 'no commit was found; it has members, but they own no partition that we can see';
  }
  const reason = partitionReason(worst);
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
