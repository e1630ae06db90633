import { apiVersionsV3 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { apiVersions } from '../../../../../shared/adapters/kafka/messages/api-versions.ts';
import { WireReader } from '../../../../../shared/adapters/kafka/wire.ts';
import { bytes, decoded, encoded, expectEveryCutGarbled, oracleBytes, oracleParsed } from './golden.ts';

const message = apiVersions({ name: 'lagwarden', version: '0.1.0' });

test('the request names us', () => {
  expect(encoded(message, 3)).toBe(bytes('0a"lagwarden" 06"0.1.0" 00').toString('hex'));
});

test('the request is what @platformatic/kafka sends', () => {
  expect(encoded(message, 3)).toBe(oracleBytes(apiVersionsV3.createRequest('lagwarden', '0.1.0')));
});

describe('the answer', () => {
  // The features are those of a real broker: tagged field 0 holds a list, field 1 an epoch.
  const answer = bytes(`
    0000                           # no error
    04                             # three apis
      0002 0001 000a 00
      0003 0000 000d 00
      0045 0000 0001 00
    00000005                       # throttle time
    02
      00 17 02 11"metadata.version" 0001 0019 00
      01 08 0000000000000007
  `);

  test('is read to its last byte, features and all', () => {
    expect(decoded(message, 3, answer)).toEqual(
      new Map([
        [2, { min: 1, max: 10 }],
        [3, { min: 0, max: 13 }],
        [69, { min: 0, max: 1 }],
      ]),
    );
  });

  test('means the same to @platformatic/kafka', () => {
    expect(oracleParsed(apiVersionsV3.parseResponse, 3, answer)).toMatchObject({
      apiKeys: [
        { apiKey: 2, minVersion: 1, maxVersion: 10 },
        { apiKey: 3, minVersion: 0, maxVersion: 13 },
        { apiKey: 69, minVersion: 0, maxVersion: 1 },
      ],
      throttleTimeMs: 5,
      supportedFeatures: [{ name: 'metadata.version' }],
    });
  });

  test('tells the throttle time', () => {
    const from = new WireReader(answer);
    message.decode(from, 3);
    expect(from.throttleTimeMs).toBe(5);
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(message, 3, answer);
  });

  test('of a broker that is too old says what is needed', () => {
    // Kafka before 2.4 answers in version 0: error 35, then an array with a classic length.
    expect(() => decoded(message, 3, bytes('0023 00000001 0012 0000 0002'))).toThrow(
      expect.objectContaining({
        code: 'unsupported-version',
        message: 'the broker answered UNSUPPORTED_VERSION to ApiVersions; Kafka 2.8 or newer is needed',
      }),
    );
  });
});
