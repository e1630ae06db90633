import { expect, test } from 'vitest';
import { HistoryTable } from '../../../shared/domain/memory/history.ts';
import type { Reading } from '../../../shared/domain/reading.ts';
import { stallScopes } from '../../../shared/domain/stall-scope.ts';

/** Partitions by owner (`-`: none) and when they last moved; the first one is asked about. */
function scopeOf(since: number, ...partitions: readonly (readonly [owner: string, progressAt: number])[]) {
  const history = new HistoryTable(partitions.length + 3);
  const readings = partitions.map(([id, progressAt], i) => {
    history.progressAt[3 + i] = progressAt;
    return { owner: id === '-' ? null : { id } } as Reading;
  });
  const scopes = stallScopes(history, 3, readings);
  return [scopes.scopeOf(readings[0] as Reading, since), scopes.groupProgressAt];
}

test.each([
  [
    'alone: its owner moves elsewhere',
    [
      ['a', 5],
      ['a', 20],
      ['b', 20],
    ],
    ['partition', 20],
  ],
  [
    'its owner',
    [
      ['a', 5],
      ['a', 6],
      ['b', 20],
    ],
    ['member', 20],
  ],
  [
    'the whole group',
    [
      ['a', 5],
      ['a', 6],
      ['b', 7],
    ],
    ['group', 7],
  ],
  [
    'nothing ever moved',
    [
      ['a', 0],
      ['b', 0],
    ],
    ['group', 0],
  ],
  [
    'its owner has never moved anything, others do',
    [
      ['a', 0],
      ['b', 20],
    ],
    ['member', 20],
  ],
  [
    'no owner is known, and others move',
    [
      ['-', 5],
      ['-', 20],
    ],
    ['partition', 20],
  ],
  [
    'no owner is known, and nothing moves',
    [
      ['-', 5],
      ['-', 6],
    ],
    ['group', 6],
  ],
  [
    'who moved at the very moment has not moved since',
    [
      ['a', 5],
      ['a', 10],
    ],
    ['group', 10],
  ],
] as const)('%s', (_, partitions, expected) => {
  expect(scopeOf(10, ...partitions)).toEqual(expected);
});
