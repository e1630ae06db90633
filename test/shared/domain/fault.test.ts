import { expect, test } from 'vitest';
import { Fault } from '../../../shared/domain/fault.ts';

test('the message is the finding and, where it is known, the remedy', () => {
  const bare = new Fault('timed-out', 'b:1 was silent');
  expect(bare).toMatchObject({ message: 'b:1 was silent', finding: 'b:1 was silent', remedy: null });

  const cause = new Error('no route');
  const helpful = new Fault('unreachable', 'b:1 is away', { remedy: 'start it', cause });
  expect(helpful).toMatchObject({
    message: 'b:1 is away; start it',
    finding: 'b:1 is away',
    remedy: 'start it',
    cause,
  });
});

test('only what may pass by itself is worth another attempt', () => {
  expect(new Fault('timed-out', '').retriable).toBe(true);
  expect(new Fault('authentication-failed', '').retriable).toBe(false);
});
