import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandIn, startStandIn } from '../../local/demo/stand-in.ts';
import { BuiltCommand } from '../support/built-command.ts';

let lagwarden: BuiltCommand;
let shop: StandIn;
beforeAll(async () => {
  lagwarden = new BuiltCommand();
  shop = await startStandIn();
});
afterAll(async () => {
  await shop.stop();
  lagwarden.dispose();
});

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The lines that one may paste, without what is said of them. */
const commands = readme
  .split('\n')
  .filter((line) => line.startsWith('npx lagwarden '))
  .map((line) => line.split(/ {3,}/)[0] as string);

/** As one would run it, on the stand-in for a cluster, in an empty folder; what never ends is ended. */
async function run(command: string): Promise<{ code: number | null; stderr: string }> {
  if (command.includes(' watch ')) {
    const args = command
      .replace('npx lagwarden ', '')
      .replace('host:9092', shop.bootstrap)
      .replaceAll('~/', './');
    return lagwarden.run(args.split(' '), { endWhen: (stderr) => stderr.includes('watching') });
  }
  const script = command
    .replace('npx lagwarden', `'${process.execPath}' '${lagwarden.file}'`)
    .replace(/host:9092/, shop.bootstrap)
    .replaceAll('~/', './');
  return new Promise((resolve) => {
    const options = { cwd: lagwarden.folder, timeout: 20_000, env: { PATH: process.env['PATH'] } };
    execFile('sh', ['-c', script], options, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

describe('every command of the README', () => {
  test('is one of ours', () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  // In their order: one records what another replays.
  test.each(commands.filter((command) => !/host:909[68]|--config/.test(command)))('%s', async (command) => {
    const { code, stderr } = await run(command);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') });
  });

  // No cluster behind a login and no configuration are here: these get as far as that.
  test.each(commands.filter((command) => /host:909[68]|--config/.test(command)))('%s', async (command) => {
    const { code, stderr } = await run(command);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /cannot read the configuration lagwarden\.yaml|cannot read ops\.txt|login iam needs/,
    );
  });
});
