import { expect, test } from 'vitest';
import type { Transition } from '../../../shared/domain/transition.ts';
import { transitionLine } from '../../../shared/views/transition-line.ts';

const transition: Transition = {
  id: 'orders-prod/billing/1/1',
  kind: 'opened',
  group: 'billing',
  from: 'pending',
  to: 'firing',
  fromVerdict: 'falling-behind',
  toVerdict: 'stalled',
  fromSeverity: 'warning',
  severity: 'critical',
  worstSeverity: 'critical',
  scope: { breadth: 'partition', topics: ['orders'] },
  reason: 'orders-0: stuck at offset 4711',
  at: Date.UTC(2026, 2, 1, 3),
  openedAt: Date.UTC(2026, 2, 1, 2),
  durationMs: 3_600_000,
  recordsLost: 0n,
  silence: null,
};
const one = { name: 'orders-prod', isOneOfMany: false };

test('when, whose, from what to what, verdict, severity, why', () => {
  expect(transitionLine(transition, one)).toBe(
    '2026-03-01T03:00:00Z  billing  pending → firing  falling-behind → stalled  critical  orders-0: stuck at offset 4711',
  );
});

test('a verdict that stayed is named once', () => {
  expect(transitionLine({ ...transition, fromVerdict: 'stalled' }, one)).toContain(
    'firing  stalled  critical',
  );
});

test('the cluster is named where there are several, and where the incident is its own', () => {
  expect(transitionLine(transition, { ...one, isOneOfMany: true })).toContain('Z  orders-prod billing  ');
  expect(transitionLine({ ...transition, group: null }, one)).toContain('Z  the cluster orders-prod  ');
});

test.each([
  [{ because: 'pending' } as const, ''],
  [{ because: 'muted', why: 'freeze' } as const, ' [muted: freeze]'],
  [{ because: 'muted', why: null } as const, ' [muted]'],
  [{ because: 'folded', into: 'x' } as const, " [told with the cluster's incident]"],
  [{ because: 'untold' } as const, ' [its beginning was not told either]'],
])('kept back: %j', (silence, end) => {
  expect(transitionLine({ ...transition, silence }, one)).toBe(`${transitionLine(transition, one)}${end}`);
});

test('hostile names obey nobody', () => {
  const line = transitionLine({ ...transition, group: 'a\u001b[2J\nb\u202e' }, one);
  expect(line).toContain('a\\u{1b}[2J\\u{a}b\\u{202e}');
});
