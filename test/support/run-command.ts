import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const main = path.resolve(import.meta.dirname, '../../cli/lagwarden.ts');

/**
 * Runs `lagwarden` in a process of its own.
 *
 * @throws Error with what it printed where it does not exit with 0, or not within 20 s: a process that hangs has failed.
 */
export function lagwarden(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const options = { timeout: 20_000, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [main, ...args], options);
}
