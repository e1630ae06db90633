import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** The fewest columns that it may be cut to; absent: it is never cut. */
  readonly atLeast?: number;
}

const gap = '  ';
const ellipsis = '…';

/**
 * Rows as aligned lines, the titles first. Where they are wider than the terminal, the widest column that may be cut is
 * cut in the middle, since names differ at both ends. Widths are those on the screen: an emoji takes two cells.
 */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth: number,
): string[] {
  const widths = columns.map(({ title }, i) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[i] ?? ''))),
  );
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  for (let excess = total() - maxWidth; excess > 0; excess = total() - maxWidth) {
    const widest = widths.reduce((best, width, i) => {
      const spare = width - (columns[i]?.atLeast ?? width);
      return spare > 0 && (best === -1 || width > (widths[best] as number)) ? i : best;
    }, -1);
    if (widest === -1) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => pad(cut(cells[i] ?? '', widths[i] as number), widths[i] as number, align))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
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
