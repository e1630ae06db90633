import type { ConnectionOptions } from 'node:tls';
import type { Mechanism } from 'kafkajs';
import type { MskIamToken } from './msk-iam-token.ts';
import { tokenLogin } from './token-login.ts';

/** How to log in, with everything that it needs at hand. PEM texts; `ca: null` trusts the public authorities. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'tls'; readonly ca: string | null }
  | { readonly kind: 'mtls'; readonly ca: string | null; readonly cert: string; readonly key: string }
  | {
      readonly kind: 'scram-sha-512' | 'scram-sha-256' | 'plain';
      readonly ca: string | null;
      /** False: the password goes over a plaintext listener. */
      readonly tls: boolean;
      readonly username: string;
      readonly password: string;
    }
  | { readonly kind: 'iam'; readonly ca: string | null; readonly token: () => Promise<MskIamToken> };

/** One of kafkajs's own logins. */
export interface PasswordLogin {
  readonly mechanism: 'scram-sha-512' | 'scram-sha-256' | 'plain';
  readonly username: string;
  readonly password: string;
}

/** What a connection needs to know of a login; `tls: null` is a plaintext socket, `sasl: null` no login on top. */
export interface Login {
  readonly tls: ConnectionOptions | null;
  readonly sasl: PasswordLogin | Mechanism | null;
}

export function toLogin(credentials: Credentials): Login {
  switch (credentials.kind) {
    case 'none':
      return { tls: null, sasl: null };
    case 'tls':
      return { tls: trust(credentials.ca), sasl: null };
    case 'mtls':
      return { tls: { ...trust(credentials.ca), cert: credentials.cert, key: credentials.key }, sasl: null };
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512': {
      const { kind: mechanism, username, password } = credentials;
      return { tls: credentials.tls ? trust(credentials.ca) : null, sasl: { mechanism, username, password } };
    }
    case 'iam':
      return { tls: trust(credentials.ca), sasl: tokenLogin(credentials.token) };
  }
}

function trust(ca: string | null): ConnectionOptions {
  return ca === null ? {} : { ca };
}
