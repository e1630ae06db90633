import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { severityOf, unreadSeverity } from '../../../shared/domain/ruling.ts';

describe('the severity of a ruling', () => {
  test.each([
    ['unknown', 'info'],
    ['data-lost', 'critical'],
    ['uncommitted', 'info'],
    ['caught-up', 'ok'],
    ['abandoned', 'info'],
    ['rewound', 'warning'],
  ] as const)('%s is %s, if neither its rule nor a policy says otherwise', (verdict, severity) => {
    expect(severityOf({ verdict }, defaultPolicy)).toBe(severity);
  });

  test('a policy may say otherwise, for the verdict that it names', () => {
    const policy = { ...defaultPolicy, severity: { 'data-lost': 'warning', observing: 'info' } } as const;
    expect(severityOf({ verdict: 'data-lost' }, policy)).toBe('warning');
    expect(severityOf({ verdict: 'observing', severity: 'ok' }, policy)).toBe('info');
    expect(severityOf({ verdict: 'unknown', severity: 'warning' }, policy)).toBe('warning');
  });

  test('a rebalance that is only waited for stays ok whatever a policy says of those that never end', () => {
    const policy = { ...defaultPolicy, severity: { rebalancing: 'warning' } } as const;
    expect(severityOf({ verdict: 'rebalancing', severity: 'ok' }, policy)).toBe('ok');
    expect(severityOf({ verdict: 'rebalancing', severity: 'critical' }, policy)).toBe('warning');
  });
});

test.each([
  ['timed-out', 299_999, 'info'],
  ['timed-out', 300_000, 'warning'],
  ['commit-gone', 300_000, 'warning'],
  ['not-measurable', 300_000, 'info'],
  ['topic-missing', 300_000, 'info'],
] as const)('what is %s for %d ms is %s', (reason, unreadMs, severity) => {
  expect(unreadSeverity(reason, unreadMs, defaultPolicy)).toBe(severity);
});
