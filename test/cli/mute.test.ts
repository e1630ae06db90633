import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../support/built-command.ts';

let lagwarden: BuiltCommand;
beforeAll(() => {
  lagwarden = new BuiltCommand();
});
afterAll(() => lagwarden.dispose());

const mute = (...args: string[]) => lagwarden.run(['mute', ...args]);

test('a mute is set, listed and ended', async () => {
  const set = await mute(
    'batch-*',
    '--for',
    '2h',
    '--why',
    'moving house',
    '--state',
    's',
    '--topic',
    'a',
    'b',
  );
  expect(set).toEqual({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(
      /^muted: batch-\* for topics a, b {2}until \S+Z \(2 h\) {2}moving house\n$/,
    ),
  });
  await mute('etl', '--for', '3d', '--why', 'freeze', '--state', 's', '--cluster', 'orders-prod');
  expect((await mute('--list', '--state', 's')).stdout).toMatch(
    /^batch-\* .*\netl on orders-prod .*freeze\n$/,
  );
  const listed = JSON.parse((await mute('--list', '--json', '--state', 's')).stdout);
  expect(listed).toMatchObject({
    schema: 'lagwarden.mutes/1',
    mutes: [{ why: 'moving house' }, { why: 'freeze' }],
  });
  expect((await mute('batch-*', '--end', '--state', 's')).stdout).toMatch(/^ended: batch-\* /);
  expect((await mute('--list', '--state', 's')).stdout).toMatch(/^etl /);
});

test('two at the same time are both kept', async () => {
  await Promise.all(
    ['a', 'b', 'c'].map((group) => mute(group, '--for', '1h', '--why', 'x', '--state', 'both')),
  );
  expect((await mute('--list', '--state', 'both')).stdout.split('\n').slice(0, -1)).toHaveLength(3);
});

describe('a mistake is bad usage, and nothing is written', () => {
  test.each([
    [['a', '--for', '2h', '--why', 'x'], /required option '--state <dir>' not specified/],
    [['--for', '2h', '--why', 'x', '--state', 'm'], /no group named/],
    [['a', '--why', 'x', '--state', 'm'], /for how long\? give --for/],
    [['a', '--for', 'ever', '--why', 'x', '--state', 'm'], /--for: "ever" is no time that a mute may last/],
    [['a', '--for', '0s', '--why', 'x', '--state', 'm'], /--for: "0s"/],
    [['a', '--for', '9999d', '--why', 'x', '--state', 'm'], /--for: "9999d"/],
    [['a', '--for', '2h', '--why', '  ', '--state', 'm'], /why\? give --why TEXT/],
    [['a', '--end', '--state', 'm'], /no mute of "a" lasts/],
  ] as const)('%j', async (args, message) => {
    const { code, stdout, stderr } = await mute(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a file that is broken stays as it is', async () => {
    mkdirSync(path.join(lagwarden.folder, 'broken'));
    lagwarden.write('broken/mutes.json', 'scribble');
    const { code, stderr } = await mute('a', '--for', '2h', '--why', 'x', '--state', 'broken');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/broken\/mutes\.json: this is no JSON/),
    });
    expect(readFileSync(path.join(lagwarden.folder, 'broken/mutes.json'), 'utf8')).toBe('scribble');
  });
});
