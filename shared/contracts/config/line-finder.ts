/** A place in a text as editors show it: both from 1, the column in UTF-16 units. */
export type LineAndColumn = { readonly line: number; readonly column: number };

/**
 * Finds lines by offset. The parser's own `LineCounter` loses lines in what it skips after a syntax error.
 */
export function lineFinder(text: string): (offset: number) => LineAndColumn {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const within = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= within) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: within - (starts[low] ?? 0) + 1 };
  };
}
