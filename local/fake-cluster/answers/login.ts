import { type Answer, kafkaError } from './answer.ts';

const unsupportedSaslMechanism = 33;

/** SaslHandshake v0 and v1. The stand-in knows PLAIN only. */
export const answerSaslHandshake: Answer = (request, out) => {
  const known = request.classicString() === 'PLAIN';
  out
    .int16(known ? 0 : unsupportedSaslMechanism)
    .int32(1)
    .classicString('PLAIN');
};

/** SaslAuthenticate v0 and v1, with PLAIN's three fields parted by zero bytes. */
export const answerSaslAuthenticate: Answer = (request, out, { cluster, version }) => {
  const [, user = '', password = ''] = request.classicBytes().toString().split('\0');
  const welcome = cluster.passwords?.get(user) === password;
  out.int16(welcome ? 0 : kafkaError.saslAuthenticationFailed);
  out.classicString(welcome ? null : 'Authentication failed: Invalid username or password');
  out.classicBytes(Buffer.alloc(0));
  if (version >= 1) out.int64(0n); // session lifetime: for ever
};
