import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** The fewest cells that it may be cut to; absent: it is never cut. */
  readonly atLeast?: number;
  /** On a narrow terminal it may be left out, the highest number first; absent: it always stays. */
  readonly expendable?: number;
}

const gap = '  ';
const ellipsis = '…';

/**
 * Rows as aligned lines, the titles first. A column that is empty in every row is left out. Where the rest is wider than
 * the terminal, expendable columns go until the others fit when cut; then the widest column that may be cut is cut in the
 * middle, since names differ at both ends. Widths are those on the screen: an emoji takes two cells.
 */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth: number,
): string[] {
  const measured = columns.map((column, index) => ({
    ...column,
    index,
    width: rows.reduce((most, row) => Math.max(most, stringWidth(row[index] ?? '')), 0),
  }));
  const shown = withoutExpendable(
    measured
      .filter(({ width }) => width > 0)
      .map((column) => ({ ...column, width: Math.max(column.width, stringWidth(column.title)) })),
    maxWidth,
  );
  shrink(shown, maxWidth);
  const line = (cells: readonly string[]) =>
    cut(
      shown
        .map(({ index, width, align }) => pad(cut(cells[index] ?? '', width), width, align))
        .join(gap)
        .trimEnd(),
      maxWidth,
    );
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

interface Measured extends Column {
  readonly index: number;
  width: number;
}

function withoutExpendable(columns: readonly Measured[], maxWidth: number): readonly Measured[] {
  const least = total(columns.map(({ width, atLeast }) => Math.min(width, atLeast ?? width)));
  const first = Math.max(...columns.map(({ expendable }) => expendable ?? 0));
  if (least <= maxWidth || first === 0) return columns;
  return withoutExpendable(
    columns.filter(({ expendable }) => expendable !== first),
    maxWidth,
  );
}

/** Takes cells from the widest column that may be cut, until all fit or none can give any. */
function shrink(columns: readonly Measured[], maxWidth: number): void {
  for (let excess = total(columns.map(({ width }) => width)) - maxWidth; excess > 0; excess--) {
    const [widest] = columns
      .filter(({ width, atLeast }) => atLeast !== undefined && width > atLeast)
      .toSorted((a, b) => b.width - a.width);
    if (widest === undefined) return;
    widest.width--;
  }
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** The text in at most so many cells, its middle left out where it is longer. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const [head, tail] = [Math.ceil((width - 1) / 2), Math.floor((width - 1) / 2)];
  return (
    takeCells(characters, head).join('') +
    ellipsis +
    takeCells(characters.toReversed(), tail).reverse().join('')
  );
}

function takeCells(characters: readonly string[], cells: number): string[] {
  const taken: string[] = [];
  let left = cells;
  for (const character of characters) {
    left -= stringWidth(character);
    if (left < 0) break;
    taken.push(character);
  }
  return taken;
}
