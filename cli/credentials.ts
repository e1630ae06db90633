import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Credentials } from '../shared/adapters/kafka/logins.ts';
import { type AwsCredentials, cachedMskIamToken } from '../shared/adapters/kafka/msk-iam-token.ts';
import type { Auth } from '../shared/contracts/config/auth.ts';
import type { ClusterConfig } from '../shared/contracts/config/cluster.ts';
import { UsageError } from './exit-code.ts';

export const loginKinds = ['none', 'tls', 'mtls', 'scram-sha-512', 'scram-sha-256', 'plain', 'iam'] as const;

export interface LoginOptions {
  readonly auth?: (typeof loginKinds)[number];
  readonly username?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False with `--no-tls`: the password goes over a plaintext listener. @default true */
  readonly tls?: boolean;
}

/** Whose login it is, as far as it is known: IAM needs the region. */
export interface LoginSubject {
  readonly brokers: readonly string[];
  readonly cluster: ClusterConfig | undefined;
}

/**
 * The login of a command: the kind from `--auth`, else from the configuration; passwords and keys from files, AWS
 * credentials from the environment. Nothing secret is taken from the command line itself, where `ps` shows it.
 *
 * @throws UsageError naming what is missing and how to give it.
 */
export function resolveCredentials(
  options: LoginOptions,
  { brokers, cluster }: LoginSubject,
  env: NodeJS.ProcessEnv,
): Credentials {
  const auth: Auth | undefined = cluster?.auth;
  const kind = options.auth ?? auth?.kind ?? 'none';
  refuseIdleOptions(kind, options);
  const caFile = options.ca ?? (auth !== undefined && 'ca' in auth ? auth.ca : null);
  const ca = caFile === null ? null : readCertificate('--ca', caFile);
  switch (kind) {
    case 'none':
      return { kind };
    case 'tls':
      return { kind, ca };
    case 'mtls': {
      const configured = auth?.kind === 'mtls' ? auth : { cert: null, key: null };
      const [cert, key] = [options.cert ?? configured.cert, options.key ?? configured.key];
      if (cert === null || key === null) {
        throw new UsageError(
          'login mtls needs the client certificate: give --cert FILE and --key FILE (PEM)',
        );
      }
      return { kind, ca, ...readClientCertificate(cert, key) };
    }
    case 'scram-sha-512':
    case 'scram-sha-256':
    case 'plain': {
      const { username, passwordFile } = options;
      if (username === undefined || passwordFile === undefined) {
        throw new UsageError(`login ${kind} needs --username NAME and --password-file FILE`);
      }
      const tls = options.tls !== false && !(auth?.kind === kind && !auth.tls);
      // Editors end a file with a line break; no Kafka password ends with one.
      const password = readText('--password-file', passwordFile).replace(/\r?\n$/, '');
      if (password === '') {
        throw new UsageError(`--password-file: ${passwordFile} is empty; write the password into it`);
      }
      return { kind, ca, tls, username, password };
    }
    case 'iam': {
      const credentials = awsCredentialsOf(env);
      const region = regionOf(cluster?.arn ?? null, brokers, env);
      return { kind, ca, token: cachedMskIamToken(async () => credentials, region, Date.now) };
    }
  }
}

/** An option that the kind of login does not use is a mistake about the kind: silence would connect the wrong way. */
function refuseIdleOptions(kind: Credentials['kind'], options: LoginOptions): void {
  const withPassword = kind === 'plain' || kind === 'scram-sha-256' || kind === 'scram-sha-512';
  const idle = [
    ...(withPassword ? [] : [options.username && '--username', options.passwordFile && '--password-file']),
    ...(withPassword || options.tls !== false ? [] : ['--no-tls']),
    ...(kind === 'mtls' ? [] : [options.cert && '--cert', options.key && '--key']),
    ...(kind === 'none' ? [options.ca && '--ca'] : []),
  ].filter(Boolean);
  if (idle.length > 0) {
    throw new UsageError(
      `${idle.join(', ')}: of no use to login ${kind}; choose one with --auth (${loginKinds.join(', ')})`,
    );
  }
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: cannot read ${file}: ${(error as Error).message}`);
  }
}

/** @throws UsageError where the file holds no certificate: TLS would ignore it as ca, or fail without naming it */
function readCertificate(option: string, file: string): string {
  const text = readText(option, file);
  try {
    new X509Certificate(text);
  } catch {
    throw new UsageError(
      `${option}: ${file} holds no certificate in PEM form; it must begin with -----BEGIN CERTIFICATE-----`,
    );
  }
  return text;
}

function readClientCertificate(certFile: string, keyFile: string): { cert: string; key: string } {
  const cert = readCertificate('--cert', certFile);
  const key = readText('--key', keyFile);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw new UsageError(
      `--key: ${keyFile} holds no private key in PEM form that opens without a passphrase; ` +
        'it must begin with -----BEGIN PRIVATE KEY----- (openssl pkey -in OLD -out NEW takes a passphrase off)',
    );
  }
  if (!new X509Certificate(cert).checkPrivateKey(privateKey)) {
    throw new UsageError(
      `--key: ${keyFile} is not the key of the certificate ${certFile}; give the two that were made together`,
    );
  }
  return { cert, key };
}

function awsCredentialsOf(env: NodeJS.ProcessEnv): AwsCredentials {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new UsageError(
      'login iam needs AWS credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN); ' +
        'with a profile: eval "$(aws configure export-credentials --format env)"',
    );
  }
  // Written by `aws configure export-credentials`; absent where credentials do not end.
  const expiration = env['AWS_CREDENTIAL_EXPIRATION'];
  const expiresAt = expiration ? Date.parse(expiration) : null;
  if (Number.isNaN(expiresAt)) {
    throw new UsageError(
      `AWS_CREDENTIAL_EXPIRATION: ${JSON.stringify(expiration)} is no time; write it as 2026-11-21T14:25:03Z, or unset it`,
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env['AWS_SESSION_TOKEN'] || null,
    expiresAt,
  };
}

/** A token is good for one region: the cluster's, by its ARN or by the names that MSK gives to brokers. */
function regionOf(arn: string | null, brokers: readonly string[], env: NodeJS.ProcessEnv): string {
  const byName = brokers.map(
    (broker) => /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com/.exec(broker)?.[1],
  );
  const region =
    arn?.split(':')[3] ?? byName.find(Boolean) ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION']);
  if (!region) {
    throw new UsageError(
      'login iam needs the region of the cluster: neither its ARN nor its brokers name one; set AWS_REGION',
    );
  }
  return region;
}
