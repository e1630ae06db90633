import { formatInstant } from '../domain/reason.ts';
import type { Silence, Transition } from '../domain/transition.ts';
import { terminalSafe } from './escape.ts';

/**
 * A transition as one line: when, whose, from what to what, verdict, severity, why. Where nobody would be told of it, that
 * and the reason stand at the end.
 *
 * @param cluster named where there are several, and in place of a group for the incident of a whole cluster
 */
export function transitionLine(
  transition: Transition,
  cluster: { readonly name: string; readonly isOneOfMany: boolean },
): string {
  const { at, group, from, to, fromVerdict, toVerdict, severity, reason, silence } = transition;
  const whose = group === null ? `the cluster ${cluster.name}` : group;
  const verdict =
    fromVerdict === null || fromVerdict === toVerdict ? toVerdict : `${fromVerdict} → ${toVerdict}`;
  return terminalSafe(
    [
      formatInstant(at),
      cluster.isOneOfMany && group !== null ? `${cluster.name} ${whose}` : whose,
      `${from} → ${to}`,
      verdict,
      severity,
      `${reason}${silence === null ? '' : silenceText(silence)}`,
    ].join('  '),
  );
}

function silenceText(silence: Silence): string {
  switch (silence.because) {
    // `→ pending` says so.
    case 'pending':
      return '';
    case 'muted':
      return silence.why === null ? ' [muted]' : ` [muted: ${silence.why}]`;
    case 'folded':
      return " [told with the cluster's incident]";
    case 'untold':
      return ' [its beginning was not told either]';
  }
}
