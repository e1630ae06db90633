import { afterAll, beforeAll, expect, test } from 'vitest';
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

const explain = (...args: string[]) => lagwarden.run(['explain', ...args, '--brokers', shop.bootstrap]);

test('tells where a group stands and what to do', async () => {
  const { code, stdout, stderr } = await explain('clickstream-sessions');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^clickstream-sessions on /);
  expect(stdout).toMatch(/ {2}▼ committed 50\n {2}●×+├━+┤\n +▲ start 180 +end 300 ▲\n/);
  expect(stdout).toContain('time lag  2 min: the oldest waiting record');
  expect(stdout).toContain('one look without memory');
});

test('every group of the shop can be explained', async () => {
  for (const { group } of shop.workloads) {
    const { code, stdout } = await explain(group);
    expect(code).toBe(0);
    expect(stdout.startsWith(`${group} on `)).toBe(true);
  }
});

test('--state explains with memory, and leaves it as it is', async () => {
  const { stdout } = await lagwarden.run(
    ['watch', '--brokers', shop.bootstrap, '--every', '1s', '--state', 'kept', '--json'],
    {
      endWhen: (_, out) => out.split('\n').length > 2,
    },
  );
  expect(stdout).not.toBe('');
  const explained = await explain('clickstream-sessions', '--state', 'kept');
  expect(explained.code).toBe(0);
  expect(explained.stdout).not.toContain('one look without memory');
});

test('a group that is not there is bad usage, and the one that was meant is named', async () => {
  expect(await explain('fraud-scorin')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'lagwarden: no group "fraud-scorin" with commits or members was seen; did you mean "fraud-scoring"?\n',
  });
});

test('no group named is bad usage', async () => {
  expect(await lagwarden.run(['explain'])).toMatchObject({ code: 2, stdout: '' });
});

test('help shows examples', async () => {
  expect((await lagwarden.run(['explain', '--help'])).stdout).toContain(
    '  lagwarden explain payments-settlement --brokers',
  );
});
