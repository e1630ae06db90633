import { describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../../../../local/kafka/certificates.ts';
import { type FaultPlace, toFault } from '../../../../shared/adapters/kafka/kafka-fault.ts';
import { type Credentials, type Login, toLogin } from '../../../../shared/adapters/kafka/logins.ts';
import { Fault } from '../../../../shared/domain/fault.ts';

const authority = new CertificateAuthority('test');
const secret = 'correct-horse-battery-staple';

const withPassword = (tls: boolean): Login =>
  toLogin({ kind: 'scram-sha-512', ca: null, tls, username: 'ops', password: secret });
const iam = toLogin({ kind: 'iam', ca: null, token: () => Promise.reject(new Error('not asked')) });
const none = toLogin({ kind: 'none' });
const tls = toLogin({ kind: 'tls', ca: null });
const clientCertificate = (validDays?: readonly [number, number]) => {
  const identity = authority.issue({ name: 'client', ...(validDays === undefined ? {} : { validDays }) });
  return toLogin({ kind: 'mtls', ca: authority.cert, ...identity } satisfies Credentials);
};

/** An error as kafkajs and Node throw them. */
function thrown(message: string, facts: { name?: string; code?: string; type?: string } = {}): Error {
  return Object.assign(new Error(message), facts);
}

const place = (login: Login, stage: FaultPlace['stage'], offeredLogins: readonly string[] = []) => ({
  broker: 'b-1:9096',
  stage,
  login,
  offeredLogins,
});

const closed = thrown('Closed connection', { name: 'KafkaJSConnectionClosedError' });
const reset = thrown('Connection error: read ECONNRESET', { code: 'ECONNRESET' });
const unsupported = thrown('The broker does not support the requested SASL mechanism', {
  name: 'KafkaJSProtocolError',
  type: 'UNSUPPORTED_SASL_MECHANISM',
});
const outOfPlace = thrown('Request is not valid given the current SASL state', {
  name: 'KafkaJSProtocolError',
  type: 'ILLEGAL_SASL_STATE',
});
const wrongPassword = thrown('SASL SCRAM SHA512 authentication failed: invalid credentials', {
  name: 'KafkaJSSASLAuthenticationError',
});
const hungUp = 'b-1:9096: it hung up on the first request;';

describe('every symptom says what it means and what to do', () => {
  test.each([
    [
      'a wrong password',
      wrongPassword,
      place(withPassword(true), 'login'),
      'authentication-failed',
      'b-1:9096: the login of user "ops" was refused (invalid credentials); check user name and password, and that the user exists for SCRAM-SHA-512',
    ],
    [
      'a wrong password when a session is renewed',
      wrongPassword,
      place(withPassword(true), 'working'),
      'authentication-failed',
      'b-1:9096: the login of user "ops" was refused (invalid credentials); check user name and password, and that the user exists for SCRAM-SHA-512',
    ],
    [
      'an IAM token',
      thrown('Access denied', { name: 'KafkaJSProtocolError', type: 'SASL_AUTHENTICATION_FAILED' }),
      place(iam, 'working'),
      'authentication-failed',
      "b-1:9096: the IAM login was refused (Access denied); check the AWS credentials, that the region is the cluster's, this machine's clock, and that a policy allows kafka-cluster:Connect",
    ],
    [
      'a mechanism that is not taken',
      unsupported,
      place(withPassword(true), 'login', ['OAUTHBEARER', 'PLAIN']),
      'authentication-failed',
      'b-1:9096: this listener does not take SCRAM-SHA-512; use login iam or plain, or another port',
    ],
    [
      'a mechanism that is not taken, where the listener tells of none',
      unsupported,
      place(withPassword(true), 'login'),
      'authentication-failed',
      'b-1:9096: this listener does not take SCRAM-SHA-512; use a login that it takes, or another port',
    ],
    [
      'a login where none is taken',
      outOfPlace,
      place(withPassword(false), 'login'),
      'authentication-failed',
      'b-1:9096: this listener takes no login (SCRAM-SHA-512 was tried); use login none, or another port',
    ],
    [
      'a login where none is taken, over TLS',
      outOfPlace,
      place(iam, 'login'),
      'authentication-failed',
      'b-1:9096: this listener takes no login (OAUTHBEARER was tried); use login tls or mtls, or another port',
    ],
    [
      'a line that breaks during the login: no word about passwords',
      reset,
      place(withPassword(true), 'login'),
      'connection-closed',
      'b-1:9096: it closed the connection (read ECONNRESET)',
    ],
    [
      'plaintext to TLS',
      closed,
      place(none, 'versions'),
      'connection-closed',
      `${hungUp} the port may want TLS; use a login with TLS, or the plaintext port`,
    ],
    [
      'no login where one is wanted',
      reset,
      place(tls, 'first-request'),
      'connection-closed',
      `${hungUp} the listener may want a login (SASL); choose one with --auth (auth: in the configuration), or another port`,
    ],
    [
      'a broker that goes away while it works',
      reset,
      place(tls, 'working'),
      'connection-closed',
      'b-1:9096: it closed the connection (read ECONNRESET)',
    ],
    [
      'TLS to plaintext',
      reset,
      place(tls, 'connect'),
      'tls-failed',
      'b-1:9096: it does not speak TLS on this port; use its TLS port, or login none',
    ],
    [
      'TLS to plaintext with a password',
      thrown('wrong version number', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
      place(withPassword(true), 'connect'),
      'tls-failed',
      'b-1:9096: it does not speak TLS on this port; use its TLS port, or --no-tls (tls: false)',
    ],
    [
      'TLS to plaintext with IAM, which is never without',
      reset,
      place(iam, 'connect'),
      'tls-failed',
      'b-1:9096: it does not speak TLS on this port; use its TLS port',
    ],
    [
      'a private authority that was not given',
      thrown('self-signed certificate in certificate chain; try --use-system-ca', {
        code: 'SELF_SIGNED_CERT_IN_CHAIN',
      }),
      place(tls, 'connect'),
      'tls-failed',
      "b-1:9096: its certificate is not signed by a public authority (self-signed certificate in certificate chain); give its authority's PEM file with --ca (ca: in the configuration)",
    ],
    [
      'a certificate that is not valid yet',
      thrown('certificate is not yet valid', { code: 'CERT_NOT_YET_VALID' }),
      place(tls, 'connect'),
      'tls-failed',
      'b-1:9096: its certificate is not valid yet; check the clocks of broker and client',
    ],
    [
      'a certificate for other names',
      thrown(
        "Connection error: Hostname/IP does not match certificate's altnames: Host: b-1. is not in the cert's altnames: DNS:kafka.example.com",
        { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      ),
      place(tls, 'connect'),
      'tls-failed',
      "b-1:9096: its certificate is for other names (Host: b-1. is not in the cert's altnames: DNS:kafka.example.com); connect by a name that is in it",
    ],
    [
      'a name that nobody knows',
      thrown('getaddrinfo ENOTFOUND b-1', { code: 'ENOTFOUND' }),
      place(none, 'connect'),
      'unreachable',
      'b-1:9096: getaddrinfo ENOTFOUND b-1; the name is not known here; check it, and the DNS of this network',
    ],
    [
      'a port where nothing listens',
      thrown('connect ECONNREFUSED 10.0.0.1:9096', { code: 'ECONNREFUSED' }),
      place(none, 'connect'),
      'unreachable',
      'b-1:9096: connect ECONNREFUSED 10.0.0.1:9096; nothing listens there; check the port, and whether the broker is up',
    ],
    [
      'a firewall that drops packets',
      thrown('Connection timeout'),
      place(none, 'connect'),
      'timed-out',
      'b-1:9096: Connection timeout; packets are dropped on the way: check security group, firewall and route',
    ],
    [
      'bytes that are no frame',
      thrown('out of range', { name: 'RangeError' }),
      place(none, 'working'),
      'garbled',
      'b-1:9096: out of range',
    ],
    ['something else', thrown('EPERM'), place(none, 'connect'), 'unreachable', 'b-1:9096: EPERM'],
  ])('%s', (_, error, at, code, message) => {
    const fault = toFault(error, at);
    expect(fault.message).toBe(message);
    expect(fault.code).toBe(code);
    expect(fault.cause).toBe(error);
    expect(fault.message).not.toContain(secret);
  });
});

describe('alerts about our certificate, in the words of OpenSSL 3.0 (Node 22) and 3.5 (Node 24)', () => {
  const alert = (code: string, login: Login) =>
    toFault(thrown('4094:error:0A000416:SSL routines:ssl3_read_bytes:…', { code }), place(login, 'versions'));

  const wanted =
    'b-1:9096: it wants a client certificate; use login mtls with --cert and --key, or another port';

  test.each([
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  ])('%s without one', (code) => {
    expect(alert(code, tls)).toMatchObject({ code: 'tls-failed', message: wanted });
  });

  test.each([
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'certificate unknown'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'certificate unknown'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unknown ca'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'bad certificate'],
  ])('%s with a good one', (code, words) => {
    expect(alert(code, clientCertificate())).toMatchObject({
      code: 'tls-failed',
      message: `b-1:9096: it refused our client certificate (alert ${words}); use one that an authority has signed which the broker trusts`,
    });
  });

  test.each(['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN'])(
    '%s with one that has expired',
    (code) => {
      const yesterday = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
      expect(alert(code, clientCertificate([-3, -1])).message).toBe(
        `b-1:9096: it refused our client certificate, which expired on ${yesterday}; renew it`,
      );
    },
  );

  test('an alert about something else stays as it was said', () => {
    const fault = alert('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', tls);
    expect(fault).toMatchObject({ code: 'tls-failed', remedy: null });
  });
});

test('a fault is passed on as it is', () => {
  const fault = new Fault('garbled', 'what');
  expect(toFault(fault, place(none, 'login'))).toBe(fault);
});

test('what is no error becomes one', () => {
  expect(toFault('odd', place(none, 'connect')).message).toBe('b-1:9096: odd');
});
