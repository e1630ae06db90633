/**
 * Names of groups, topics and clients are hostile input: whoever may produce to a cluster may choose them. On a terminal
 * control characters could move the cursor or hide lines, bidirectional controls could reorder what is read, and
 * invisible characters would make two names look the same. Joiners and variation selectors of emoji are among the latter,
 * and about their widths terminals disagree.
 */
const unsafeOnTerminal = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The text with everything that a terminal would obey or hide instead of show written as `\u{…}`. */
export function terminalSafe(text: string): string {
  return text.replace(unsafeOnTerminal, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
