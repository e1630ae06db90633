import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { risingOrder } from '../../../shared/domain/rising-order.ts';

test.each([
  ['nothing', []],
  ['one number', [7]],
  ['numbers that rise', [0, 1, 5]],
  ['equal neighbours', [0, 3, 3, 4]],
])('%s: in order as it is', (_, numbers) => {
  expect(risingOrder(numbers)).toBeNull();
});

test('names the places in rising order, equal numbers in theirs', () => {
  expect(risingOrder([34, 0, 13, 0])).toEqual([1, 3, 2, 0]);
});

test('agrees with a sort, whatever the numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (numbers) => {
      const order = risingOrder(numbers) ?? [...numbers.keys()];
      expect(order.map((at) => numbers[at])).toEqual(numbers.toSorted((a, b) => a - b));
    }),
  );
});
