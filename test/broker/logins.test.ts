import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { missingCompiler } from '../../local/kafka/compile-java.ts';
import { javaCommand } from '../../local/kafka/java-and-maven.ts';
import type { SecuredListener } from '../../local/kafka/listeners.ts';
import { kafkaPrerequisites } from '../../local/kafka/prerequisites.ts';
import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { type Credentials, toLogin } from '../../shared/adapters/kafka/logins.ts';
import { type AwsCredentials, signMskIamToken } from '../../shared/adapters/kafka/msk-iam-token.ts';
import { toNodeAddress } from '../../shared/adapters/kafka/node-address.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import type { Fault } from '../../shared/domain/fault.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import { observeCluster } from '../../shared/usecases/observe-cluster.ts';

const prerequisites = kafkaPrerequisites();
const reason = prerequisites.ok ? '' : ` (skipped: ${prerequisites.message})`;
const noCompiler = prerequisites.ok ? missingCompiler(javaCommand()) : null;
const iamReason = noCompiler === null ? '' : ` (skipped: ${noCompiler})`;

const command = path.resolve(import.meta.dirname, '../../cli/lagwarden.ts');

/** Nothing of this may ever be seen; each is long enough to be found wherever it turns up. */
const secrets = {
  password: 'correct-horse-battery-staple',
  wrongPassword: 'incorrect-horse-battery-staple',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  forgedKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJH',
};
/** How a token begins: base64url of `https://kafka.`. */
const tokenStart = Buffer.from('https://kafka.').toString('base64url').slice(0, 18);
const privateKey = 'PRIVATE KEY';

const aws: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: secrets.secretAccessKey,
  sessionToken: secrets.sessionToken,
  expiresAt: null,
};
const region = 'eu-west-1';

/** Short, so that it ends several times within a test; longer than the second that brokers demand between logins. */
const sessionMs = 1600;

const listeners: readonly SecuredListener[] = [
  { name: 'tls', tls: 'valid' },
  { name: 'expired', tls: 'expired' },
  { name: 'otherhost', tls: 'other-host' },
  { name: 'mtls', tls: 'valid', wantsClientCertificate: true },
  { name: 'sasltls', tls: 'valid', sasl: ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] },
  { name: 'saslopen', sasl: ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] },
  { name: 'only256', tls: 'valid', sasl: ['SCRAM-SHA-256'] },
  { name: 'short', sasl: ['SCRAM-SHA-512'], sessionMs },
];
const iamListeners: readonly SecuredListener[] = [
  { name: 'iam', tls: 'valid', sasl: ['OAUTHBEARER'] },
  { name: 'iamshort', tls: 'valid', sasl: ['OAUTHBEARER'], sessionMs },
];

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } =
  kafkajs;

let cluster: KafkaCluster;
let folder: string;
let consumers: kafkajs.Consumer[] = [];

const file = (name: string) => path.join(folder, name);

function certificate(name: keyof KafkaCluster['certificates']): string[] {
  const files = cluster.certificates[name];
  return typeof files === 'string' ? ['--ca', files] : ['--cert', files.cert, '--key', files.key];
}

const ca = () => certificate('ca');
const password = (user: string, passwordFile = 'password') => [
  '--username',
  user,
  '--password-file',
  file(passwordFile),
];

function addressOf(listener: string): string {
  return listener === 'plaintext' ? cluster.bootstrap : cluster.bootstrapOf(listener);
}

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

async function lagwarden(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { ...output, exitCode };
}

const awsEnvironment = {
  AWS_ACCESS_KEY_ID: aws.accessKeyId,
  AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey,
  AWS_SESSION_TOKEN: secrets.sessionToken,
  AWS_REGION: region,
};

function readerOf(listener: string, credentials: Credentials): ClusterReader {
  return connectClusterReader({
    bootstrap: [toNodeAddress(addressOf(listener))],
    login: toLogin(credentials),
  });
}

const everything = {
  clusterName: 'test',
  watchesGroup: () => true,
  watchesTopic: () => true,
  starts: true,
  stable: true,
  members: true,
};

function poll(reader: ClusterReader) {
  return observeCluster(reader, everything, systemClock, AbortSignal.timeout(10_000));
}

/** The whole text of an error, its causes included: nothing secret may be in there. */
function wholeText(error: unknown): string {
  return inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
}

function expectNoSecret(text: string): void {
  for (const secret of [...Object.values(secrets), tokenStart, privateKey])
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
      expect(text).not.toContain(form);
}

async function startMember(groupId: string, topics: string[]): Promise<void> {
  const kafka = new Kafka({ brokers: [cluster.bootstrap], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId });
  consumers.push(consumer);
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({ eachMessage: async () => {} });
}

/** Resolves when the plaintext listener shows every partition of these groups with a commit. */
async function untilCommitted(expected: Readonly<Record<string, number>>): Promise<void> {
  const reader = readerOf('plaintext', { kind: 'none' });
  const started = performance.now();
  for (;;) {
    const { snapshot } = await poll(reader);
    const committed = Object.fromEntries(
      snapshot.groups.map(({ group, commits, members }) => [
        group,
        members?.length === 0 ? -1 : commits.reduce((sum, { partitions }) => sum + partitions.length, 0),
      ]),
    );
    if (Object.entries(expected).every(([group, count]) => committed[group] === count)) break;
    if (performance.now() - started > 40_000) throw new Error(`only committed: ${inspect(committed)}`);
    await delay(100);
  }
  reader.close();
}

async function fill(): Promise<void> {
  const kafka = new Kafka({ brokers: [cluster.bootstrap], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: ['orders', 'secrets'].map((topic) => ({ topic, numPartitions: 2 })),
  });
  const allow = (user: string, resourceType: kafkajs.AclResourceTypes, resourceName: string) => ({
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: AclOperationTypes.DESCRIBE,
    permissionType: AclPermissionTypes.ALLOW,
  });
  const { CLUSTER, GROUP, TOPIC } = AclResourceTypes;
  await admin.createAcls({
    acl: [
      allow('limited', TOPIC, 'orders'),
      ...['shop', 'mixed', 'modern'].map((group) => allow('limited', GROUP, group)),
      allow('overseer', CLUSTER, 'kafka-cluster'),
      allow('overseer', TOPIC, '*'),
      allow('overseer', GROUP, 'shop'),
    ],
  });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.sendBatch({
    topicMessages: ['orders', 'secrets'].map((topic) => ({
      topic,
      messages: [0, 1].flatMap((partition) => ['a', 'b', 'c'].map((value) => ({ partition, value }))),
    })),
  });
  await producer.disconnect();
}

describe.skipIf(!prerequisites.ok)(`logging in to a real broker${reason}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'lagwarden-test-'));
    writeFileSync(file('password'), `${secrets.password}\n`);
    writeFileSync(file('wrong-password'), secrets.wrongPassword);
    cluster = await startKafkaCluster({
      version: '4.3',
      brokers: 1,
      listeners: noCompiler === null ? [...listeners, ...iamListeners] : listeners,
      users: {
        alice: secrets.password,
        limited: secrets.password,
        overseer: secrets.password,
        nobody: secrets.password,
      },
      awsKey: { accessKeyId: aws.accessKeyId, secretAccessKey: secrets.secretAccessKey, region },
      superUsers: ['User:alice', 'User:CN=client', `User:${aws.accessKeyId}`],
    });
    await fill();
    const read = ['--include', 'orders|secrets', '--from-beginning', '--group', 'modern'];
    const protocol = [
      '--consumer-property',
      'group.protocol=consumer',
      '--consumer-property',
      'auto.commit.interval.ms=200',
    ];
    cluster.spawnTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      '--bootstrap-server',
      cluster.bootstrap,
      ...read,
      ...protocol,
    ]);
    await Promise.all([startMember('shop', ['orders']), startMember('mixed', ['orders', 'secrets'])]);
    await untilCommitted({ shop: 2, mixed: 4, modern: 4 });
  }, 180_000);

  afterAll(async () => {
    await Promise.all(consumers.map((consumer) => consumer.disconnect()));
    consumers = [];
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe('every login reads what plaintext reads', () => {
    const read = async (listener: string, credentials: Credentials) => {
      const reader = readerOf(listener, credentials);
      try {
        const { groups, topics, unread } = (await poll(reader)).snapshot;
        return { groups, topics, unread };
      } finally {
        reader.close();
      }
    };
    /** What a poll sees of the groups, as the command prints it. */
    const groupsOf = (json: string) =>
      (JSON.parse(json) as { groups: Record<string, unknown>[] }).groups.map((group) => ({
        group: group['group'],
        type: group['type'],
        members: group['members'],
        lag: group['lag'],
        partitions: group['partitions'],
      }));
    const pem = (name: string) => readFileSync(name, 'utf8');
    const withPassword = (kind: 'plain' | 'scram-sha-256' | 'scram-sha-512', tls: boolean) => ({
      login: kind,
      credentials: (): Credentials => ({
        kind,
        ca: tls ? pem(cluster.certificates.ca) : null,
        tls,
        username: 'alice',
        password: secrets.password,
      }),
      args: () => ['--auth', kind, ...password('alice'), ...(tls ? ca() : ['--no-tls'])],
    });

    test.each([
      { listener: 'sasltls', ...withPassword('scram-sha-512', true) },
      { listener: 'sasltls', ...withPassword('scram-sha-256', true) },
      { listener: 'sasltls', ...withPassword('plain', true) },
      { listener: 'saslopen', ...withPassword('scram-sha-512', false) },
      { listener: 'saslopen', ...withPassword('scram-sha-256', false) },
      { listener: 'saslopen', ...withPassword('plain', false) },
      {
        login: 'tls',
        listener: 'tls',
        credentials: (): Credentials => ({ kind: 'tls', ca: pem(cluster.certificates.ca) }),
        args: () => ['--auth', 'tls', ...ca()],
      },
      {
        login: 'mtls',
        listener: 'mtls',
        credentials: (): Credentials => ({
          kind: 'mtls',
          ca: pem(cluster.certificates.ca),
          cert: pem(cluster.certificates.client.cert),
          key: pem(cluster.certificates.client.key),
        }),
        args: () => ['--auth', 'mtls', ...ca(), ...certificate('client')],
      },
      ...(noCompiler === null
        ? [
            {
              login: 'iam',
              listener: 'iam',
              credentials: (): Credentials => ({
                kind: 'iam',
                ca: pem(cluster.certificates.ca),
                token: async () => signMskIamToken(aws, region, Date.now()),
              }),
              args: () => ['--auth', 'iam', ...ca()],
            },
          ]
        : []),
    ])('$login at $listener', async ({ listener, credentials, args }) => {
      const plaintext = await read('plaintext', { kind: 'none' });
      expect(plaintext.groups.map(({ group }) => group)).toEqual(['mixed', 'modern', 'shop']);
      expect(await read(listener, credentials())).toEqual(plaintext);

      const [plain, secured] = await Promise.all([
        lagwarden(['status', '--json', '--brokers', cluster.bootstrap]),
        lagwarden(['status', '--json', '--brokers', addressOf(listener), ...args()], awsEnvironment),
      ]);
      expect(secured).toMatchObject({ exitCode: 0, stderr: '' });
      expect(groupsOf(secured.stdout)).toEqual(groupsOf(plain.stdout));
      expectNoSecret(secured.stdout);
    });
  });

  describe('every failure says what to change, once in one line and once by doctor', () => {
    interface Failure {
      readonly what: string;
      readonly listener: string;
      readonly args: () => readonly string[];
      readonly env?: Record<string, string>;
      readonly finding: string | RegExp | (() => string);
      readonly remedy: string;
      readonly check: 'tls' | 'login';
      /** Where doctor knows more than a poll does. */
      readonly doctor?: { readonly finding: string; readonly remedy: string };
    }
    const refused =
      'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512';
    const mtls = (name: 'client' | 'expiredClient' | 'strangerClient') => () => [
      '--auth',
      'mtls',
      ...ca(),
      ...certificate(name),
    ];
    const scram = (more: () => readonly string[]) => () => ['--auth', 'scram-sha-512', ...more()];
    const speaksTls = {
      finding: 'this port speaks TLS, and the login uses none',
      remedy:
        'use a login with TLS (tls, mtls, iam, or scram and plain without --no-tls), or the plaintext port',
    };
    const mayWantTls = {
      finding: 'it hung up on the first request; the port may want TLS',
      remedy: 'use a login with TLS, or the plaintext port',
      check: 'tls',
      doctor: speaksTls,
    } as const;
    const mayWantLogin = {
      finding: 'it hung up on the first request; the listener may want a login (SASL)',
      remedy: 'choose one with --auth (auth: in the configuration), or another port',
      check: 'login',
    } as const;
    const iamRefused = {
      finding: 'the IAM login was refused ([00000000-0000-0000-0000-000000000000]: Access denied)',
      remedy:
        "check the AWS credentials, that the region is the cluster's, this machine's clock, and that a policy allows kafka-cluster:Connect",
      check: 'login',
    } as const;

    const failures: Failure[] = [
      {
        what: 'a wrong password (SCRAM)',
        listener: 'sasltls',
        args: scram(() => [...ca(), ...password('alice', 'wrong-password')]),
        finding: `the login of user "alice" was refused (${refused})`,
        remedy: 'check user name and password, and that the user exists for SCRAM-SHA-512',
        check: 'login',
      },
      {
        what: 'a wrong password (PLAIN)',
        listener: 'sasltls',
        args: () => ['--auth', 'plain', ...ca(), ...password('alice', 'wrong-password')],
        finding:
          'the login of user "alice" was refused (Authentication failed: Invalid username or password)',
        remedy: 'check user name and password, and that the user exists for PLAIN',
        check: 'login',
      },
      {
        what: 'an unknown user',
        listener: 'saslopen',
        args: scram(() => ['--no-tls', ...password('mallory')]),
        finding: `the login of user "mallory" was refused (${refused})`,
        remedy: 'check user name and password, and that the user exists for SCRAM-SHA-512',
        check: 'login',
      },
      {
        what: 'a mechanism that the listener does not take',
        listener: 'only256',
        args: scram(() => [...ca(), ...password('alice')]),
        finding: 'this listener does not take SCRAM-SHA-512',
        remedy: 'use login scram-sha-256, or another port',
        check: 'login',
      },
      {
        what: 'an IAM login where the listener takes passwords',
        listener: 'only256',
        args: () => ['--auth', 'iam', ...ca()],
        env: awsEnvironment,
        finding: 'this listener does not take OAUTHBEARER',
        remedy: 'use login scram-sha-256, or another port',
        check: 'login',
      },
      {
        what: 'the wrong authority',
        listener: 'sasltls',
        args: scram(() => [...certificate('strangerCa'), ...password('alice')]),
        finding:
          'its certificate is not signed by the authority given as ca (unable to verify the first certificate)',
        remedy: 'give the PEM file of the authority that has signed it with --ca (ca: in the configuration)',
        check: 'tls',
      },
      {
        what: 'no authority for a private one',
        listener: 'tls',
        args: () => ['--auth', 'tls'],
        finding:
          'its certificate is not signed by a public authority (unable to verify the first certificate)',
        remedy: "give its authority's PEM file with --ca (ca: in the configuration)",
        check: 'tls',
      },
      {
        what: 'an expired broker certificate',
        listener: 'expired',
        args: () => ['--auth', 'tls', ...ca()],
        finding: 'its certificate has expired',
        remedy: 'renew it on the broker',
        check: 'tls',
      },
      {
        what: 'a broker certificate for other names',
        listener: 'otherhost',
        args: () => ['--auth', 'tls', ...ca()],
        finding: "its certificate is for other names (IP: 127.0.0.1 is not in the cert's list)",
        remedy: 'connect by a name that is in it',
        check: 'tls',
      },
      {
        what: 'an expired client certificate',
        listener: 'mtls',
        args: mtls('expiredClient'),
        finding: () => {
          const { validTo } = new X509Certificate(readFileSync(cluster.certificates.expiredClient.cert));
          return `it refused our client certificate, which expired on ${new Date(validTo).toISOString().slice(0, 10)}`;
        },
        remedy: 'renew it',
        check: 'login',
      },
      {
        what: 'a client certificate of another authority',
        listener: 'mtls',
        args: mtls('strangerClient'),
        // Which alert it is depends on the broker's Java.
        finding:
          /^it refused our client certificate \(alert (certificate unknown|unknown ca|bad certificate)\)$/,
        remedy: 'use one that an authority has signed which the broker trusts',
        check: 'login',
      },
      {
        what: 'no client certificate',
        listener: 'mtls',
        args: () => ['--auth', 'tls', ...ca()],
        finding: 'it wants a client certificate',
        remedy: 'use login mtls with --cert and --key, or another port',
        check: 'login',
      },
      {
        what: 'TLS to a plaintext port',
        listener: 'plaintext',
        args: () => ['--auth', 'tls', ...ca()],
        finding: 'it does not speak TLS on this port',
        remedy: 'use its TLS port, or login none',
        check: 'tls',
      },
      {
        what: 'TLS to a plaintext port that takes passwords',
        listener: 'saslopen',
        args: scram(() => [...ca(), ...password('alice')]),
        finding: 'it does not speak TLS on this port',
        remedy: 'use its TLS port, or --no-tls (tls: false)',
        check: 'tls',
      },
      { what: 'plaintext to a TLS port', listener: 'tls', args: () => [], ...mayWantTls },
      {
        what: 'a password in plaintext to a TLS port',
        listener: 'sasltls',
        args: scram(() => ['--no-tls', ...password('alice')]),
        ...mayWantTls,
      },
      { what: 'no login where one is wanted', listener: 'saslopen', args: () => [], ...mayWantLogin },
      {
        what: 'no login where one is wanted, over TLS',
        listener: 'sasltls',
        args: () => ['--auth', 'tls', ...ca()],
        ...mayWantLogin,
      },
      {
        what: 'a login on a port that takes none',
        listener: 'plaintext',
        args: scram(() => ['--no-tls', ...password('alice')]),
        finding: 'this listener takes no login (SCRAM-SHA-512 was tried)',
        remedy: 'use login none, or another port',
        check: 'login',
      },
      {
        what: 'a login on a TLS port that takes none',
        listener: 'tls',
        args: scram(() => [...ca(), ...password('alice')]),
        finding: 'this listener takes no login (SCRAM-SHA-512 was tried)',
        remedy: 'use login tls or mtls, or another port',
        check: 'login',
      },
    ];
    const iamFailures: Failure[] = [
      {
        what: 'a forged IAM token',
        listener: 'iam',
        args: () => ['--auth', 'iam', ...ca()],
        env: { ...awsEnvironment, AWS_SECRET_ACCESS_KEY: secrets.forgedKey },
        ...iamRefused,
      },
      {
        what: 'an IAM token for another region',
        listener: 'iam',
        args: () => ['--auth', 'iam', ...ca()],
        env: { ...awsEnvironment, AWS_REGION: 'us-east-1' },
        ...iamRefused,
      },
      {
        what: 'a password where the listener takes IAM',
        listener: 'iam',
        args: scram(() => [...ca(), ...password('alice')]),
        finding: 'this listener does not take SCRAM-SHA-512',
        remedy: 'use login iam, or another port',
        check: 'login',
      },
    ];

    const expectFailure = async (failure: Failure) => {
      const { listener, args, env = {}, finding, remedy, check } = failure;
      const address = addressOf(listener);
      const target = ['--brokers', address, ...args()];
      const [status, doctor] = await Promise.all([
        lagwarden(['status', '--json', ...target], env),
        lagwarden(['doctor', '--json', ...target], env),
      ]);
      const said = typeof finding === 'function' ? finding() : finding;
      expect(status).toMatchObject({ exitCode: 1, stdout: '' });
      const [start, end] = [`lagwarden: ${address}: `, `; ${remedy}\n`];
      const isLine = status.stderr.startsWith(start) && status.stderr.endsWith(end);
      const found = isLine ? status.stderr.slice(start.length, -end.length) : status.stderr;
      expect(found).not.toContain('\n');
      expect(found).toEqual(typeof said === 'string' ? said : expect.stringMatching(said));

      expect(doctor).toMatchObject({ exitCode: 1, stderr: '' });
      const { checks } = JSON.parse(doctor.stdout) as { checks: { check: string; outcome: string }[] };
      const expected = failure.doctor ?? { finding: found, remedy };
      expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([
        { check, subject: address, outcome: 'failed', ...expected },
      ]);
      for (const { stdout, stderr } of [status, doctor]) expectNoSecret(stdout + stderr);
    };

    test.each(failures)('$what', expectFailure);
    test.skipIf(noCompiler !== null).each(iamFailures)(`$what${iamReason}`, expectFailure);

    test.skipIf(noCompiler !== null)(`AWS credentials that have ended${iamReason}`, async () => {
      const env = { ...awsEnvironment, AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z' };
      const args = ['--brokers', addressOf('iam'), '--auth', 'iam', ...ca()];
      expect(await lagwarden(['status', ...args], env)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'lagwarden: the AWS credentials have expired; get new ones and try again\n',
      });
      const doctor = await lagwarden(['doctor', ...args], env);
      expect(doctor.exitCode).toBe(1);
      expect(doctor.stdout).toContain(
        `✗ login     ${addressOf('iam')}: the AWS credentials have expired\n            → get new ones and try again\n`,
      );
    });

    test.skipIf(noCompiler !== null)(`a token that has expired on its way${iamReason}`, async () => {
      const token = async () => signMskIamToken(aws, region, Date.now() - 16 * 60_000);
      const reader = readerOf('iam', {
        kind: 'iam',
        ca: readFileSync(cluster.certificates.ca, 'utf8'),
        token,
      });
      const fault = await poll(reader).then(
        () => expect.fail('the token was accepted'),
        (error: unknown) => error as Fault,
      );
      reader.close();
      expect(fault.code).toBe('authentication-failed');
      expect(fault.finding).toBe(
        `${addressOf('iam')}: the IAM login was refused ({"status":"invalid_token"})`,
      );
      expectNoSecret(wholeText(fault));
    });

    test('the causes of a fault hold no secret either', async () => {
      const logins: [listener: string, credentials: Credentials][] = [
        ['saslopen', passwordOf('scram-sha-512', secrets.wrongPassword)],
        ['saslopen', passwordOf('plain', secrets.wrongPassword)],
        ['tls', passwordOf('scram-sha-512', secrets.password)],
        ['plaintext', passwordOf('plain', secrets.password)],
        [
          'mtls',
          {
            kind: 'mtls',
            ca: readFileSync(cluster.certificates.ca, 'utf8'),
            cert: readFileSync(cluster.certificates.strangerClient.cert, 'utf8'),
            key: readFileSync(cluster.certificates.strangerClient.key, 'utf8'),
          },
        ],
      ];
      for (const [listener, credentials] of logins) {
        const reader = readerOf(listener, credentials);
        const fault = await poll(reader).then(
          () => expect.fail(`${listener} let ${credentials.kind} in`),
          (error: unknown) => error,
        );
        reader.close();
        expect(fault).toMatchObject({ name: 'Fault' });
        expectNoSecret(wholeText(fault));
      }
    });
  });

  function passwordOf(kind: 'plain' | 'scram-sha-512', text: string): Credentials {
    return { kind, ca: null, tls: false, username: 'alice', password: text };
  }

  describe('a right that is missing', () => {
    interface Document {
      readonly groups: readonly { readonly group: string; readonly verdict: string }[];
      readonly unread: readonly Record<string, unknown>[];
    }
    const seenBy = async (user: string) => {
      const target = [
        '--brokers',
        addressOf('saslopen'),
        '--auth',
        'scram-sha-512',
        '--no-tls',
        ...password(user),
      ];
      const [status, doctor] = await Promise.all([
        lagwarden(['status', '--json', ...target]),
        lagwarden(['doctor', '--json', ...target]),
      ]);
      expect(status).toMatchObject({ exitCode: 0, stderr: '' });
      expect(doctor).toMatchObject({ exitCode: 0, stderr: '' });
      const { checks } = JSON.parse(doctor.stdout) as {
        checks: { check: string; subject: string; outcome: string; finding: string }[];
      };
      const rights = checks
        .filter(({ check }) => check === 'rights')
        .map(({ subject, outcome, finding }) => `${subject} ${outcome}: ${finding}`);
      return { ...(JSON.parse(status.stdout) as Document), rights };
    };

    test('to describe groups: each that is listed is named', async () => {
      const { groups, unread, rights } = await seenBy('overseer');
      expect(groups.map(({ group }) => group).sort()).toEqual(['mixed', 'modern', 'shop']);
      expect(
        groups
          .filter(({ verdict }) => verdict === 'unknown')
          .map(({ group }) => group)
          .sort(),
      ).toEqual(['mixed', 'modern']);
      expect(unread).toEqual(
        ['mixed', 'modern'].map((group) => ({
          scope: 'group',
          group,
          broker: 1,
          reason: 'unauthorised',
          detail: 'GROUP_AUTHORIZATION_FAILED answered to OffsetFetch',
        })),
      );
      expect(rights).toEqual([
        'cluster ok: may be described: every group is listed',
        'topics ok: 3 may be described; any other stays unseen',
        'groups limited: the commits of 2 of 3 listed groups may not be read: mixed, modern',
        'retention limited: not known of orders: when records there will be lost is told by pace only',
      ]);
    });

    test('to describe a topic: it is named where a member tells of it', async () => {
      const { groups, unread, rights } = await seenBy('limited');
      expect(groups.map(({ group }) => group).sort()).toEqual(['mixed', 'modern', 'shop']);
      expect(unread).toEqual([
        {
          scope: 'topic',
          topic: 'secrets',
          reason: 'unauthorised',
          detail: 'TOPIC_AUTHORIZATION_FAILED answered to Metadata',
        },
        {
          scope: 'group',
          group: 'modern',
          broker: 1,
          reason: 'unauthorised',
          detail:
            'its members are not known: they read a topic that the login may not describe, and Kafka does not say which: ' +
            'TOPIC_AUTHORIZATION_FAILED answered to the describe request to broker 1',
        },
      ]);
      expect(groups.find(({ group }) => group === 'mixed')).toMatchObject({ verdict: 'unknown' });
      expect(rights).toEqual([
        'cluster limited: may not be described: only groups that the login may describe are listed, the others stay unseen',
        'topics limited: secrets may not be described, and groups here read from there; modern has members that read a topic which may not be described',
        'groups ok: the commits of all 3 listed groups may be read',
        'retention limited: not known of orders: when records there will be lost is told by pace only',
      ]);
    });

    test('to describe anything: doctor tells, and an empty table points there', async () => {
      const { groups, unread, rights } = await seenBy('nobody');
      expect({ groups, unread }).toEqual({ groups: [], unread: [] });
      expect(rights).toEqual([
        'cluster limited: may not be described: only groups that the login may describe are listed, the others stay unseen',
        'topics limited: none may be described, or there is none',
        'groups ok: the commits of all 0 listed groups may be read',
      ]);
      const target = [
        '--brokers',
        addressOf('saslopen'),
        '--auth',
        'plain',
        '--no-tls',
        ...password('nobody'),
      ];
      const { stdout } = await lagwarden(['status', ...target]);
      expect(stdout).toContain('lagwarden doctor');
    });
  });

  describe('a session that ends is renewed on its connection', () => {
    /** Polls until there were so many logins, and gives the requests of all polls together. */
    const pollUntilLogins = async (reader: ClusterReader, logins: number) => {
      const requests = new Map<string, number>();
      const started = performance.now();
      let polls = 0;
      while ((requests.get('SaslHandshake') ?? 0) < logins) {
        if (performance.now() - started > 30_000) throw new Error(`not in 30 s: ${inspect(requests)}`);
        const { snapshot, requests: sent } = await poll(reader);
        expect(snapshot.unread).toEqual([]);
        expect(snapshot.groups).toHaveLength(3);
        for (const [api, count] of sent) requests.set(api, (requests.get(api) ?? 0) + count);
        polls += 1;
        await delay(50);
      }
      return { polls, requests };
    };

    test.each([
      {
        login: 'SCRAM',
        listener: 'short',
        credentials: (): Credentials => passwordOf('scram-sha-512', secrets.password),
      },
      ...(noCompiler === null
        ? [
            {
              login: 'IAM',
              listener: 'iamshort',
              credentials: (): Credentials => ({
                kind: 'iam',
                ca: readFileSync(cluster.certificates.ca, 'utf8'),
                token: async () => signMskIamToken(aws, region, Date.now()),
              }),
            },
          ]
        : []),
    ])('$login', async ({ listener, credentials }) => {
      const reader = readerOf(listener, credentials());
      const started = performance.now();
      const { polls, requests } = await pollUntilLogins(reader, 4);
      const tookMs = performance.now() - started;
      // A connection asks for the versions once: it is still the first one.
      expect(requests.get('ApiVersions')).toBe(1);
      expect(requests.get('SaslHandshake')).toBe(4);
      // Three renewals, none before half of a session had passed, and far more requests than logins.
      expect(tookMs).toBeGreaterThan(3 * (sessionMs / 2));
      expect(polls).toBeGreaterThan(8);

      // Also after a pause in which the session ends.
      await delay(sessionMs + 200);
      const { snapshot, requests: sent } = await poll(reader);
      expect(snapshot.groups).toHaveLength(3);
      expect(sent.get('SaslHandshake')).toBe(1);
      expect(sent.get('ApiVersions')).toBeUndefined();
      reader.close();
    });

    test.skipIf(noCompiler !== null)(
      `a renewal that is refused is told, and ends with a good token${iamReason}`,
      async () => {
        let forges = false;
        const forged = { ...aws, secretAccessKey: secrets.forgedKey };
        const token = async () => signMskIamToken(forges ? forged : aws, region, Date.now());
        const reader = readerOf('iamshort', {
          kind: 'iam',
          ca: readFileSync(cluster.certificates.ca, 'utf8'),
          token,
        });
        await poll(reader);
        forges = true;
        await delay(sessionMs);
        const fault = await poll(reader).then(
          () => expect.fail('the forged token was accepted'),
          (error: unknown) => error as Fault,
        );
        expect(fault.message).toContain('the IAM login was refused');
        expect(fault.code).toBe('authentication-failed');
        expectNoSecret(wholeText(fault));
        forges = false;
        await expect
          .poll(async () => (await poll(reader)).snapshot.groups.length, { timeout: 10_000 })
          .toBe(3);
        reader.close();
      },
    );
  });

  test('doctor ends by itself with several addresses, one of them dead', async () => {
    const dead = '127.0.0.1:1';
    const brokers = `${cluster.bootstrap},${dead},${cluster.bootstrap}`;
    const { exitCode, stdout } = await lagwarden(['doctor', '--brokers', brokers]);
    expect(stdout).toContain(
      `✗ port      ${dead}: connect ECONNREFUSED ${dead}; nothing listens there\n            → check the port, and whether the broker is up`,
    );
    expect(stdout).toContain('✓ rights    cluster: may be described');
    expect(exitCode).toBe(1);
  });
});
