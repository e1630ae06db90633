/** Tells whether a name is meant by a pattern. */
export type NameTest = (name: string) => boolean;

/**
 * Compiles a pattern in which `*` stands for any run of characters, also none, and `?` for exactly one
 * character (a code point, so an emoji is one). Every other character stands for itself: there are no
 * classes, braces or escapes, because patterns of `reset.allow` become IAM resources, which know only these.
 * The whole name must match, and case counts.
 *
 * No regular expression is built and nothing is ever tried twice at a `*`: the work is at most
 * pattern length × name length, whatever the pattern.
 */
export function compileGlob(pattern: string): NameTest {
  const pieces = pattern.split('*');
  if (pattern.includes('?') || !pattern.isWellFormed()) return codePointTest(pieces);
  if (pieces.length === 1) return (name) => name === pattern;

  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (name) => {
    if (!name.startsWith(first)) return false;
    const lastAt = name.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= lastAt && name.endsWith(last);
  };
}

/** Compiles several patterns: a name is meant when any of them means it, so no pattern means no name. */
export function compileGlobs(patterns: readonly string[]): NameTest {
  const tests = patterns.map(compileGlob);
  return (name) => tests.some((test) => test(name));
}

/** The general case: the leftmost place for each piece between two `*` is always the best one. */
function codePointTest(pieces: readonly string[]): NameTest {
  const segments = pieces.map((piece) => Array.from(piece));
  const first = segments[0] as string[];
  const last = segments.at(-1) as string[];
  const middle = segments.slice(1, -1);
  const whole = segments.length === 1;
  return (name) => {
    const characters = Array.from(name);
    if (!fits(first, characters, 0)) return false;
    if (whole) return characters.length === first.length;

    const lastAt = characters.length - last.length;
    let at = first.length;
    for (const segment of middle) {
      while (!fits(segment, characters, at)) {
        if (at + segment.length >= characters.length) return false;
        at += 1;
      }
      at += segment.length;
    }
    return at <= lastAt && fits(last, characters, lastAt);
  };
}

function fits(segment: readonly string[], characters: readonly string[], at: number): boolean {
  if (at + segment.length > characters.length) return false;
  return segment.every((wanted, index) => wanted === '?' || wanted === characters[at + index]);
}
