import type { Reading } from '../../domain/reading.ts';

/** A place on the line, and what is written at it. */
interface Label {
  readonly column: number;
  readonly text: string;
}

/**
 * A partition's log from start to end in a few lines of text, to scale: what the group has processed (`─`), what waits
 * (`━`), what an open transaction holds back (`░`), what was deleted unread (`×`), how far a commit lies beyond the end
 * (`?`). Empty where start, commit or end is not known.
 *
 * @param width cells to draw in
 */
export function offsetLine({ start, committed, stable, end }: Reading, width: number): string[] {
  if (start === null || committed === null || end === null) return [];
  // A log that was cut while it was read may end before it starts.
  const sorted = [start, committed, end].toSorted((a, b) => (a < b ? -1 : 1));
  const [least, most] = [sorted[0] as bigint, sorted[2] as bigint];
  const cells = most === least ? 1 : Math.max(20, width);
  const columnOf = (offset: bigint) =>
    most === least
      ? 0
      : Number(((offset - least) * BigInt(cells - 1) * 2n + (most - least)) / ((most - least) * 2n));
  const heldFrom = stable !== null && stable < end && stable >= least ? stable : end;
  const bar = Array.from({ length: cells }, (_, column): string => {
    if (column >= columnOf(end)) return '?';
    if (column < columnOf(start)) return '×';
    if (column < columnOf(committed)) return '─';
    return column < columnOf(heldFrom) ? '━' : '░';
  });
  bar[columnOf(start)] = '├';
  bar[columnOf(end)] = '┤';
  bar[columnOf(committed)] = '●';
  const below: Label[] = [
    { column: columnOf(start), text: `start ${start}` },
    ...(heldFrom === end ? [] : [{ column: columnOf(heldFrom), text: `stable ${heldFrom}` }]),
    { column: columnOf(end), text: `end ${end}` },
  ];
  return [
    ...labelRows([{ column: columnOf(committed), text: `committed ${committed}` }], width, '▼'),
    bar.join(''),
    ...labelRows(below, width, '▲'),
  ];
}

/** Labels at their columns, each in the first row that has room for it. */
function labelRows(labels: readonly Label[], cells: number, mark: string): string[] {
  const rows: string[] = [];
  for (const { column, text } of labels) {
    const toTheRight = `${mark} ${text}`;
    const fits = column + toTheRight.length <= cells;
    const label = fits ? toTheRight : `${text} ${mark}`;
    const from = fits ? column : Math.max(0, column - label.length + 1);
    let row = rows.findIndex((line) => line.length + 1 < from || line === '');
    if (row < 0) row = rows.push('') - 1;
    rows[row] = (rows[row] as string).padEnd(from) + label;
  }
  return rows;
}
