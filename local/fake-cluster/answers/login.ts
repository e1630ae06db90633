import { type Answer, kafkaError } from './answer.ts';

const mechanisms = ['PLAIN', 'OAUTHBEARER'];

/** SaslHandshake v0 and v1. */
export const answerSaslHandshake: Answer = (request, out) => {
  const isKnown = mechanisms.includes(request.classicString() ?? '');
  out.int16(isKnown ? 0 : kafkaError.unsupportedSaslMechanism).int32(mechanisms.length);
  for (const mechanism of mechanisms) out.classicString(mechanism);
};

/** SaslAuthenticate v0 and v1, with PLAIN's three fields parted by zero bytes; other credentials are never right. */
export const answerSaslAuthenticate: Answer = (request, out, { cluster, version }) => {
  const [, user = '', password = ''] = request.classicBytes().toString().split('\0');
  const welcome = cluster.passwords?.get(user) === password;
  out.int16(welcome ? 0 : kafkaError.saslAuthenticationFailed);
  out.classicString(welcome ? null : 'Authentication failed: Invalid username or password');
  out.classicBytes(Buffer.alloc(0));
  if (version >= 1) out.int64(BigInt(cluster.sessionMs));
};
