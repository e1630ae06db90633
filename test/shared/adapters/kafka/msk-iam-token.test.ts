import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type AwsCredentials,
  cachedMskIamToken,
  signMskIamToken,
} from '../../../../shared/adapters/kafka/msk-iam-token.ts';

const now = Date.UTC(2026, 10, 21, 14, 25, 3, 777);

const credentials: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJH+/=',
  expiresAt: null,
};

const urlOf = (token: string) => new URL(Buffer.from(token, 'base64url').toString());

/** Name and value of every signed parameter; the user agent is added after signing and names the program. */
const signed = (token: string) =>
  [...urlOf(token).searchParams].filter(([name]) => name !== 'User-Agent').sort();

describe('against the official signer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now, toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const official = async ({ sessionToken, ...keys }: AwsCredentials, region: string) =>
    generateAuthTokenFromCredentialsProvider({
      region,
      awsCredentialsProvider: async () => ({ ...keys, ...(sessionToken === null ? {} : { sessionToken }) }),
    });

  test('the presigned URL is the same, signature and all, for any credentials and region', async () => {
    const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' });
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.option(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' })),
        fc.constantFrom('eu-west-1', 'us-gov-west-1', 'ap-southeast-5'),
        async (accessKeyId, secretAccessKey, sessionToken, region) => {
          const some = { accessKeyId, secretAccessKey, sessionToken, expiresAt: null };
          const [ours, theirs] = [signMskIamToken(some, region, now), await official(some, region)];
          expect(signed(ours.value)).toEqual(signed(theirs.token));
          expect(urlOf(ours.value).host).toBe(urlOf(theirs.token).host);
          expect(ours.expiresAt).toBe(theirs.expiryTime);
        },
      ),
      { numRuns: 50 },
    );
  });
});

test('a token is base64url, so that it passes through SASL as it is', () => {
  expect(signMskIamToken(credentials, 'eu-west-1', now).value).toMatch(/^[A-Za-z0-9_-]+$/);
});

test('a token lives 15 minutes, or the whole seconds that are left to its credentials', () => {
  const expires = (expiresAt: number | null) => {
    const token = signMskIamToken({ ...credentials, expiresAt }, 'eu-west-1', now);
    return urlOf(token.value).searchParams.get('X-Amz-Expires');
  };
  expect(expires(null)).toBe('900');
  expect(expires(now + 3_600_000)).toBe('900');
  expect(expires(now + 400_777)).toBe('400');
});

test('credentials that have ended are refused with what to do', () => {
  const sign = () => signMskIamToken({ ...credentials, expiresAt: now + 500 }, 'eu-west-1', now);
  expect(sign).toThrow('the AWS credentials have expired; get new ones and try again');
});

describe('the cache', () => {
  const cacheAt = (expiresAt: number | null = null) => {
    const state = { now, asked: 0 };
    const provider = async () => {
      state.asked += 1;
      return { ...credentials, expiresAt: expiresAt };
    };
    return { state, token: cachedMskIamToken(provider, 'eu-west-1', () => state.now) };
  };

  test('hands out one token until five minutes before its end, then a new one', async () => {
    const { state, token } = cacheAt();
    const first = await token();
    state.now += 9 * 60_000;
    expect(await token()).toBe(first);
    state.now += 61_000;
    expect(await token()).not.toBe(first);
    expect(state.asked).toBe(2);
  });

  test('makes one token for all brokers that log in at once', async () => {
    const { state, token } = cacheAt();
    const tokens = await Promise.all([token(), token(), token()]);
    expect(new Set(tokens).size).toBe(1);
    expect(state.asked).toBe(1);
  });

  test('does not sign anew at each login where the credentials end within five minutes', async () => {
    const { state, token } = cacheAt(now + 200_000);
    const first = await token();
    state.now += 60_000;
    expect(await token()).toBe(first);
  });

  test('tries again after the credentials could not be had', async () => {
    let fails = true;
    const token = cachedMskIamToken(
      async () => {
        if (fails) throw new Error('no network');
        return credentials;
      },
      'eu-west-1',
      () => now,
    );
    await expect(token()).rejects.toThrow('no network');
    fails = false;
    await expect(token()).resolves.toHaveProperty('value');
  });
});
