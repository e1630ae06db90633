import { formatCount, formatDuration, groupReason } from '../reason.ts';
import type { TransitionKind } from '../transition.ts';
import type { Maintenance, Step } from './course.ts';

/** A group's transition in a sentence; at its end also how long it lasted and what it cost. */
export function accountOf(
  kind: TransitionKind,
  { incident, finding }: Step,
  { durationMs, maintenance }: { readonly durationMs: number; readonly maintenance: Maintenance | null },
): string {
  const { toldVerdict, blindMs, recordsLost } = incident;
  switch (kind) {
    case 'resolved':
    case 'vanished': {
      const lost = recordsLost === 0n ? '' : `; records lost: ${formatCount(recordsLost)}`;
      const end =
        finding === null
          ? `vanished, never recovered: in no broker's list any more, or its commits are gone; ${toldVerdict} before`
          : groupReason(finding);
      return `over after ${formatDuration(durationMs)}: ${end}${lost}`;
    }
    case 'dismissed':
      return finding === null ? 'vanished before it was confirmed' : groupReason(finding);
    case 'suspected':
    case 'opened':
    case 'worsened':
    case 'eased':
    case 'widened':
    case 'reminded':
    case 'unmuted':
    case 'unfolded': {
      const meanwhile = maintenance === null ? '' : ` (maintenance: ${maintenance.what})`;
      const now =
        finding === null
          ? `not seen for ${formatDuration(blindMs)}, ${toldVerdict} before`
          : groupReason(finding);
      return `${now}${meanwhile}`;
    }
  }
}
