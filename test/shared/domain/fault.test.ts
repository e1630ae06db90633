import { expect, test } from 'vitest';
import { Fault } from '../../../shared/domain/fault.ts';

test.each([
  ['unreachable', true],
  ['timed-out', true],
  ['kafka-error', true],
  ['unauthorised', false],
  ['authentication-failed', false],
  ['garbled', false],
] as const)('%s: whether trying again may help is %j', (code, retriable) => {
  const cause = new Error('what happened');
  const fault = new Fault(code, 'broker 1 does not answer', { cause });
  expect(fault).toMatchObject({ name: 'Fault', code, message: 'broker 1 does not answer', retriable, cause });
});
