import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const terminal = fileURLToPath(new URL('../../cli/terminal.ts', import.meta.url));
const script = `const { paint, terminalWidth } = await import(${JSON.stringify(terminal)});
process.stdout.write(paint('lost', 'critical') + ' ' + terminalWidth());`;

/** What a process of its own writes to a pipe, with these variables only. */
function onPipe(env: Record<string, string>): string {
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
  });
  return stdout;
}

/** The same on a terminal of no size, as containers give. */
function onTerminal(env: Record<string, string>): string {
  const command = `'${process.execPath}' --input-type=module --eval "$SCRIPT"`;
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SCRIPT: script, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return stdout;
}

describe('colour', () => {
  test('none on a pipe, whose lines may be wide', () => {
    expect(onPipe({})).toBe('lost 160');
  });

  test('on a pipe where it is forced', () => {
    expect(onPipe({ FORCE_COLOR: '1' })).toBe('\u001b[31mlost\u001b[39m 160');
  });

  // Only a terminal shows that NO_COLOR takes something away; `script` lends one.
  test.skipIf(process.platform !== 'linux')('on a terminal, unless NO_COLOR or a dumb one', () => {
    expect(onTerminal({})).toContain('\u001b[31mlost\u001b[39m');
    for (const env of [{ NO_COLOR: '1' }, { NODE_DISABLE_COLORS: '1' }, { TERM: 'dumb' }]) {
      expect(onTerminal(env)).toMatch(/^lost \d+/);
    }
  });

  test.skipIf(process.platform !== 'linux')('a terminal that tells no size is laid out like a pipe', () => {
    expect(onTerminal({})).toMatch(/ 160\s*$/);
  });
});
