/**
 * Names of groups, topics and clients are hostile input: whoever may produce to a cluster may choose them. On a terminal
 * control characters could move the cursor or hide lines, and bidirectional controls could reorder what is read.
 */
const unsafeOnTerminal =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with everything that a terminal would obey instead of show written as `\u{…}`. */
export function terminalSafe(text: string): string {
  return text.replace(unsafeOnTerminal, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
