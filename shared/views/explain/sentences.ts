import type { PartitionFinding } from '../../domain/finding.ts';
import type { Waiting } from '../../domain/judgement.ts';
import { formatCount, formatDuration, formatInstant } from '../../domain/reason.ts';
import { isExact } from '../../domain/time-lag.ts';
import { ageText } from '../age.ts';

/** What the verdict rests on beside its reason; empty where that says all. */
export function evidenceText(finding: PartitionFinding): string {
  switch (finding.verdict) {
    case 'blocked':
      return silence(finding.evidence);
    case 'rebalancing': {
      const { rebalances, withinMs } = finding.evidence;
      return `${formatCount(rebalances)} rebalances seen within ${formatDuration(withinMs)}; ${silence(finding.evidence)}`;
    }
    case 'stalled':
    case 'unowned':
    case 'stopped':
      return silence(finding.evidence);
    case 'recreated': {
      const { oldTopicId, newTopicId } = finding.evidence;
      return `the topic's id was ${oldTopicId} and is ${newTopicId}`;
    }
    case 'rewound': {
      const { from, to } = finding.evidence;
      return `offsets ${to} to ${from - 1n} are processed again`;
    }
    case 'unknown':
    case 'beyond-end':
    case 'data-lost':
    case 'uncommitted':
    case 'caught-up':
    case 'abandoned':
    case 'observing':
    case 'falling-behind':
    case 'draining':
    case 'keeping-up':
      return '';
  }
}

function silence({ silentMs, patienceMs, lastProgressAt }: Waiting): string {
  const last =
    lastProgressAt === null
      ? 'it was never seen to move'
      : `its commit was last seen to move at ${formatInstant(lastProgressAt)}`;
  return `${last}; records have waited without progress for ${formatDuration(silentMs)}, and ${formatDuration(patienceMs)} is innocent here`;
}

/** How old the oldest waiting record is, how that is known, and how surely. */
export function timeLagText({ timeLag, reading: { lag } }: PartitionFinding): string {
  if (lag === 0n) return 'none: nothing waits';
  if (typeof lag !== 'bigint' || lag < 0n) return '';
  const text = ageText(timeLag);
  if (timeLag === null || text === '') return 'not known yet: neither dated nor seen to come';
  if (timeLag.ms === null || timeLag.atMostMs === null) {
    return `${text}: the oldest waiting record was there when watching began`;
  }
  const how =
    timeLag.method === 'timestamps'
      ? "the oldest waiting record's own timestamp says so, which is its producer's clock unless the topic says otherwise"
      : 'by when the log was seen to reach it';
  const sure = isExact(timeLag)
    ? ''
    : `; between ${formatDuration(timeLag.atLeastMs)} and ${formatDuration(timeLag.atMostMs)}`;
  return `${text}: ${how}${sure}`;
}
