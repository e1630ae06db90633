import { Fault, type FaultCode } from '../../domain/fault.ts';

/** What kafkajs, TLS or the socket threw, as one of our faults. A Fault passes through unchanged. */
export function toFault(error: unknown, broker: string): Fault {
  if (error instanceof Fault) return error;
  if (!(error instanceof Error)) return new Fault('connection-closed', `${broker}: ${String(error)}`);
  // kafkajs wraps what the socket said: the text stays, the code is copied.
  const message = error.message.replace(/^Connection error: /, '').trim();
  const socketCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const code = faultCode(error.name, socketCode, message);
  return new Fault(code, `${broker}: ${message || error.name}`, { cause: error });
}

function faultCode(name: string, socketCode: string, message: string): FaultCode {
  if (name === 'KafkaJSSASLAuthenticationError') return 'authentication-failed';
  // Login is all that kafkajs itself decodes: the broker refused the mechanism, or its handshake.
  if (name === 'KafkaJSProtocolError') return 'authentication-failed';
  if (name === 'KafkaJSConnectionClosedError') return 'connection-closed';
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(socketCode))
    return 'tls-failed';
  if (socketCode === 'ECONNRESET' || socketCode === 'EPIPE') return 'connection-closed';
  if (/time(d )?out/i.test(message) || socketCode === 'ETIMEDOUT') return 'timed-out';
  if (name === 'RangeError') return 'garbled';
  return 'unreachable';
}
