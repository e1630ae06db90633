import { createHash, createHmac } from 'node:crypto';
import { Fault } from '../../domain/fault.ts';
import type { EpochMs } from '../../domain/offset.ts';

/** Credentials to sign with. None of it may reach a log or a message. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  /** When they end; `null` where nobody told, as in a Lambda function's environment. */
  readonly expiresAt: EpochMs | null;
}

export interface MskIamToken {
  /** What goes into SASL OAUTHBEARER. */
  readonly value: string;
  readonly expiresAt: EpochMs;
}

/** MSK accepts a token for at most 15 minutes (AWS: aws-msk-iam-sasl-signer). */
const longestLifeSeconds = 900;

/** A token that will not last this long is not handed out: its session would end almost at once. */
const renewBeforeMs = 5 * 60 * 1000;

/**
 * A token for MSK's IAM login: a presigned URL (SigV4, query string) of the action `kafka-cluster:Connect`, as base64url.
 * It belongs to a region, not to a broker, so that one serves a whole cluster.
 *
 * @throws Fault `authentication-failed` where the credentials have less than a second left.
 */
export function signMskIamToken(credentials: AwsCredentials, region: string, now: EpochMs): MskIamToken {
  const host = `kafka.${region}.amazonaws.com`;
  // 20261121T142503Z
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const scope = `${date}/${region}/kafka-cluster/aws4_request`;
  const leftSeconds =
    credentials.expiresAt === null ? longestLifeSeconds : Math.floor((credentials.expiresAt - now) / 1000);
  if (leftSeconds < 1) {
    throw new Fault('authentication-failed', 'the AWS credentials have expired', {
      remedy: 'get new ones and try again',
    });
  }
  // SigV4 wants whole seconds; AWS's own signer would send 400.777 for credentials that end in between.
  const lifeSeconds = Math.min(leftSeconds, longestLifeSeconds);
  const query = [
    ['Action', 'kafka-cluster:Connect'],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', `${lifeSeconds}`],
    ...(credentials.sessionToken === null ? [] : [['X-Amz-Security-Token', credentials.sessionToken]]),
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name = '', value = '']) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const canonicalRequest = ['GET', '/', query, `host:${host}`, '', 'host', sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest)].join('\n');
  const key = [date, region, 'kafka-cluster', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = hmac(key, toSign).toString('hex');
  const url = `https://${host}/?${query}&X-Amz-Signature=${signature}&User-Agent=lagwarden`;
  const signedAt = Math.floor(now / 1000) * 1000;
  return { value: Buffer.from(url).toString('base64url'), expiresAt: signedAt + lifeSeconds * 1000 };
}

/**
 * Hands out one token for as long as it is good for at least five minutes more (or half its life, where credentials end
 * sooner), then a new one. Credentials are asked for only when a token is made.
 */
export function cachedMskIamToken(
  credentials: () => Promise<AwsCredentials>,
  region: string,
  now: () => EpochMs,
): () => Promise<MskIamToken> {
  let cached: { readonly token: MskIamToken; readonly renewAt: EpochMs } | null = null;
  let renewing: Promise<MskIamToken> | null = null;
  const renew = async () => {
    const token = signMskIamToken(await credentials(), region, now());
    const lifeMs = token.expiresAt - now();
    cached = { token, renewAt: token.expiresAt - Math.min(renewBeforeMs, lifeMs / 2) };
    return token;
  };
  return () => {
    if (cached !== null && now() < cached.renewAt) return Promise.resolve(cached.token);
    // All brokers log in at once: they share one renewal.
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    return renewing;
  };
}

/** RFC 3986, as SigV4 demands: encodeURIComponent leaves five characters alone that must be encoded too. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
