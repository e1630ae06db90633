import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDemoOptions } from '../../local/demo/command-line.ts';
import { clusterProcesses } from '../../local/kafka/cluster-processes.ts';
import { kafkaPrerequisites } from '../../local/kafka/prerequisites.ts';
import { eventually } from '../support/eventually.ts';

const prerequisites = kafkaPrerequisites();
const reason = prerequisites.ok ? '' : ` (skipped: ${prerequisites.message})`;
const root = path.resolve(import.meta.dirname, '../..');
/** It takes 20 s on two idle cores. */
const demoMs = 120_000;

/** A folder for temporary files that nobody else uses: what is left in it was left by the demo. */
let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), 'lagwarden-demo-test-'));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
}

function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = { ...process.env, TMPDIR: temporary },
): Run {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = { child, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      run[name] += text;
    });
  return run;
}

/** Kafka's folders below ours; their processes are found by the same name. */
function kafkaFolders(): string[] {
  return readdirSync(temporary)
    .filter((name) => name.startsWith('lagwarden-kafka-'))
    .map((name) => path.join(temporary, name));
}

/** Every group of the shop, in its state. */
function expectShop(table: string): void {
  const rows = table
    .split('\n')
    .map((line) =>
      /^[✗!·○✓] {2}(\S+) +(\S+) +([\d,?]+) +(?:(\d+) +)?(?:\d+ (?:s|min) +)?([\d?]+)(?: |$)/u.exec(line),
    )
    .filter((row) => row !== null)
    .map(([, verdict, group, lag, unknown = '', members]) => [group, verdict, lag, unknown, members]);
  expect(rows.toSorted()).toEqual([
    ['clickstream-sessions', 'data-lost', '1,000', '', '1'],
    ['email-delivery', 'unknown', '?', '', '?'],
    ['fraud-scoring', 'observing', '50', '', '1'],
    ['invoices-archive', 'observing', '120', '', '0'],
    ['orders-indexer', 'observing', expect.stringMatching(/^[\d,]+$/), '', '1'],
    ['payments-settlement', 'caught-up', '0', '', '2'],
    ['returns-analytics', 'uncommitted', '?', '2', '1'],
    ['shipping-notifications', 'caught-up', '0', '', '1'],
  ]);
  expect(table).toContain('· 3 brokers ·');
  expect(table).toContain('130 records deleted before the group read them: offsets 50 to 179');
  expect(table).toContain('an open transaction holds the last stable offset 25 below the end');
}

describe.skipIf(!prerequisites.ok)(`npm run demo${reason}`, () => {
  test('-- --once shows every group as it is, and leaves nothing behind', { timeout: demoMs }, async () => {
    const run = start('npm', ['run', '--silent', 'demo', '--', '--once']);
    const closed = once(run.child, 'close');
    const folders = new Set<string>();
    while (run.child.exitCode === null) {
      for (const folder of kafkaFolders()) folders.add(folder);
      await delay(100);
    }
    const [exitCode] = await closed;
    expect(exitCode, run.stderr).toBe(0);

    expectShop(run.stdout);
    expect(run.stderr).toContain('correct: 8 groups');
    expect(run.stderr).not.toContain('Warning');

    expect(folders.size).toBe(1);
    expect([...folders].flatMap(clusterProcesses)).toEqual([]);
    expect(kafkaFolders()).toEqual([]);
  });

  test('a Ctrl-C while Kafka starts ends it and leaves nothing behind', { timeout: demoMs }, async () => {
    const run = start(process.execPath, ['local/demo.ts']);
    const closed = once(run.child, 'close');
    while (kafkaFolders().flatMap(clusterProcesses).length === 0 && run.child.exitCode === null)
      await delay(20);
    const folders = kafkaFolders();
    run.child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    expect(run.stdout).toBe('');
    expect(folders.flatMap(clusterProcesses)).toEqual([]);
    expect(kafkaFolders()).toEqual([]);
  });
});

describe('the demo where there is no Java', () => {
  const notice = /^NO REAL KAFKA: .*found no java in PATH or JAVA_HOME.*apt-get install.*stand-in.*$/;

  test('--once says so in one line, shows the stand-in, and checks the table against its description', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['local/demo.ts', '--once'], {
      ...{ cwd: root, env: { PATH: '', TMPDIR: temporary }, encoding: 'utf8' },
    });
    expect(status, stderr).toBe(0);
    const lines = stderr.trim().split('\n');
    expect(lines[0]).toMatch(notice);
    expect(lines.at(-1)).toContain(
      "correct: 8 groups have the verdict, lag and members of their workload; in 8 quiet groups all 23 partitions have the offsets that the stand-in's own description tells",
    );
    expectShop(stdout);
    expect(kafkaFolders()).toEqual([]);
  });

  test('goes on until Ctrl-C, and what should move moves', async () => {
    const run = start(process.execPath, ['local/demo.ts', '--every', '1s'], { PATH: '', TMPDIR: temporary });
    const closed = once(run.child, 'close');
    const lags = () =>
      [...run.stdout.matchAll(/observing +orders-indexer +([\d,]+) /g)].map(([, lag]) => lag);
    await eventually('there are two tables', 20_000, () => lags().length >= 2 || run.child.exitCode !== null);
    run.child.kill('SIGINT');
    expect(await closed, run.stderr).toEqual([0, null]);
    const [first, second] = lags().map((lag) => Number(lag?.replace(',', '')));
    expect(second).toBeGreaterThan(first ?? Number.NaN);
    expect(run.stderr.split('\n')[0]).toMatch(notice);
  });
});

describe('the command line of the demo', () => {
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, ['local/demo.ts', ...args], { cwd: root, encoding: 'utf8' });

  test('a cluster that does not answer ends with 1, a bad address with 2', () => {
    const unreachable = run(['--once', '--brokers', '127.0.0.1:9']);
    expect(unreachable.stderr).toContain('127.0.0.1:9');
    expect(unreachable.status).toBe(1);
    const bad = run(['--once', '--brokers', 'nowhere']);
    expect(bad.stderr).toContain('"nowhere" is no broker address');
    expect(bad.status).toBe(2);
  });

  test('a bad option ends with 2 and the usage', () => {
    const { status, stderr } = run(['--every', 'soon']);
    expect(stderr).toContain("--every 'soon' is no duration: write a number and a unit, such as 5s or 1m");
    expect(stderr).toContain('usage: npm run demo');
    expect(status).toBe(2);
  });

  test.each([
    [['--every', '5'], "--every '5' is no duration"],
    [['--every', '0s'], "--every '0s' is no duration"],
    [['--version', '2.8'], "unknown Kafka version '2.8': allowed are 3.9"],
    [['--brokers', 'b:1', '--version', '4.1'], 'leave one out'],
    [['--port', '1'], "Unknown option '--port'"],
    [['status'], 'Unexpected argument'],
  ])('%j is refused', (args, message) => {
    expect(() => parseDemoOptions(args)).toThrow(message);
  });

  test('says what it does when nothing is asked', () => {
    expect(parseDemoOptions([])).toEqual({
      ...{ help: false, once: false, everyMs: 5000, version: '4.3', brokers: null },
    });
  });
});
