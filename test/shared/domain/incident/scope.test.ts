import { describe, expect, test } from 'vitest';
import type { GroupFinding } from '../../../../shared/domain/finding.ts';
import { isWider, mergeScopes, scopeOf } from '../../../../shared/domain/incident/scope.ts';
import { findingOf } from '../../../support/poll-notation.ts';

const found = (word: string) => findingOf('billing', word) as GroupFinding;
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `topic-${String(i).padStart(2, '0')}`);

describe('how far trouble reaches', () => {
  test.each<[string, string, readonly string[]]>([
    ['unowned', 'partition', ['orders']],
    ['unowned/orders!', 'member', ['orders']],
    ['unowned/orders+payments', 'member', ['orders', 'payments']],
    ['unowned/orders!+payments!', 'group', ['orders', 'payments']],
    ['crit', 'partition', ['orders']],
    ['crit:member', 'member', ['orders']],
    ['crit:group', 'group', ['orders']],
    ['stopped', 'group', ['orders']],
    ['rebalancing', 'group', ['orders']],
    ['half-warn', 'partition', ['orders']],
    ['?warn', 'group', []],
    ['?warn/payments', 'partition', ['payments']],
  ])('%s: %s', (word, breadth, topics) => {
    expect(scopeOf(found(word))).toEqual({ breadth, topics });
  });

  test('the only partition of a group is a partition still: another one would be news', () => {
    const finding = found('unowned');
    const [only] = finding.partitions;
    expect(scopeOf({ ...finding, partitions: only === undefined ? [] : [only] }).breadth).toBe('partition');
  });
});

describe('of very many topics', () => {
  test('twenty are kept', () => {
    const merged = mergeScopes(
      { breadth: 'member', topics: numbered(15) },
      { breadth: 'partition', topics: numbered(25).slice(10) },
    );
    expect(merged).toEqual({ breadth: 'member', topics: numbered(20) });
  });

  test('after that another one is no news, but more of the group is', () => {
    const told = { breadth: 'member', topics: numbered(20) } as const;
    expect(isWider({ breadth: 'member', topics: ['topic-99'] }, told)).toBe(false);
    expect(isWider({ breadth: 'group', topics: [] }, told)).toBe(true);
    expect(isWider({ breadth: 'member', topics: ['topic-99'] }, { ...told, topics: numbered(19) })).toBe(
      true,
    );
  });
});
