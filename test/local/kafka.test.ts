import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type KafkaCluster, type KafkaClusterOptions, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { clusterProcesses } from '../../local/kafka/cluster-processes.ts';
import { describeAllGroups, parseDescribedGroups } from '../../local/kafka/consumer-group-command.ts';
import { kafkaJars } from '../../local/kafka/jars.ts';
import { kafkaPrerequisites } from '../../local/kafka/prerequisites.ts';
import { coordinatorIsFound, viewOfCluster } from '../../local/kafka/probe.ts';
import type { KafkaVersion } from '../../local/kafka/version.ts';

const prerequisites = kafkaPrerequisites();
const reason = prerequisites.ok ? '' : ` (skipped: ${prerequisites.message})`;
const startMs = 120_000;
const main = path.resolve(import.meta.dirname, '../../local/kafka/main.ts');

/** Members of the new protocols learn what they own by their next heartbeat, by default after 5 s. */
const quickConsumers = {
  'group.consumer.min.heartbeat.interval.ms': '500',
  'group.consumer.heartbeat.interval.ms': '500',
};
const quickShareMembers = {
  'group.share.min.heartbeat.interval.ms': '500',
  'group.share.heartbeat.interval.ms': '500',
};

const topics = 'org.apache.kafka.tools.TopicCommand';
const consumer = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
const shareConsumer = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer';
const groupCommand = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
const producer = (version: KafkaVersion) =>
  version === '3.9' ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';

const to = (cluster: KafkaCluster) => ['--bootstrap-server', cluster.bootstrap];
const onlyPort = (cluster: KafkaCluster) => cluster.brokers[0]?.port as number;

async function succeed(
  cluster: KafkaCluster,
  mainClass: string,
  args: string[],
  input = '',
): Promise<string> {
  const { stdout, stderr, exitCode } = await cluster.tool(mainClass, [...to(cluster), ...args], { input });
  expect(exitCode, stdout + stderr).toBe(0);
  return stdout;
}

/** A cluster for one test. Not by `await using`, which the parser of the import test does not know. */
async function untilTestEnds(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const cluster = await startKafkaCluster(options);
  onTestFinished(() => cluster.stop(), 30_000);
  return cluster;
}

async function createTopic(
  cluster: KafkaCluster,
  topic: string,
  partitions: number,
  replicas: number,
): Promise<void> {
  const layout = ['--partitions', String(partitions), '--replication-factor', String(replicas)];
  await succeed(cluster, topics, ['--create', '--topic', topic, ...layout]);
}

async function eventually(
  what: string,
  withinMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(50);
  }
}

function expectNothingLeft(folder: string): void {
  expect(clusterProcesses(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
}

describe.skipIf(!prerequisites.ok)(`one broker of 4.1${reason}`, () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    const settings = { ...quickConsumers, ...quickShareMembers };
    cluster = await startKafkaCluster({ version: '4.1', brokers: 1, settings, countRequests: true });
    await createTopic(cluster, 'orders', 2, 1);
    await succeed(cluster, producer('4.1'), ['--topic', 'orders'], 'a\nb\nc\n');
  }, startMs);
  afterAll(async () => {
    await cluster?.stop();
  }, 30_000);

  test('is the pinned release on loopback, with the topic that was created', async () => {
    expect(cluster.version).toBe('4.1.2');
    expect(cluster.bootstrap).toMatch(/^127\.0\.0\.1:\d+$/);
    const { brokers, partitions } = await viewOfCluster(onlyPort(cluster), 2000);
    expect(brokers).toEqual([1]);
    expect(partitions.filter(({ topic }) => topic === 'orders').map(({ leader }) => leader)).toEqual([1, 1]);
  });

  test('counts requests exactly', async () => {
    const before = await cluster.requestCounts();
    for (let i = 0; i < 7; i++) await viewOfCluster(onlyPort(cluster), 2000);
    await coordinatorIsFound(onlyPort(cluster), 2000);
    const after = await cluster.requestCounts();
    const added = (request: string) => (after.get(request) ?? 0) - (before.get(request) ?? 0);
    expect(['Metadata', 'FindCoordinator', 'ListGroups', 'ApiVersions'].map(added)).toEqual([7, 1, 0, 0]);
  });

  test('serves a consumer group of the new protocol', { timeout: 40_000 }, async () => {
    const read = ['--topic', 'orders', '--from-beginning', '--max-messages', '3', '--timeout-ms', '20000'];
    const protocol = ['--group', 'new', '--consumer-property', 'group.protocol=consumer'];
    expect((await succeed(cluster, consumer, [...read, ...protocol])).split('\n').sort()).toEqual([
      '',
      'a',
      'b',
      'c',
    ]);
    expect(await succeed(cluster, groupCommand, ['--list', '--type', 'consumer'])).toMatch(/^new +Consumer/m);
  });

  test('serves a share group', { timeout: 60_000 }, async () => {
    const config = ['--alter', '--entity-type', 'groups', '--entity-name', 'shared'];
    await succeed(cluster, 'kafka.admin.ConfigCommand', [
      ...config,
      '--add-config',
      'share.auto.offset.reset=earliest',
    ]);
    const read = ['--topic', 'orders', '--group', 'shared', '--max-messages', '1', '--timeout-ms', '40000'];
    expect(await succeed(cluster, shareConsumer, read)).toMatch(/^[abc]\n$/);
  });

  test('describes groups of any name as Kafka does', { timeout: 40_000 }, async () => {
    const names = [
      'short',
      'two  spaces and 😀😀',
      'a:b/c',
      ' leading',
      'line\nbreak in a group',
      'g'.repeat(300),
    ];
    const groups = names.flatMap((name) => ['--group', name]);
    const reset = ['--reset-offsets', '--topic', 'orders', '--to-offset', '0', '--execute'];
    await succeed(cluster, groupCommand, [...groups, ...reset]);
    const member = ['--group', 'owned by a member', '--consumer-property', 'client.id=client with spaces 😀'];
    const reader = cluster.spawnTool(consumer, [...to(cluster), '--topic', 'orders', ...member]);
    await eventually('the member owns both partitions', 30_000, async () => {
      const owned = (await describeAllGroups(cluster)).filter(({ group }) => group === 'owned by a member');
      return owned.length === 2 && owned.every(({ clientId }) => clientId === 'client with spaces 😀');
    });
    const rows = await describeAllGroups(cluster);
    const ended = once(reader, 'exit');
    reader.kill('SIGTERM');
    await ended;

    const owned = rows.find(({ group }) => group === 'owned by a member');
    expect(owned?.consumerId).toMatch(/^client with spaces 😀-[0-9a-f-]{36}$/);
    expect(owned?.host).toBe('/127.0.0.1');
    for (const name of names) {
      const own = rows.filter(({ group }) => group === name).sort((a, b) => a.partition - b.partition);
      expect(own.map(({ topic, partition, committed }) => [topic, partition, committed])).toEqual([
        ['orders', 0, 0n],
        ['orders', 1, 0n],
      ]);
      expect(own.reduce((sum, { lag }) => sum + (lag as bigint), 0n)).toBe(3n);
      expect(own.every(({ lag, end, committed }) => lag === (end as bigint) - (committed as bigint))).toBe(
        true,
      );
      expect(own[0]).toMatchObject({ consumerId: null, host: null, clientId: null });
    }
  });

  // The last one: it ends the cluster.
  test('stop leaves no process and no folder, tools included', { timeout: 30_000 }, async () => {
    const tool = cluster.spawnTool(consumer, [...to(cluster), '--topic', 'orders']);
    await once(tool, 'spawn');
    expect(new Set(clusterProcesses(cluster.folder))).toEqual(new Set([cluster.brokers[0]?.pid, tool.pid]));
    await cluster.stop();
    await cluster.stop();
    expectNothingLeft(cluster.folder);
  });
});

describe.skipIf(!prerequisites.ok)(`one broker of 3.9${reason}`, () => {
  test('serves a consumer group of the new protocol', { timeout: startMs }, async () => {
    const cluster = await untilTestEnds({ version: '3.9', brokers: 1, settings: quickConsumers });
    await createTopic(cluster, 'orders', 1, 1);
    await succeed(cluster, producer('3.9'), ['--topic', 'orders'], 'a\n');
    const read = ['--topic', 'orders', '--from-beginning', '--max-messages', '1', '--timeout-ms', '30000'];
    const protocol = ['--group', 'new group', '--consumer-property', 'group.protocol=consumer'];
    expect(await succeed(cluster, consumer, [...read, ...protocol])).toBe('a\n');
    expect(await describeAllGroups(cluster)).toMatchObject([
      { group: 'new group', committed: 1n, end: 1n, lag: 0n },
    ]);
  });
});

describe.skipIf(!prerequisites.ok)(`three brokers${reason}`, () => {
  test('go on without the one that is killed, silent or back again', { timeout: startMs }, async () => {
    const cluster = await untilTestEnds({
      version: '4.3',
      brokers: 3,
      settings: { 'num.partitions': '6' },
    });
    await createTopic(cluster, 'orders', 6, 3);
    const [first, second, third] = cluster.brokers;
    if (!first || !second || !third) throw new Error('three brokers were asked for');

    await cluster.kill(first.id);
    await expect(viewOfCluster(first.port, 2000)).rejects.toThrow('ECONNREFUSED');
    for (const { port } of [second, third])
      await eventually('the others lead every partition', 30_000, async () => {
        const { brokers, partitions } = await viewOfCluster(port, 5000);
        return (
          brokers.length === 2 &&
          partitions.every(({ leader }) => leader === second.id || leader === third.id)
        );
      });
    await eventually('groups are coordinated', 30_000, () => coordinatorIsFound(third.port, 5000));

    const pid = first.pid;
    await cluster.restart(first.id);
    expect(first.pid).not.toBe(pid);
    expect(new Set((await viewOfCluster(first.port, 2000)).brokers)).toEqual(new Set([1, 2, 3]));

    cluster.pause(second.id);
    await expect(viewOfCluster(second.port, 300)).rejects.toThrow('no answer in time');
    cluster.resume(second.id);
    expect((await viewOfCluster(second.port, 10_000)).brokers).toContain(first.id);
  });
});

describe.skipIf(!prerequisites.ok)(`the launcher${reason}`, () => {
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(path.join(tmpdir(), 'lagwarden-test-'));
  });
  afterAll(async () => {
    await rm(temporary, { recursive: true, force: true });
  });

  test('leaves nothing behind when its process is killed', { timeout: startMs }, async () => {
    const parent = spawn(process.execPath, [main, '--version', '4.1'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const folder = await folderOf(parent);
    expect(clusterProcesses(folder)).toHaveLength(1);
    parent.kill('SIGKILL');
    await eventually('brokers and data are gone', 20_000, () => !existsSync(folder));
    expectNothingLeft(folder);
  });

  test('shows the log of a broker that does not start', { timeout: startMs }, async () => {
    const settings = { 'metric.reporters': 'no.such.Reporter' };
    const start = startKafkaCluster({ version: '4.1', brokers: 1, settings });
    await expect(start).rejects.toThrow(
      /broker 1 ended with exit code 1; the end of the log of broker 1:\n[\s\S]*no\.such\.Reporter/,
    );
  });

  test('shows why Kafka refuses a setting', { timeout: startMs }, async () => {
    const start = startKafkaCluster({ version: '4.1', brokers: 1, settings: { 'num.io.threads': '0' } });
    await expect(start).rejects.toThrow(/could not format[\s\S]*num\.io\.threads/);
  });

  test('leaves nothing behind when its process is killed before the cluster is ready', {
    timeout: startMs,
  }, async () => {
    const parent = spawn(process.execPath, [main, '--version', '4.1'], {
      env: { ...process.env, TMPDIR: temporary },
    });
    const clusters = () => readdirSync(temporary).map((name) => path.join(temporary, name));
    await eventually('a broker runs', 60_000, () =>
      clusters().some((folder) => existsSync(`${folder}/broker-1.log`)),
    );
    parent.kill('SIGKILL');
    await eventually('brokers and data are gone', 20_000, () => clusters().length === 0);
  });

  test('runs as a command until it is told to stop', { timeout: startMs }, async () => {
    const command = spawn(process.execPath, [main, '--version', '4.1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = textOf(command.stdout);
    const folder = await folderOf(command);
    expect(existsSync(folder)).toBe(true);
    const ended = once(command, 'exit');
    command.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(stdout()).toMatch(/^127\.0\.0\.1:\d+\n$/);
    expectNothingLeft(folder);
  });
});

/** The data folder that the command tells of once its cluster is ready. */
async function folderOf(command: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  const progress = textOf(command.stderr);
  await eventually('the command tells how to stop it', 90_000, () => progress().includes('Ctrl-C'));
  expect(progress()).toMatch(/npx lagwarden status --brokers 127\.0\.0\.1:\d+\n/);
  return /logs are in (\S+)/.exec(progress())?.[1] as string;
}

/** What a stream has said so far. */
function textOf(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

describe('without Java or Maven', () => {
  test('one message names what is missing and what to install', () => {
    const found = kafkaPrerequisites({ PATH: '' });
    expect(found.ok ? '' : found.message).toContain(
      'Java 17 or newer is needed, found no java in PATH or JAVA_HOME',
    );
    expect(found.ok ? '' : found.message).toContain('apt-get install openjdk-17-jdk-headless maven');
  });

  test('the command says so and ends with 1', () => {
    const { status, stderr } = spawnSync(process.execPath, [main], { env: { PATH: '' }, encoding: 'utf8' });
    expect(stderr).toContain('found no java in PATH');
    expect(status).toBe(1);
  });

  test.each([
    ['--brokers', '4', "--brokers '4': allowed are 1, 2 and 3"],
    ['--version', '2.8', "unknown Kafka version '2.8': allowed are 3.9, 4.1, 4.3, 3.9.2, 4.1.2, 4.3.1"],
    ['--set', 'retention', "--set 'retention': give a broker setting as NAME=VALUE"],
    ['--listener', 'scramm', "--listener 'scramm': allowed are tls, mtls, scram, plain, iam"],
    ['--port', '9092', "Unknown option '--port'"],
  ])('a bad option %s %s ends with 2', (option, value, message) => {
    const { status, stderr } = spawnSync(process.execPath, [main, option, value], { encoding: 'utf8' });
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('an old Java and a slow Maven, played by scripts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lagwarden-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function script(name: string, body: string): Promise<void> {
    const file = path.join(folder, 'bin', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
  }
  const environment = () => ({ PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin` });
  const cache = () => path.join(folder, 'cache');
  const fetched = 'mkdir -p libs; sleep 0.3; touch libs/jolokia-agent-jvm-2.2.9-javaagent.jar libs/kafka.jar';

  test('an old Java is named with its version', async () => {
    await script('java', 'echo \'openjdk version "11.0.2" 2019-01-15\' >&2');
    const found = kafkaPrerequisites(environment());
    expect(found.ok ? '' : found.message).toContain('Java 17 or newer is needed, found Java 11.0.2');
  });

  test('two fetches at once leave one whole download', async () => {
    await script('mvn', fetched);
    const options = { cache: cache(), environment: environment() };
    const [one, two] = await Promise.all([kafkaJars('4.1', options), kafkaJars('4.1.2', options)]);
    expect(one).toEqual(two);
    expect(existsSync(one.jmxAgent)).toBe(true);
    expect(await readdir(cache())).toEqual(['4.1.2']);
  });

  test('a download that failed half-way does not count', async () => {
    const options = { cache: cache(), environment: environment() };
    await script('mvn', 'mkdir -p libs; touch libs/kafka.jar; echo "[ERROR] no route"; exit 1');
    await expect(kafkaJars('4.1', options)).rejects.toThrow(
      /could not fetch the jars of Kafka 4\.1\.2[\s\S]*no route/,
    );
    expect(await readdir(cache())).toEqual([]);
    // An older launcher's folder, or one copied in part.
    await mkdir(path.join(cache(), '4.1.2', 'libs'), { recursive: true });
    await script('mvn', fetched);
    expect(existsSync((await kafkaJars('4.1', options)).jmxAgent)).toBe(true);
    expect(await readdir(cache())).toEqual(['4.1.2']);
  });
});

describe('the text of ConsumerGroupCommand', () => {
  test('numbers wider than their column and members without a partition', () => {
    const output = `
GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
g               t               0          9007199254740993 9007199254741000 7               -               -               -
g               -               -          -               -               -               id-1            /127.0.0.1      c d
g               t               1          -               5               -               id-1            /127.0.0.1      c d

Error: Consumer group 'gone' does not exist.

GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
h               t               0          7               5               -2              -               -               -
`;
    const none = { consumerId: null, host: null, clientId: null };
    expect(parseDescribedGroups(output)).toEqual([
      {
        group: 'g',
        topic: 't',
        partition: 0,
        committed: 9007199254740993n,
        end: 9007199254741000n,
        lag: 7n,
        ...none,
      },
      {
        group: 'g',
        topic: 't',
        partition: 1,
        committed: null,
        end: 5n,
        lag: null,
        consumerId: 'id-1',
        host: '/127.0.0.1',
        clientId: 'c d',
      },
      { group: 'h', topic: 't', partition: 0, committed: 7n, end: 5n, lag: -2n, ...none },
    ]);
  });

  test('a row that is none is refused', () => {
    const output = `GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
g               t               x          1               1               0               -               -               -`;
    expect(() => parseDescribedGroups(output)).toThrow('not a row of ConsumerGroupCommand');
  });
});
