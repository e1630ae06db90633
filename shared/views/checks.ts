import type { Check } from '../domain/diagnosis.ts';
import { terminalSafe } from './escape.ts';

const marks: Readonly<Record<Check['outcome'], string>> = {
  ok: '✓',
  skipped: '–',
  limited: '!',
  failed: '✗',
};

/** One check as lines of text: mark, what, about whom, what was found, and the remedy where there is one. */
export function checkText(check: Check): string {
  const line = `${marks[check.outcome]} ${check.check.padEnd(8)}  ${terminalSafe(`${check.subject}: ${check.finding}`)}\n`;
  return 'remedy' in check ? `${line}            → ${terminalSafe(check.remedy)}\n` : line;
}
