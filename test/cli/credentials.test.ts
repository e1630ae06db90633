import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LoginOptions, type LoginSubject, resolveCredentials } from '../../cli/credentials.ts';
import { UsageError } from '../../cli/exit-code.ts';
import { CertificateAuthority } from '../../local/kafka/certificates.ts';
import type { Credentials } from '../../shared/adapters/kafka/logins.ts';
import { parseConfig } from '../../shared/contracts/config.ts';

const authority = new CertificateAuthority('test');
const client = authority.issue({ name: 'client' });
const password = 'correct-horse-battery-staple';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lagwarden-test-'));
  const texts = {
    'ca.pem': authority.cert,
    'client.pem': client.cert,
    'client-key.pem': client.key,
    'other-key.pem': authority.issue({ name: 'other' }).key,
    password: password,
    'password-lf': `${password}\n`,
    'password-crlf': `${password}\r\n`,
    'password-two': `${password}\n\n`,
    'password-empty': '\n',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(file(name), text);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function resolve(
  options: Partial<LoginOptions>,
  { brokers = ['b:9092'], cluster }: Partial<LoginSubject> = {},
  env: NodeJS.ProcessEnv = {},
): Credentials {
  return resolveCredentials({ tls: true, ...options }, { brokers, cluster }, env);
}

/** The message of the usage error that these options are; fails where they are none. */
function refusal(...args: Parameters<typeof resolve>): string {
  try {
    resolve(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message).not.toContain('\n');
    expect(message).not.toContain(password);
    return message;
  }
  return expect.fail('nothing was wrong');
}

/** The first cluster of a configuration. */
function configured(auth: string, place = 'brokers: [b:9092]') {
  const result = parseConfig(`clusters: [{ name: prod, ${place}, auth: ${auth} }]`, 'lagwarden.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  const [cluster] = result.config.clusters;
  return { brokers: [...(cluster?.brokers ?? [])], cluster };
}

const scram = (passwordFile: string): Partial<LoginOptions> => ({
  auth: 'scram-sha-512',
  username: 'ops',
  passwordFile: file(passwordFile),
});

describe('without a word about it', () => {
  test('there is no login', () => {
    expect(resolve({})).toEqual({ kind: 'none' });
  });

  test('the configuration decides', () => {
    expect(resolve({}, configured('tls'))).toEqual({ kind: 'tls', ca: null });
  });

  test('the command line wins over the configuration', () => {
    expect(resolve({ auth: 'none' }, configured('tls'))).toEqual({ kind: 'none' });
  });
});

describe('a password', () => {
  test.each(['password', 'password-lf', 'password-crlf'])(
    'is read from %s without the line break',
    (name) => {
      expect(resolve(scram(name))).toEqual({
        kind: 'scram-sha-512',
        ca: null,
        tls: true,
        username: 'ops',
        password,
      });
    },
  );

  test('keeps every line break but the last', () => {
    expect(resolve(scram('password-two'))).toMatchObject({ password: `${password}\n` });
  });

  test('goes over plaintext only where that is said', () => {
    expect(resolve({ ...scram('password'), tls: false })).toMatchObject({ tls: false });
    const plaintext = configured('{ kind: scram-sha-512, secret: AmazonMSK_x, tls: false }');
    expect(resolve({ ...scram('password'), auth: undefined as never }, plaintext)).toMatchObject({
      tls: false,
    });
  });

  test('in a file that is not there', () => {
    expect(refusal(scram('missing'))).toBe(
      `--password-file: cannot read ${file('missing')}: ENOENT: no such file or directory, open '${file('missing')}'`,
    );
  });

  test('that is empty', () => {
    expect(refusal(scram('password-empty'))).toBe(
      `--password-file: ${file('password-empty')} is empty; write the password into it`,
    );
  });

  test.each([{ username: 'ops' }, {}])('without a file: %o', (options) => {
    expect(refusal({ auth: 'plain', ...options })).toBe(
      'login plain needs --username NAME and --password-file FILE',
    );
  });
});

describe('an option that the login does not use is refused, for the login may be the mistake', () => {
  const kinds = 'choose one with --auth (none, tls, mtls, scram-sha-512, scram-sha-256, plain, iam)';
  test.each<[Partial<LoginOptions>, string]>([
    [
      { username: 'ops', passwordFile: 'pw' },
      `--username, --password-file: of no use to login none; ${kinds}`,
    ],
    [{ ca: 'ca.pem' }, `--ca: of no use to login none; ${kinds}`],
    [{ auth: 'tls', cert: 'c.pem', key: 'k.pem' }, `--cert, --key: of no use to login tls; ${kinds}`],
    [{ auth: 'iam', username: 'ops' }, `--username: of no use to login iam; ${kinds}`],
    [{ auth: 'mtls', tls: false }, `--no-tls: of no use to login mtls; ${kinds}`],
    [{ auth: 'plain', cert: 'c.pem' }, `--cert: of no use to login plain; ${kinds}`],
  ])('%o', (options, message) => {
    expect(refusal(options)).toBe(message);
  });
});

describe('certificates', () => {
  const pair = (cert: string, key: string): Partial<LoginOptions> => ({
    auth: 'mtls',
    cert: file(cert),
    key: file(key),
  });

  test('are read', () => {
    expect(resolve({ ...pair('client.pem', 'client-key.pem'), ca: file('ca.pem') })).toEqual({
      kind: 'mtls',
      ca: authority.cert,
      ...client,
    });
  });

  test('are read from where the configuration says', () => {
    const auth = `{ kind: mtls, cert: ${file('client.pem')}, key: ${file('client-key.pem')}, ca: ${file('ca.pem')} }`;
    expect(resolve({}, configured(auth))).toMatchObject({ kind: 'mtls', ca: authority.cert, ...client });
  });

  test('without a client certificate', () => {
    expect(refusal({ auth: 'mtls', cert: file('client.pem') })).toBe(
      'login mtls needs the client certificate: give --cert FILE and --key FILE (PEM)',
    );
  });

  test('an authority that is no certificate', () => {
    expect(refusal({ auth: 'tls', ca: file('password') })).toBe(
      `--ca: ${file('password')} holds no certificate in PEM form; it must begin with -----BEGIN CERTIFICATE-----`,
    );
  });

  test('certificate and key exchanged', () => {
    expect(refusal(pair('client-key.pem', 'client.pem'))).toBe(
      `--cert: ${file('client-key.pem')} holds no certificate in PEM form; it must begin with -----BEGIN CERTIFICATE-----`,
    );
  });

  test('a key that is none', () => {
    expect(refusal(pair('client.pem', 'password'))).toBe(
      `--key: ${file('password')} holds no private key in PEM form that opens without a passphrase; ` +
        'it must begin with -----BEGIN PRIVATE KEY----- (openssl pkey -in OLD -out NEW takes a passphrase off)',
    );
  });

  test('the key of another certificate', () => {
    expect(refusal(pair('client.pem', 'other-key.pem'))).toBe(
      `--key: ${file('other-key.pem')} is not the key of the certificate ${file('client.pem')}; give the two that were made together`,
    );
  });
});

describe('iam', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  const arn = 'arn:aws:kafka:eu-central-1:111122223333:cluster/prod/8a5a3ec9-0e12-4f5a-9a7e-2b1d2c3e4f50-2';

  /** The region that the token is signed for. */
  const regionOf = async (subject: Partial<LoginSubject>, env: NodeJS.ProcessEnv) => {
    const credentials = resolve({ auth: 'iam' }, subject, { ...keys, ...env });
    if (credentials.kind !== 'iam') return expect.fail('no IAM login');
    const { value } = await credentials.token();
    return new URL(Buffer.from(value, 'base64url').toString()).hostname.split('.')[1];
  };

  test.each([
    {},
    { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' },
    { AWS_SECRET_ACCESS_KEY: 'x', AWS_ACCESS_KEY_ID: '' },
  ])('without credentials in the environment: %o', (env) => {
    expect(refusal({ auth: 'iam' }, {}, env)).toBe(
      'login iam needs AWS credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN); ' +
        'with a profile: eval "$(aws configure export-credentials --format env)"',
    );
  });

  test('without a region', () => {
    expect(refusal({ auth: 'iam' }, {}, keys)).toBe(
      'login iam needs the region of the cluster: neither its ARN nor its brokers name one; set AWS_REGION',
    );
  });

  test('the region of the ARN goes first', async () => {
    const subject = configured('iam', `arn: "${arn}"`);
    const brokers = ['b-1.prod.abc123.c2.kafka.eu-west-3.amazonaws.com:9098'];
    expect(await regionOf({ ...subject, brokers }, { AWS_REGION: 'us-east-1' })).toBe('eu-central-1');
  });

  test.each([
    'b-1.prod.abc123.c2.kafka.eu-west-3.amazonaws.com:9098',
    'boot-x1y2z3.c1.kafka-serverless.eu-west-3.amazonaws.com:9098',
    'b-1-public.prod.abc123.c2.kafka.eu-west-3.amazonaws.com:9198',
  ])('then that in the name of a broker: %s', async (broker) => {
    expect(await regionOf({ brokers: ['10.0.0.1:9098', broker] }, { AWS_REGION: 'us-east-1' })).toBe(
      'eu-west-3',
    );
  });

  test('then that of the environment', async () => {
    expect(await regionOf({}, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' })).toBe(
      'us-east-1',
    );
    expect(await regionOf({}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' })).toBe('us-east-2');
  });

  test('the session token and the end of the credentials are taken over', async () => {
    const env = {
      ...keys,
      AWS_REGION: 'us-east-1',
      AWS_SESSION_TOKEN: 'session',
      AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 100_000).toISOString(),
    };
    const credentials = resolve({ auth: 'iam' }, {}, env);
    if (credentials.kind !== 'iam') return expect.fail('no IAM login');
    const { value } = await credentials.token();
    const { searchParams } = new URL(Buffer.from(value, 'base64url').toString());
    expect(searchParams.get('X-Amz-Security-Token')).toBe('session');
    const life = Number(searchParams.get('X-Amz-Expires'));
    expect(life).toBeLessThanOrEqual(100);
    expect(life).toBeGreaterThan(60);
  });

  test('an end of the credentials that is no time is refused', () => {
    expect(
      refusal({ auth: 'iam' }, {}, { ...keys, AWS_REGION: 'x', AWS_CREDENTIAL_EXPIRATION: 'soon' }),
    ).toBe('AWS_CREDENTIAL_EXPIRATION: "soon" is no time; write it as 2026-11-21T14:25:03Z, or unset it');
  });
});
