import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../cli/version.ts';

const temporary = mkdtempSync(join(tmpdir(), 'lagwarden-build-'));
const target = join(temporary, 'dist');
const command = join(target, 'lagwarden.js');

/** Runs the built command on a Node that claims the given version. */
function runOn(claimed: string) {
  const claim = `Object.defineProperty(process.versions, 'node', { value: '${claimed}' });
    Object.defineProperty(process, 'version', { value: 'v${claimed}' });`;
  const before = `data:text/javascript,${encodeURIComponent(claim)}`;
  return spawnSync(process.execPath, ['--import', before, command, '--version'], { encoding: 'utf8' });
}

beforeAll(() => {
  const build = fileURLToPath(new URL('../../local/build.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [build, target], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
afterAll(() => rmSync(temporary, { recursive: true }));

describe('the built command', () => {
  test('is executable and asks for node', () => {
    expect(() => accessSync(command, constants.X_OK)).not.toThrow();
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('runs from its own folder, without any package beside it', () => {
    const { status, stdout, stderr } = runOn(process.versions.node);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(version);
  });

  test.each(['18.20.8', '20.20.2', '22.14.0'])('refuses Node %s in one line', (old) => {
    const { status, stdout, stderr } = runOn(old);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `lagwarden needs Node >= 22.15, this is v${old}; install Node 24, or in a clone run: npx lagwarden\n`,
    );
  });

  test.each(['22.15.0', '24.0.0', '26.1.0'])('accepts Node %s', (recent) => {
    expect(runOn(recent).status).toBe(0);
  });
});
