import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { terminalSafe } from '../../../shared/views/escape.ts';

test.each([
  ['a colour', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a one-byte control sequence', '\u009b2J', '\\u{9b}2J'],
  ['a line break', 'a\r\nb', 'a\\u{d}\\u{a}b'],
  ['a tab, a bell, a delete', '\t\u0007\u007f', '\\u{9}\\u{7}\\u{7f}'],
  ['line and paragraph separators', '\u2028\u2029', '\\u{2028}\\u{2029}'],
  ['a bidirectional override', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['a bidirectional isolate and mark', '\u2066a\u2069\u200f\u061c', '\\u{2066}a\\u{2069}\\u{200f}\\u{61c}'],
  [
    'zero width: space, joiners, byte order mark',
    'a\u200b\u200c\u200d\ufeffb',
    'a\\u{200b}\\u{200c}\\u{200d}\\u{feff}b',
  ],
  ['an annotation mark', '\ufff9a', '\\u{fff9}a'],
  ['a soft hyphen and a filler', 'a\u00ad\u3164', 'a\\u{ad}\\u{3164}'],
  ['invisible tags beyond the basic plane', 'a\u{e0041}', 'a\\u{e0041}'],
  ['half of a surrogate pair', '\ud83e-\udd9c', '\\u{d83e}-\\u{dd9c}'],
])('%s is written out', (_, text, safe) => {
  expect(terminalSafe(text)).toBe(safe);
});

test.each(['payments-v2.eu_west', 'Zahlungen für Köln', '配送', 'заказы', 'e\u0301', '🦜', 'a b', 'עגלה'])(
  '%s stays as it is',
  (name) => {
    expect(terminalSafe(name)).toBe(name);
  },
);

test('whatever comes in, nothing that a terminal obeys comes out, and nothing else is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const safe = terminalSafe(text);
      expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      const back = safe.replace(/\\u\{([0-9a-f]+)\}/g, (_, code) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      );
      if (!text.includes('\\u{')) expect(back).toBe(text);
    }),
  );
});
