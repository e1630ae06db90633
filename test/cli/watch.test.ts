import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandIn, startStandIn } from '../../local/demo/stand-in.ts';
import { statusDocumentSchema } from '../../shared/contracts/status-document.ts';
import { BuiltCommand } from '../support/built-command.ts';
import { parseExactly } from '../support/parse-exactly.ts';

let lagwarden: BuiltCommand;
let shop: StandIn;
beforeAll(async () => {
  lagwarden = new BuiltCommand();
  shop = await startStandIn();
  shop.startMoving();
});
afterAll(async () => {
  await shop.stop();
  lagwarden.dispose();
});

const lines = (text: string) => text.split('\n').slice(0, -1);

/** Watches until so many lines are on standard output. */
function watch(count: number, ...args: string[]) {
  return lagwarden.run(['watch', '--brokers', shop.bootstrap, '--every', '1s', ...args], {
    endWhen: (_, stdout) => lines(stdout).length >= count,
  });
}

describe('on a pipe', () => {
  test('what changes is a line each, the rest is said on standard error, SIGTERM ends it with 0', async () => {
    const { code, stdout, stderr } = await watch(2);
    expect(code).toBe(0);
    expect(stderr).toBe(`lagwarden: watching ${shop.bootstrap} every 1 s, until interrupted\n`);
    expect(lines(stdout)).toEqual([
      expect.stringMatching(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}clickstream-sessions {2}ok → pending {2}data-lost {2}critical {2}520 records lost/,
      ),
      expect.stringMatching(/ {2}clickstream-sessions {2}pending → firing {2}data-lost {2}critical {2}/),
    ]);
    expect(stdout).not.toContain('\u001b');
  });

  test('--json: one document a poll and line, transitions included', async () => {
    const { code, stdout } = await watch(3, '--json');
    expect(code).toBe(0);
    const documents = lines(stdout).map((line) =>
      statusDocumentSchema.parse(
        parseExactly(line, [
          'start',
          'committed',
          'stable',
          'end',
          'lag',
          'recordsLost',
          'lost',
          'from',
          'to',
        ]),
      ),
    );
    expect(documents.slice(0, 3).map(({ transitions }) => transitions?.map(({ to }) => to))).toEqual([
      ['pending'],
      ['firing'],
      [],
    ]);
    const moving = documents[2]?.groups.find(({ group }) => group === 'orders-indexer');
    expect(moving?.verdict).not.toBe('observing');
  });
});

describe('--state', () => {
  test('what is told is not told again by the next watch', async () => {
    const first = await watch(2, '--state', 'kept');
    expect(first.stdout).toContain('pending → firing');
    const second = await watch(2, '--state', 'kept', '--json');
    const told = lines(second.stdout).flatMap((line) => JSON.parse(line).transitions);
    expect(told).toEqual([]);
  });

  test('a state that cannot be used is set aside, told, and watching goes on', async () => {
    await watch(1, '--state', 'scribbled');
    const folder = path.join(lagwarden.folder, 'scribbled');
    const [file = ''] = readdirSync(folder);
    writeFileSync(path.join(folder, file), 'scribble');
    const { code, stdout, stderr } = await watch(2, '--state', 'scribbled');
    expect(code).toBe(0);
    expect(stdout).toContain('pending → firing');
    expect(stderr).toMatch(
      /the state cannot be used and watching begins anew: .*moved to scribbled\/.*\.set-aside-/,
    );
    const aside = readdirSync(folder).find((name) => name.includes('.set-aside-')) ?? '';
    expect(readFileSync(path.join(folder, aside), 'utf8')).toBe('scribble');
  });

  test('a directory that cannot be made is bad usage', async () => {
    lagwarden.write('file', '');
    const { code, stdout, stderr } = await watch(1, '--state', 'file/below');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lagwarden: --state: .*give a directory that may be written to\n$/);
  });

  test('mutes are honoured, and a file of mutes that is broken is told once', async () => {
    const mute = ['mute', 'click*', '--for', '2h', '--why', 'known loss', '--state', 'muted'];
    expect(await lagwarden.run(mute)).toMatchObject({ code: 0 });
    const { stdout } = await watch(2, '--state', 'muted');
    expect(lines(stdout)[1]).toMatch(/pending → firing .* \[muted: known loss\]$/);
    lagwarden.write('muted/mutes.json', '{}');
    const broken = await watch(2, '--state', 'muted', '--json');
    expect(broken.code).toBe(0);
    expect(broken.stderr.match(/mutes\.json: schema: expected "lagwarden\.mutes\/1"/g)).toHaveLength(1);
  });
});

describe('polls that fail', () => {
  test('are told, and watching goes on', async () => {
    const failures = (stderr: string) => stderr.match(/lagwarden: nothing seen: .*127\.0\.0\.1:1/g) ?? [];
    const { code, stdout, stderr } = await lagwarden.run(
      ['watch', '--brokers', '127.0.0.1:1', '--every', '1s'],
      {
        endWhen: (told) => failures(told).length >= 2,
      },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(failures(stderr)).toHaveLength(2);
  });

  test.each(['0s', 'soon'])('--every %s is bad usage', async (every) => {
    const { code, stderr } = await lagwarden.run(['watch', '--brokers', shop.bootstrap, '--every', every]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`--every: "${every}"`) });
  });
});

// `script` lends a terminal.
test.skipIf(process.platform !== 'linux')(
  'on a terminal the table is drawn in place, and left behind at the end',
  () => {
    const watching = `'${process.execPath}' '${lagwarden.file}' watch --brokers ${shop.bootstrap} --every 1s`;
    const command = `stty rows 12 cols 100; timeout --preserve-status -s INT 4 ${watching}`;
    return new Promise<void>((resolve, reject) => {
      execFile('script', ['-qec', command, '/dev/null'], (error, stdout) => {
        if (error !== null) return reject(error);
        const [screen = '', after = ''] = (stdout.split('\u001b[?1049h')[1] ?? '').split('\u001b[?1049l');
        const frames = screen.split('\u001b[H').slice(1);
        expect(frames.length).toBeGreaterThan(2);
        for (const frame of frames) expect(frame.split('\n').length).toBeLessThanOrEqual(12);
        expect(frames.at(-1)).toMatch(/more lines; a taller window or --group shows them/);
        expect(frames.at(-1)).toContain('every 1 s · Ctrl-C ends');
        expect(after).toContain('payments-settlement');
        expect(after).toContain('pending → firing');
        resolve();
      });
    });
  },
);

test('record dates what waits, so that replay comes to the same', async () => {
  const { stdout } = await lagwarden.run(['record', '--brokers', shop.bootstrap]);
  expect(stdout).toMatch(/"topic":"invoices","partition":0,"offset":40,"oldestWaitingAt":"/);
  const replayed = JSON.parse((await lagwarden.run(['replay', '-', '--json'], { input: stdout })).stdout);
  const invoices = replayed.groups.find(({ group }: { group: string }) => group === 'invoices-archive');
  expect(invoices.timeLagSeconds).toBeGreaterThan(50);
});

test('help shows examples', async () => {
  expect((await lagwarden.run(['watch', '--help'])).stdout).toContain(
    '  lagwarden watch --brokers localhost:9092\n',
  );
});
