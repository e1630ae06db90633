import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../cli/version.ts';
import { BuiltCommand, type Ended } from '../support/built-command.ts';

let lagwarden: BuiltCommand;
beforeAll(() => {
  lagwarden = new BuiltCommand();
});
afterAll(() => lagwarden.dispose());

/** What a mistake in usage leaves: nothing on standard output, so that a script cannot take it for an answer. */
const badUsage = (stderr: string | RegExp) => ({
  code: 2,
  stdout: '',
  stderr: typeof stderr === 'string' ? `lagwarden: ${stderr}\n` : expect.stringMatching(stderr),
});

async function run(line: string): Promise<Ended> {
  return lagwarden.run(line === '' ? [] : line.split(' '));
}

describe('help and version', () => {
  test('go to standard output and succeed', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: lagwarden /);
  });

  test.each(['status', 'record'])('%s --help shows examples', async (command) => {
    const help = await run(`${command} --help`);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`  lagwarden ${command} --brokers localhost:9092`);
  });

  test('status --help names every exit code that it can have', async () => {
    const { stdout } = await run('status --help');
    expect(stdout).toMatch(/0 done .*1 fault, 2 bad usage or configuration, 4 --fail-on met/);
  });

  test('no command at all is bad usage, answered with the help', async () => {
    expect(await run('')).toEqual(badUsage(/^Usage: lagwarden /));
  });
});

describe('a typing mistake ends with 2 and says what was meant', () => {
  test.each([
    ['statu', "unknown command 'statu'\n(Did you mean status?)"],
    ['status --broker localhost:1', "unknown option '--broker'\n(Did you mean --brokers?)"],
    ['status --jsn', "unknown option '--jsn'\n(Did you mean --json?)"],
    ['status --group', "option '--group <glob...>' argument missing"],
    ['status extra', "too many arguments for 'status'. Expected 0 arguments but got 1: extra."],
    [
      'status --fail-on bad',
      "option '--fail-on <severity>' argument 'bad' is invalid. Allowed choices are warning, critical.",
    ],
  ])('%s', async (line, message) => {
    expect(await run(line)).toEqual(badUsage(`${message}\n(--help shows what is allowed)`));
  });

  test.each([
    [
      'localhost',
      '"localhost" is no broker address (host:port[,host:port]), the port is missing: write "localhost:9092"',
    ],
    ['localhost:0', '"localhost:0" is no broker address (host:port[,host:port]), ports go from 1 to 65535'],
    ['a:1,b', '"b" is no broker address (host:port[,host:port]), the port is missing: write "b:9092"'],
    ['a:1,,b:2', /"" is no broker address/],
    ['::1:9092', /put an IPv6 address in brackets/],
    ['kafka://a:1', /write it without the scheme/],
  ])('--brokers %s', async (brokers, message) => {
    const expected = typeof message === 'string' ? `--brokers: ${message}` : message;
    expect(await run(`status --brokers ${brokers}`)).toEqual(badUsage(expected));
  });

  test.each([
    ['soon', 'is no duration; write a number and a unit, such as 30s, 1m, 2h'],
    ['30', 'is no duration; write a number and a unit, such as 30s, 1m, 2h'],
    ['0s', 'is out of range; from 1s to 24d is possible'],
    // A timer of more than 2^31 ms fires at once: the brokers would be asked without a pause.
    ['25d', 'is out of range; from 1s to 24d is possible'],
  ])('record --every %s', async (every, message) => {
    expect(await run(`record --brokers 127.0.0.1:1 --every ${every}`)).toEqual(
      badUsage(`--every: "${every}" ${message}`),
    );
  });
});

describe('which cluster', () => {
  test('none named: says the three ways to name one', async () => {
    expect(await run('status')).toEqual(
      badUsage(
        'no cluster to look at: give --brokers host:port[,host:port], or --config FILE, or put a lagwarden.yaml here',
      ),
    );
  });

  const two =
    'clusters:\n  - { name: a, brokers: ["127.0.0.1:1"] }\n  - { name: b, brokers: ["127.0.0.1:2"] }\n';

  test('several in the configuration and none chosen', async () => {
    lagwarden.write('two.yaml', two);
    expect(await run('status --config two.yaml')).toEqual(
      badUsage('the configuration names several clusters (a, b); choose one with --cluster NAME'),
    );
  });

  test('one chosen that is not there', async () => {
    lagwarden.write('two.yaml', two);
    expect(await run('status --config two.yaml --cluster c')).toEqual(
      badUsage('no cluster is called "c"; the configuration names a, b'),
    );
  });

  test('the one chosen is asked', async () => {
    lagwarden.write('two.yaml', two);
    const { code, stderr } = await run('status --config two.yaml --cluster b');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('127.0.0.1:2') });
  });

  test('./lagwarden.yaml is read unless --brokers says where to look', async () => {
    lagwarden.write('lagwarden.yaml', 'clusters: [{ name: here, brokers: ["127.0.0.1:3"] }]\n');
    try {
      expect((await run('status')).stderr).toContain('127.0.0.1:3');
      const { stderr } = await run('status --brokers 127.0.0.1:4');
      expect(stderr).toContain('127.0.0.1:4');
      expect(stderr).not.toContain('127.0.0.1:3');
    } finally {
      lagwarden.remove('lagwarden.yaml');
    }
  });
});

describe('a bad configuration', () => {
  test('every fault has its file, line and column, and nothing is asked', async () => {
    lagwarden.write(
      'bad.yaml',
      'clusters:\n  - name: a\n    brokers: [localhost]\npolll: { every: 1m }\npolicies:\n  - match: {}\n    patience: 5\n',
    );
    const { code, stdout, stderr } = await run('status --config bad.yaml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [title, ...faults] = stderr.trimEnd().split('\n');
    expect(title).toBe(`lagwarden: bad.yaml has ${faults.length} faults:`);
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'bad.yaml:3:15',
      'bad.yaml:4:1',
      'bad.yaml:7:15',
    ]);
    expect(stderr).toContain('unknown key; did you mean "poll"?');
  });

  test('one fault is one', async () => {
    lagwarden.write('bad.yaml', 'polll: {}\n');
    expect(await run('status --config bad.yaml')).toEqual(
      badUsage(/^lagwarden: bad\.yaml has a fault:\nbad\.yaml:1:1 polll: /),
    );
  });

  test('a file that is not there', async () => {
    expect(await run('status --config gone.yaml')).toEqual(
      badUsage(/^lagwarden: cannot read the configuration gone\.yaml: ENOENT/),
    );
  });
});

describe('a cluster that cannot be reached', () => {
  let silent: Server;
  let silentAddress: string;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    silentAddress = `127.0.0.1:${address.port}`;
  });
  afterAll(() => silent.close());

  test.each(['status', 'status --json', 'record', 'status --fail-on warning'])(
    '%s: one line that names the address, exit code 1, nothing on standard output',
    async (command) => {
      const { code, stdout, stderr } = await run(`${command} --brokers 127.0.0.1:1`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^lagwarden: .*127\.0\.0\.1:1.*\n$/);
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );

  test('each of several addresses is named', async () => {
    const { code, stderr } = await run('status --brokers 127.0.0.1:1,127.0.0.1:2');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lagwarden: .*127\.0\.0\.1:1.*127\.0\.0\.1:2.*\n$/);
  });

  test('--group and --topic may be given several times, and take several', async () => {
    for (const globs of ['--group a --group b*', '--group a b* --topic t --topic u']) {
      expect(await run(`status --brokers 127.0.0.1:1 ${globs}`)).toMatchObject({ code: 1 });
    }
  });

  test('what is being waited for is said on standard error, the deadline ends it', async () => {
    lagwarden.write(
      'silent.yaml',
      `clusters: [{ name: silent, brokers: ["${silentAddress}"] }]\npoll: { every: 3s, deadline: 2s }\n`,
    );
    const { code, stdout, stderr } = await run('status --json --config silent.yaml');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^lagwarden: reading topology, 1 s\n/);
    expect(stderr).toMatch(/\nlagwarden: .*ran out of time.*\n$/);
  });

  test('record --every goes on after a poll that failed, until it is ended', async () => {
    lagwarden.write(
      'slow.yaml',
      `clusters: [{ name: silent, brokers: ["${silentAddress}"] }]\npoll: { every: 2s, deadline: 1s }\n`,
    );
    const failures = (stderr: string) =>
      stderr.match(/lagwarden: nothing recorded: .*ran out of time/g) ?? [];
    const { code, stdout, stderr } = await lagwarden.run(
      ['record', '--config', 'slow.yaml', '--every', '1s'],
      { endWhen: (told) => failures(told).length >= 2 },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(failures(stderr).length).toBeGreaterThanOrEqual(2);
  });
});

test('a reader that stops early, as head does, ends the command without a word', async () => {
  const child = spawn(process.execPath, [lagwarden.file, 'status', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
