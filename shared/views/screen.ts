import stringWidth from 'string-width';
import { wrap } from './wrap.ts';

export interface ScreenInput {
  /** Lines that are no wider than the screen, colours and all. */
  readonly table: string;
  /** What happened, the latest last; safe for a terminal. */
  readonly happened: readonly string[];
  readonly footer: string;
}

/** Lines of what happened that are shown even where the table needs more room than there is. */
const leastHappened = 5;

/** As many lines as the screen has at most: the table, what happened of late, the footer. What has no room is counted. */
export function fitScreen({ table, happened, footer }: ScreenInput, rows: number, width: number): string[] {
  const lines = table.trimEnd().split('\n');
  const reserved = happened.length === 0 ? 2 : 3 + Math.min(happened.length, leastHappened);
  const room = Math.max(1, rows - reserved);
  const shown =
    lines.length <= room
      ? lines
      : [
          ...lines.slice(0, room - 1),
          `… ${lines.length - room + 1} more lines; a taller window or --group shows them`,
        ];
  const left = Math.max(0, rows - shown.length - 3);
  const latest = left === 0 ? [] : happened.slice(-left);
  const below = latest.length === 0 ? [] : ['', ...latest];
  return [...shown, ...below, '', footer]
    .slice(0, Math.max(1, rows))
    .map((line, i) => (i < shown.length ? line : beginning(line, width)));
}

/** As much of a line as one line of the screen holds. */
function beginning(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  return `${wrap(line, width - 2)[0]} …`;
}
