import { styleText } from 'node:util';
import type { Severity } from '../shared/domain/severity.ts';

const styles = {
  critical: 'red',
  warning: 'yellow',
  info: 'cyan',
  ok: 'green',
  faint: 'dim',
  strong: 'bold',
  plain: 'reset',
} as const satisfies Record<Severity | 'faint' | 'strong' | 'plain', string>;

/** Colours for standard output; none on a pipe, with NO_COLOR, or on a dumb terminal. */
export function paint(text: string, tone: keyof typeof styles): string {
  return styleText(styles[tone], text, { stream: process.stdout, validateStream: true });
}

/** Wide enough that only absurd names are cut; scripts read --json. */
const widthOfPipes = 160;

/** Cells to lay a table out in; a terminal without a size (in a container) counts as a pipe. */
export function terminalWidth(): number {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : widthOfPipes;
}

/** Writes and waits until the reader has taken it: a pipe holds only so much. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text))
    await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

/**
 * Says on standard error what is being waited for, once a second from the first second on, so that a slow cluster is
 * told from a hung command and a quick one prints nothing.
 */
export function reportProgress(): { step(name: string): void; stop(): void } {
  let current = 'connecting';
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    process.stderr.write(`lagwarden: reading ${current}, ${seconds} s\n`);
  }, 1000);
  return {
    step: (name) => {
      current = name;
    },
    stop: () => clearInterval(timer),
  };
}
