import type { GroupFinding } from '../domain/finding.ts';
import { formatDuration } from '../domain/reason.ts';
import { isExact, type TimeLag } from '../domain/time-lag.ts';

/**
 * How old the oldest waiting record is: `2 h 5 min` as its timestamp tells, `≈ 2 h` as polls saw it come, `> 3 d` where it
 * was there when watching began. Empty where nothing waits or nothing is known.
 */
export function ageText(timeLag: TimeLag | null): string {
  if (timeLag === null || timeLag.ms === 0) return '';
  if (timeLag.ms === null) return timeLag.atLeastMs < 1000 ? '' : `> ${formatDuration(timeLag.atLeastMs)}`;
  return `${isExact(timeLag) ? '' : '≈ '}${formatDuration(timeLag.ms)}`;
}

/** That of the partition where it is the oldest. */
export function groupAge({ partitions }: Pick<GroupFinding, 'partitions'>): string {
  let oldest: TimeLag | null = null;
  for (const { timeLag } of partitions) {
    if (timeLag !== null && (oldest === null || guess(timeLag) > guess(oldest))) oldest = timeLag;
  }
  return ageText(oldest);
}

function guess({ ms, atLeastMs }: TimeLag): number {
  return ms ?? atLeastMs;
}
