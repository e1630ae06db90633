import type { Mechanism } from 'kafkajs';
import type { MskIamToken } from './msk-iam-token.ts';

const separator = '\u0001';

/**
 * SASL OAUTHBEARER (RFC 7628). kafkajs has it too, but does not read the broker's answer: a broker that refuses a token
 * in that answer, as Kafka's own check of tokens does, seemed to have accepted it, and its error answer to the next
 * request was read as that of a cluster without brokers.
 */
export function tokenLogin(token: () => Promise<MskIamToken>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const say = async (text: string) =>
          (await saslAuthenticate({ request: { encode: () => sizedBytes(text) }, response: sizedText })) ??
          '';
        const { value } = await token();
        const refusal = await say(`n,,${separator}auth=Bearer ${value}${separator}${separator}`);
        if (refusal === '') return;
        // The refusal must be acknowledged; the broker then ends the exchange with an error, which kafkajs throws.
        await say(separator);
        throw new Error(`the token was refused: ${refusal}`);
      },
    }),
  };
}

function sizedBytes(text: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([size, Buffer.from(text)]);
}

const sizedText = {
  decode: (bytes: Buffer) => bytes,
  parse: (bytes: Buffer) => bytes.toString('utf8', 4),
};
