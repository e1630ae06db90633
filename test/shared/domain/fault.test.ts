import { expect, test } from 'vitest';
import { Fault } from '../../../shared/domain/fault.ts';

test('the message is the finding and, where it is known, the remedy', () => {
  const bare = new Fault('timed-out', 'b:1 was silent');
  expect(bare).toMatchObject({ message: 'b:1 was silent', finding: 'b:1 was silent', remedy: null });
  const helpful = new Fault('unreachable', 'b:1 is away', { remedy: 'start it' });
  expect(helpful).toMatchObject({
    message: 'b:1 is away; start it',
    finding: 'b:1 is away',
    remedy: 'start it',
  });
});

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
