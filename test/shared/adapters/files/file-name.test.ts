import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromFileName, toFileName } from '../../../../shared/adapters/files/file-name.ts';

const hostile = [
  '',
  '.',
  '..',
  '../../etc/passwd',
  'a/b\\c',
  'CON',
  'Orders',
  'orders',
  'a\u0000b',
  '\ud800',
  '配送',
  '%',
  '~',
  'a b:9092,c',
];

test('a plain name is the file that one would expect', () => {
  expect(toFileName('orders-prod')).toBe('orders-prod');
  expect(toFileName('Orders')).toBe('%004frders');
});

test('no name leaves the directory, and none is another on a file system that ignores case', () => {
  const names = hostile.map(toFileName);
  expect(names.filter((name) => !/^[a-z0-9._%-]*$/.test(name))).toEqual([]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(hostile.length);
});

test('any short name comes back from its file', () => {
  for (const name of hostile) expect(fromFileName(toFileName(name))).toBe(name);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 30 }),
      (name) => fromFileName(toFileName(name)) === name,
    ),
  );
});

test('a name that is too long is cut and told apart by a hash', () => {
  const [a, b] = ['x'.repeat(5_000), `${'x'.repeat(4_999)}y`].map(toFileName) as [string, string];
  expect(a).not.toBe(b);
  expect(a.length).toBeLessThanOrEqual(180);
  expect(a).toMatch(/^x{115}~[0-9a-f]{64}$/);
  expect(fromFileName(a)).toBeNull();
});

test.each(['A', '%zzzz', 'a b'])('%s is no name of ours', (name) => {
  expect(fromFileName(name)).toBeNull();
});
