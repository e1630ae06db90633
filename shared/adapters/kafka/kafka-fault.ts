import { X509Certificate } from 'node:crypto';
import { Fault, type FaultCode } from '../../domain/fault.ts';
import type { Login } from './logins.ts';

/**
 * How far a connection had come when it failed: that tells a wrong port from a wrong password where the error itself does
 * not. `first-request` is the one after the handshake, with which a listener that wants a login hangs up.
 */
export type ConnectStage = 'connect' | 'versions' | 'login' | 'first-request' | 'working';

/** Where it happened, for the message. Of the login only its kind and the user's name are ever shown. */
export interface FaultPlace {
  readonly broker: string;
  readonly stage: ConnectStage;
  readonly login: Login;
  /** The logins that the listener takes, where it has named them. */
  readonly offeredLogins?: readonly string[];
}

/**
 * What kafkajs, TLS or the socket threw, as one of our faults, with the remedy where there is one. A Fault passes through
 * unchanged.
 */
export function toFault(error: unknown, place: FaultPlace): Fault {
  if (error instanceof Fault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const symptom: Symptom = {
    name: cause.name,
    socketCode: textOf(cause, 'code'),
    kafkaError: textOf(cause, 'type'),
    // kafkajs wraps what the socket said: the text stays, the code is copied.
    said: cause.message.replace(/^Connection error: /, '').trim() || cause.name,
  };
  const { code, finding, remedy } = explain(symptom, place);
  return new Fault(code, `${place.broker}: ${finding}`, {
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function textOf(error: Error, key: 'code' | 'type'): string {
  const value: unknown = (error as Error & Partial<Record<typeof key, unknown>>)[key];
  return typeof value === 'string' ? value : '';
}

interface Symptom {
  readonly name: string;
  /** Of Node: `ECONNRESET`, `ERR_SSL_…`. */
  readonly socketCode: string;
  /** Of Kafka: `SASL_AUTHENTICATION_FAILED`. */
  readonly kafkaError: string;
  readonly said: string;
}

interface Explanation {
  readonly code: FaultCode;
  readonly finding: string;
  readonly remedy?: string;
}

function explain(symptom: Symptom, place: FaultPlace): Explanation {
  const { name, socketCode, said } = symptom;
  const isHangUp =
    name === 'KafkaJSConnectionClosedError' || socketCode === 'ECONNRESET' || socketCode === 'EPIPE';
  const tls = tlsTrouble(symptom, place);
  if (tls !== null) return { code: 'tls-failed', ...tls };
  if (isAboutLogin(symptom, place, isHangUp))
    return { code: 'authentication-failed', ...loginTrouble(symptom, place) };
  if (place.stage === 'connect' && place.login.tls !== null && (isHangUp || isNotTls(socketCode))) {
    return {
      code: 'tls-failed',
      finding: 'it does not speak TLS on this port',
      remedy: withoutTls(place.login),
    };
  }
  if (isHangUp) return { code: 'connection-closed', ...hangUp(said, place) };
  if (/^(ERR_SSL|ERR_TLS|ERR_OSSL|EPROTO)/.test(socketCode)) return { code: 'tls-failed', finding: said };
  if (socketCode === 'ETIMEDOUT' || /time(d )?out/i.test(said)) {
    return {
      code: 'timed-out',
      finding: said,
      remedy: 'packets are dropped on the way: check security group, firewall and route',
    };
  }
  if (socketCode === 'ENOTFOUND' || socketCode === 'EAI_AGAIN') {
    return {
      code: 'unreachable',
      finding: `${said}; the name is not known here`,
      remedy: 'check it, and the DNS of this network',
    };
  }
  if (socketCode === 'ECONNREFUSED') {
    return {
      code: 'unreachable',
      finding: `${said}; nothing listens there`,
      remedy: 'check the port, and whether the broker is up',
    };
  }
  return { code: name === 'RangeError' ? 'garbled' : 'unreachable', finding: said };
}

function withoutTls({ sasl }: Login): string {
  if (sasl === null) return 'use its TLS port, or login none';
  return 'password' in sasl ? 'use its TLS port, or --no-tls (tls: false)' : 'use its TLS port';
}

/** Kafka's errors of a login, which a session that is renewed may meet in the middle of the work. */
const loginErrors = new Set([
  'SASL_AUTHENTICATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'UNSUPPORTED_SASL_MECHANISM',
]);

function isAboutLogin({ name, kafkaError }: Symptom, place: FaultPlace, isHangUp: boolean): boolean {
  if (name === 'KafkaJSSASLAuthenticationError' || loginErrors.has(kafkaError)) return true;
  return place.stage === 'login' && !isHangUp;
}

function loginTrouble(
  { said, kafkaError }: Symptom,
  { login, offeredLogins = [] }: FaultPlace,
): Omit<Explanation, 'code'> {
  const { tls, sasl } = login;
  const mechanism = sasl?.mechanism.toUpperCase() ?? 'none';
  // kafkajs says first what we know: `SASL PLAIN authentication failed: `.
  const answer = said.replace(/^SASL [\w ]+ authentication failed: /, '');
  if (kafkaError === 'UNSUPPORTED_SASL_MECHANISM' || /mechanism is not supported/i.test(answer)) {
    const offered = offeredLogins.map(kindOfMechanism);
    return {
      finding: `this listener does not take ${mechanism}`,
      remedy:
        offered.length > 0
          ? `use login ${offered.join(' or ')}, or another port`
          : 'use a login that it takes, or another port',
    };
  }
  // A listener without SASL met a login.
  if (kafkaError === 'ILLEGAL_SASL_STATE' || /current SASL state/i.test(answer)) {
    return {
      finding: `this listener takes no login (${mechanism} was tried)`,
      remedy: tls === null ? 'use login none, or another port' : 'use login tls or mtls, or another port',
    };
  }
  if (mechanism === 'OAUTHBEARER') {
    return {
      finding: `the IAM login was refused (${answer})`,
      remedy:
        "check the AWS credentials, that the region is the cluster's, this machine's clock, and that a policy allows kafka-cluster:Connect",
    };
  }
  const user = sasl !== null && 'username' in sasl ? ` of user ${JSON.stringify(sasl.username)}` : '';
  return {
    finding: `the login${user} was refused (${answer})`,
    remedy: `check user name and password, and that the user exists for ${mechanism}`,
  };
}

function kindOfMechanism(mechanism: string): string {
  return mechanism === 'OAUTHBEARER' ? 'iam' : mechanism.toLowerCase();
}

/** What is wrong with a certificate, theirs or ours, and what to do; `null` where it is something else. */
function tlsTrouble({ socketCode, said }: Symptom, { login }: FaultPlace): Omit<Explanation, 'code'> | null {
  switch (socketCode) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE': {
      // Node goes on with advice for programmers.
      const [fact] = said.split(';');
      return login.tls?.ca === undefined
        ? {
            finding: `its certificate is not signed by a public authority (${fact})`,
            remedy: "give its authority's PEM file with --ca (ca: in the configuration)",
          }
        : {
            finding: `its certificate is not signed by the authority given as ca (${fact})`,
            remedy:
              'give the PEM file of the authority that has signed it with --ca (ca: in the configuration)',
          };
    }
    case 'CERT_HAS_EXPIRED':
      return { finding: 'its certificate has expired', remedy: 'renew it on the broker' };
    case 'CERT_NOT_YET_VALID':
      return {
        finding: 'its certificate is not valid yet',
        remedy: 'check the clocks of broker and client',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID': {
      const names = said
        .replace(/^Hostname\/IP does not match certificate's altnames: /, '')
        .replace(/:\s*$/, '');
      return {
        finding: `its certificate is for other names (${names})`,
        remedy: 'connect by a name that is in it',
      };
    }
    default:
      return refusedCertificate(socketCode, login);
  }
}

/**
 * Alerts about our own certificate. OpenSSL 3.0 (Node 22) calls them `ERR_SSL_SSLV3_ALERT_…` or `ERR_SSL_TLSV1_ALERT_…`,
 * 3.5 (Node 24) `ERR_SSL_SSL/TLS_ALERT_…`; which alert a broker sends for which fault depends on its Java.
 */
function refusedCertificate(socketCode: string, { tls }: Login): Omit<Explanation, 'code'> | null {
  const alert = /^ERR_SSL_.*_ALERT_(.*)$/.exec(socketCode)?.[1] ?? '';
  const isAboutCertificate =
    /^(CERTIFICATE_(REQUIRED|EXPIRED|UNKNOWN|REVOKED)|(BAD|NO|UNSUPPORTED)_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)$/;
  if (!isAboutCertificate.test(alert)) return null;
  if (tls?.cert === undefined) {
    return {
      finding: 'it wants a client certificate',
      remedy: 'use login mtls with --cert and --key, or another port',
    };
  }
  const endedAt = endOf(tls.cert);
  if (endedAt !== null && endedAt < new Date()) {
    return {
      finding: `it refused our client certificate, which expired on ${endedAt.toISOString().slice(0, 10)}`,
      remedy: 'renew it',
    };
  }
  return {
    finding: `it refused our client certificate (alert ${alert.toLowerCase().replaceAll('_', ' ')})`,
    remedy: 'use one that an authority has signed which the broker trusts',
  };
}

function endOf(certificate: unknown): Date | null {
  try {
    return new Date(new X509Certificate(String(certificate)).validTo);
  } catch {
    return null;
  }
}

/** What OpenSSL says when the other side answers a TLS greeting in another language. */
function isNotTls(socketCode: string): boolean {
  return socketCode === 'ERR_SSL_WRONG_VERSION_NUMBER' || socketCode === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
}

function hangUp(said: string, { stage, login }: FaultPlace): Omit<Explanation, 'code'> {
  if (stage === 'versions' && login.tls === null) {
    return {
      finding: 'it hung up on the first request; the port may want TLS',
      remedy: 'use a login with TLS, or the plaintext port',
    };
  }
  if (stage === 'first-request' && login.sasl === null) {
    return {
      finding: 'it hung up on the first request; the listener may want a login (SASL)',
      remedy: 'choose one with --auth (auth: in the configuration), or another port',
    };
  }
  return { finding: `it closed the connection (${said})` };
}
