import { describe, expect, test } from 'vitest';
import type { Transition } from '../../../shared/domain/transition.ts';
import { replaySummary } from '../../../shared/views/replay-summary.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 1);

function step(group: string | null, openedAt: number, at: number, change: Partial<Transition>): Transition {
  return {
    id: `orders-prod/${group}/${openedAt}/${at}`,
    kind: 'opened',
    group,
    from: 'pending',
    to: 'firing',
    fromVerdict: null,
    toVerdict: 'stalled',
    fromSeverity: 'ok',
    severity: 'critical',
    worstSeverity: 'critical',
    scope: { breadth: 'group', topics: [] },
    reason: '',
    at: start + at * minute,
    openedAt: start + openedAt * minute,
    durationMs: (at - openedAt) * minute,
    recordsLost: 0n,
    silence: null,
    ...change,
  };
}

const suspected = { from: 'ok', to: 'pending', silence: { because: 'pending' } } as const;
const over = { from: 'firing', to: 'resolved', toVerdict: 'caught-up', severity: 'ok' } as const;
const summary = (transitions: Transition[]) =>
  replaySummary([{ name: 'orders-prod', polls: [start, start + 90 * minute], transitions }], 100);

test('incidents by severity and group, the worst first', () => {
  expect(
    summary([
      step('a', 1, 1, { ...suspected, worstSeverity: 'warning' }),
      step('a', 1, 2, { severity: 'warning', worstSeverity: 'warning', toVerdict: 'falling-behind' }),
      step('a', 1, 12, { ...over, worstSeverity: 'warning' }),
      step('b', 3, 4, {}),
      step('b', 3, 63, over),
      step('b', 70, 71, { toVerdict: 'stopped' }),
    ]),
  ).toBe(
    `orders-prod: 2 snapshots, 2026-03-01T00:00:00Z to 2026-03-01T01:30:00Z
3 incidents: 2 critical, 1 warning; 1 not over at the end

GROUP  CRITICAL  WARNING  LONGEST  VERDICTS
b             2               1 h  stalled, stopped
a                      1   11 min  falling-behind
`,
  );
});

describe('what nobody would have heard of is counted apart', () => {
  test.each([
    [
      'suspected and not confirmed',
      [step('a', 1, 1, suspected), step('a', 1, 2, { ...suspected, from: 'pending', to: 'ok' })],
      'no incident; 1 more suspected and not confirmed',
    ],
    [
      'muted',
      [step('a', 1, 2, { silence: { because: 'muted', why: 'x' } }), step('a', 1, 3, over)],
      "1 incident: 1 critical; 1 of them muted or folded into the cluster's",
    ],
    ['the whole cluster', [step(null, 1, 2, {})], '1 incident: 1 critical; 1 not over at the end'],
  ])('%s', (_, transitions, text) => {
    expect(summary(transitions).split('\n')[1]).toBe(text);
  });
});

test('nothing at all', () => {
  expect(replaySummary([], 100)).toBe('no snapshot in it\n');
  expect(summary([])).toContain('\nno incident\n');
});
