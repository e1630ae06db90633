import * as z from 'zod';
import { expects, flag, section } from './expectation.ts';
import { valueAt } from './key-path.ts';
import { pemFile, secretName } from './names.ts';
import { nearestName } from './nearest-name.ts';
import { received } from './received.ts';

/** The kinds that need no further key and may be written short: `auth: none`. */
const shortKinds = ['iam', 'tls', 'none'] as const;
const passwordKinds = ['scram-sha-512', 'scram-sha-256', 'plain'] as const;
const authKinds = [...shortKinds, ...passwordKinds, 'mtls'] as const;

/**
 * How to log in to a cluster. `secret` names a secret in Secrets Manager, `ca`, `cert` and `key` are paths of
 * PEM files; `null`: not given, and for `ca` the public authorities are trusted.
 */
export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam' | 'tls'; readonly ca: string | null }
  | {
      readonly kind: (typeof passwordKinds)[number];
      readonly secret: string;
      readonly ca: string | null;
      /** False: the password is sent over a plaintext listener. */
      readonly tls: boolean;
    }
  | {
      readonly kind: 'mtls';
      readonly ca: string | null;
      /** Where `null`, `cert` and `key` are given. */
      readonly secret: string | null;
      readonly cert: string | null;
      readonly key: string | null;
    };

const ca = pemFile('the authority that signed the brokers’ certificates', 'certs/ca.pem')
  .exactOptional()
  .describe('Path of a PEM file with the authorities to trust; absent: the public ones.');

const withPassword = <const Kind extends string>(kind: Kind) =>
  section(
    {
      kind: z.literal(kind),
      secret: secretName('AmazonMSK_lagwarden').describe('Secret with username and password.'),
      ca,
      tls: flag().default(true).describe('false: the listener is plaintext (SASL_PLAINTEXT).'),
    },
    'a login',
  ).transform((auth) => ({ ...auth, ca: auth.ca ?? null }));

const withoutKeys = <const Kind extends string>(kind: Kind) =>
  section({ kind: z.literal(kind), ca }, 'a login').transform((auth) => ({ ...auth, ca: auth.ca ?? null }));

const clientCertificate = section(
  {
    kind: z.literal('mtls'),
    secret: secretName('lagwarden/client-certificate')
      .exactOptional()
      .describe('Secret with certificate and key; or cert and key.'),
    cert: pemFile('the client certificate', 'certs/client.pem').exactOptional(),
    key: pemFile('the key of the client certificate', 'certs/client.key').exactOptional(),
    ca,
  },
  'a login',
).transform((auth) => ({
  kind: auth.kind,
  secret: auth.secret ?? null,
  cert: auth.cert ?? null,
  key: auth.key ?? null,
  ca: auth.ca ?? null,
}));

const wantsKind = expects({
  what: 'a kind of login',
  allowed: authKinds.join(', '),
  example: 'auth: { kind: iam }',
  advise: (value) => {
    const nearest = typeof value === 'string' ? nearestName(value, authKinds) : undefined;
    return nearest === undefined ? undefined : `did you mean ${nearest}?`;
  },
});

/** zod says of an unknown `kind` only that the map fits no branch: the message is about the kind inside it. */
const long = z.discriminatedUnion(
  'kind',
  [
    withoutKeys('iam'),
    withPassword('scram-sha-512'),
    withPassword('scram-sha-256'),
    withPassword('plain'),
    withoutKeys('tls'),
    clientCertificate,
    section({ kind: z.literal('none') }, 'a login'),
  ],
  { error: ({ input }) => wantsKind({ input: valueAt(input, ['kind']) }) },
);

const short = z.enum(shortKinds).transform((kind): Auth => (kind === 'none' ? { kind } : { kind, ca: null }));

/** `auth: none`, or `auth: { kind: …, … }`. */
export const authSchema = z.union([short, long], {
  error: ({ input }) => {
    if (typeof input !== 'string' || !(authKinds as readonly string[]).includes(input))
      return wantsKind({ input });
    return `${received(input)} cannot be written short, it needs more keys; write { kind: ${input}, secret: … }`;
  },
});
