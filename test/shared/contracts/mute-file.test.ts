import { describe, expect, test } from 'vitest';
import { MuteFileError, parseMuteFile, writeMuteFile } from '../../../shared/contracts/mute-file.ts';

const mute = {
  match: { clusters: ['*'], groups: ['batch-*'], topics: ['*'] },
  fromMs: Date.UTC(2026, 2, 1, 3),
  toMs: Date.UTC(2026, 2, 1, 5),
  why: 'moving "house"',
};

test('mutes come back as they were written', () => {
  expect(parseMuteFile(writeMuteFile([mute, { ...mute, why: 'other' }]))).toEqual([
    mute,
    { ...mute, why: 'other' },
  ]);
  expect(parseMuteFile(writeMuteFile([]))).toEqual([]);
});

describe('what is not understood is refused, field and value named', () => {
  const written = JSON.parse(writeMuteFile([mute]));
  const with0 = (change: object) =>
    JSON.stringify({ ...written, mutes: [{ ...written.mutes[0], ...change }] });
  test.each([
    ['', /^this is no JSON: /],
    ['{}', /^schema: expected "lagwarden\.mutes\/1", got nothing/],
    ['{"schema":"lagwarden.mutes/2","mutes":[]}', /^schema: .* got "lagwarden\.mutes\/2"/],
    ['{"schema":"lagwarden.mutes/1"}', /^mutes: expected a list of mutes, got nothing/],
    [with0({ to: 'tomorrow' }), /^mutes\[0\]\.to: expected an instant in UTC.*got "tomorrow"/],
    [with0({ why: '' }), /^mutes\[0\]\.why: expected a reason, got ""/],
    [with0({ until: 1 }), /^mutes\[0\]: expected a mute, with match, from, to and why, and nothing else/],
    [
      with0({ match: { groups: ['a'], clusters: ['*'], topics: [] } }),
      /^mutes\[0\]\.match\.topics: expected one pattern/,
    ],
  ])('%s', (text, message) => {
    expect(() => parseMuteFile(text)).toThrow(MuteFileError);
    expect(() => parseMuteFile(text)).toThrow(message);
  });
});
