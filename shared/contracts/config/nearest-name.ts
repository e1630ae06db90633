/** Names longer than this are nobody's misspelling, and would cost time to compare. */
const longestCompared = 64;

/**
 * The known name that a misspelt one was most likely meant to be, or `undefined` where none is near: at most
 * one edit in three characters (a letter added, left out, replaced, or two neighbours swapped), case aside.
 */
export function nearestName(misspelt: string, known: Iterable<string>): string | undefined {
  if (misspelt.length > longestCompared) return undefined;
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const allowed = Math.floor(Math.max(misspelt.length, name.length) / 3);
    if (Math.abs(misspelt.length - name.length) > allowed) continue;
    const edits = editDistance(misspelt.toLowerCase(), name.toLowerCase());
    if (edits <= allowed && edits < fewest) {
      nearest = name;
      fewest = edits;
    }
  }
  return nearest;
}

/** Optimal string alignment distance. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          cell(last, column) + 1,
          cell(current, column - 1) + 1,
          cell(last, column - 1) + (same ? 0 : 1),
          swapped ? cell(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
