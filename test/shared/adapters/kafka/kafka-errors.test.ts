import { protocolErrorsCodesById } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { errorName, isLeaderChange, unreadReason } from '../../../../shared/adapters/kafka/kafka-errors.ts';

/** Every code that Kafka has or may get soon. */
const codes = Array.from({ length: 202 }, (_, i) => i - 1).filter((code) => code !== 0);

const reasonByCode: Record<number, string> = {
  3: 'topic-missing',
  100: 'topic-missing',
  5: 'leaderless',
  72: 'leaderless',
  6: 'leader-moved',
  9: 'leader-moved',
  74: 'leader-moved',
  75: 'leader-moved',
  78: 'leader-moved',
  7: 'timed-out',
  14: 'coordinator-unread',
  15: 'coordinator-unread',
  16: 'coordinator-unread',
  29: 'unauthorised',
  30: 'unauthorised',
  31: 'unauthorised',
  35: 'unsupported',
};

test.each(codes)(
  'code %i has a reason; what is in no row of the table is an error of Kafka like any other',
  (code) => {
    expect(unreadReason(code)).toBe(reasonByCode[code] ?? 'kafka-error');
  },
);

describe('names', () => {
  test('agree with those of @platformatic/kafka', () => {
    const named = codes.filter((code) => !errorName(code).startsWith('error '));
    expect(named).toHaveLength(28);
    const theirs: Record<number, string> = protocolErrorsCodesById;
    const different = named.filter((code) => theirs[code] !== errorName(code));
    expect(different.map((code) => [code, errorName(code), theirs[code]])).toEqual([]);
  });

  test('a code without a name is shown as its number', () => {
    expect(errorName(12345)).toBe('error 12345');
  });
});

test('a second look at the leaders is worth it for these codes only', () => {
  expect(codes.filter(isLeaderChange)).toEqual([6, 9, 74, 75, 78]);
});
