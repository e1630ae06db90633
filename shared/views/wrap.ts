import stringWidth from 'string-width';

/** Narrower than this nothing can be read; a line may then stand out. */
const leastWidth = 20;

/** Lines of at most so many cells, broken between words, and within a word that is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const most = Math.max(width, leastWidth);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((whole) => pieces(whole, most))) {
    if (line === '') line = word;
    else if (stringWidth(line) + 1 + stringWidth(word) <= most) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const cutUp: string[] = [];
  let piece = '';
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    if (stringWidth(piece) + stringWidth(segment) > width) {
      cutUp.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...cutUp, piece];
}
