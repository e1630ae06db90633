import { Fault, type FaultCode } from '../../domain/fault.ts';

/**
 * How far a connection had come when it failed: that tells a wrong port from a wrong password where the error itself does
 * not. `first-request` is the one after the handshake, with which a listener that wants a login hangs up.
 */
export type ConnectStage = 'connect' | 'versions' | 'login' | 'first-request' | 'working';

/** Where it happened, for the message. */
export interface FaultPlace {
  readonly broker: string;
  readonly stage: ConnectStage;
  readonly tls: boolean;
  readonly sasl: boolean;
}

/**
 * What kafkajs, TLS or the socket threw, as one of our faults, with the remedy in the message where there is one. A Fault
 * passes through unchanged.
 */
export function toFault(error: unknown, place: FaultPlace): Fault {
  if (error instanceof Fault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const socketCode = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  // kafkajs wraps what the socket said: the text stays, the code is copied.
  const said = cause.message.replace(/^Connection error: /, '').trim() || cause.name;
  const { code, message } = explain(cause.name, socketCode, said, place);
  return new Fault(code, `${place.broker}: ${message}`, { cause });
}

interface Explanation {
  readonly code: FaultCode;
  readonly message: string;
}

function explain(name: string, socketCode: string, said: string, place: FaultPlace): Explanation {
  if (name === 'KafkaJSSASLAuthenticationError' || place.stage === 'login') return loginRefused(said);
  const aboutCertificates = certificateTrouble(socketCode, said);
  if (aboutCertificates !== null) return { code: 'tls-failed', message: aboutCertificates };
  if (place.stage === 'connect' && place.tls && (isHangUp(name, socketCode) || isNotTls(socketCode))) {
    return {
      code: 'tls-failed',
      message: 'it does not speak TLS on this port; use its TLS port, or a login without TLS',
    };
  }
  if (isHangUp(name, socketCode)) return { code: 'connection-closed', message: hangUp(said, place) };
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(socketCode)) return { code: 'tls-failed', message: said };
  if (socketCode === 'ETIMEDOUT' || /time(d )?out/i.test(said)) return { code: 'timed-out', message: said };
  if (socketCode === 'ENOTFOUND' || socketCode === 'EAI_AGAIN') {
    return {
      code: 'unreachable',
      message: `${said}; the name is not known here: check it, and the DNS of this network`,
    };
  }
  if (socketCode === 'ECONNREFUSED') {
    return {
      code: 'unreachable',
      message: `${said}; nothing listens there: check the port, and whether the broker is up`,
    };
  }
  return { code: name === 'RangeError' ? 'garbled' : 'unreachable', message: said };
}

function loginRefused(said: string): Explanation {
  // ILLEGAL_SASL_STATE: a listener without SASL met a login.
  if (/current SASL state/i.test(said)) {
    return {
      code: 'authentication-failed',
      message: 'this listener takes no login; use auth none or tls, or another port',
    };
  }
  if (/mechanism is not supported|not enabled|UnsupportedSaslMechanism/i.test(said)) {
    return { code: 'authentication-failed', message: `${said}; choose a login that this listener offers` };
  }
  return {
    code: 'authentication-failed',
    message: `the login was refused: ${said}; check user name, password and mechanism`,
  };
}

/** What is wrong with a certificate, theirs or ours, and what to do; `null` where it is something else. */
function certificateTrouble(socketCode: string, said: string): string | null {
  switch (socketCode) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
      return `its certificate is signed by nobody who is trusted (${said}); name the authority's PEM file as ca`;
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired; renew it on the broker';
    case 'CERT_NOT_YET_VALID':
      return 'its certificate is not valid yet; check the clocks of broker and client';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for other names (${said}); connect by a name that is in it`;
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
      return 'it refused our client certificate as expired; renew it';
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE':
      return 'it wants a client certificate; use login mtls with cert and key';
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
      return `it refused our client certificate (${said}); use one that its authority has signed`;
    default:
      return null;
  }
}

function isHangUp(name: string, socketCode: string): boolean {
  return name === 'KafkaJSConnectionClosedError' || socketCode === 'ECONNRESET' || socketCode === 'EPIPE';
}

/** What OpenSSL says when the other side answers a TLS greeting in another language. */
function isNotTls(socketCode: string): boolean {
  return socketCode === 'ERR_SSL_WRONG_VERSION_NUMBER' || socketCode === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
}

function hangUp(said: string, { stage, tls, sasl }: FaultPlace): string {
  if (stage === 'versions' && !tls) {
    return 'it hung up on the first request; the port may want TLS: use a login with TLS, or the plaintext port';
  }
  if (stage === 'first-request' && !sasl) {
    return 'it hung up on the first request; the listener may want a login (SASL): configure auth';
  }
  return `it closed the connection (${said})`;
}
