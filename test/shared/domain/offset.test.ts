import { expect, test } from 'vitest';
import { toOffset } from '../../../shared/domain/offset.ts';
import { largestOffset } from '../../support/random-snapshot.ts';

test.each([0n, 1n, 2n ** 53n + 1n, largestOffset])('%d is an offset and stays what it is', (value) => {
  expect(toOffset(value)).toBe(value);
});

test.each([-1n, -(2n ** 63n)])(
  '%d is none: Kafka writes a negative number where there is no offset',
  (value) => {
    expect(() => toOffset(value)).toThrow(new RangeError(`an offset must be 0 or more, got ${value}`));
  },
);
