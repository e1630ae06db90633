/** A text as one word for a POSIX shell: a name may hold anything, and is pasted by somebody in a hurry. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
