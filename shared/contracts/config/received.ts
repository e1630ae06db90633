/** The longest value that a message repeats, in characters; the rest is cut off. */
const longestShown = 60;

/**
 * A value as a message repeats it, for a terminal or a log: quoted if it is text, cut if it is long, and with
 * every control, format and bidirectional character escaped, for the file may be hostile.
 */
export function received(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  return typeof value === 'string' ? quoted(value) : `a ${typeof value}`;
}

/** `received` for text: quoted, cut, escaped. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 2 * longestShown));
  const cut = characters.length > longestShown ? `${characters.slice(0, longestShown).join('')}…` : text;
  return escapeControls(JSON.stringify(cut));
}

/** Replaces what could move a cursor, change a colour or reorder a line by its `\u` escape. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
