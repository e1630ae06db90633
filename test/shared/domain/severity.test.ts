import { describe, expect, test } from 'vitest';
import { compareSeverity, isAtLeast, severities, worstSeverity } from '../../../shared/domain/severity.ts';
import { verdicts } from '../../../shared/domain/verdict-names.ts';

describe('severity', () => {
  test('goes from ok over info and warning to critical', () => {
    const shuffled = (['critical', 'ok', 'warning', 'info'] as const).toSorted(compareSeverity);
    expect(shuffled).toEqual(['ok', 'info', 'warning', 'critical']);
    expect(compareSeverity('info', 'info')).toBe(0);
  });

  test.each([
    [['ok', 'warning', 'info'], 'warning'],
    [['critical', 'ok'], 'critical'],
    [['info', 'info'], 'info'],
    [[], 'ok'],
  ] as const)('the worst of %j is %s', (some, worst) => {
    expect(worstSeverity(some)).toBe(worst);
  });

  test('a channel from warning on hears warning and critical only', () => {
    expect(severities.filter((severity) => isAtLeast(severity, 'warning'))).toEqual(['warning', 'critical']);
  });
});

test('the verdicts are the 17 rules, in their order', () => {
  expect(verdicts).toEqual(
    (
      'unknown recreated beyond-end data-lost uncommitted caught-up blocked rebalancing stalled unowned ' +
      'stopped abandoned rewound observing falling-behind draining keeping-up'
    ).split(' '),
  );
});
