import { metadataV9, metadataV10, metadataV11, metadataV12 } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { metadata } from '../../../../../shared/adapters/kafka/messages/metadata.ts';
import {
  bytes,
  decoded,
  encoded,
  expectEveryCutGarbled,
  oracleBytes,
  oracleParsed,
  withUnknownTag,
} from './golden.ts';

const zeroUuid = '00000000000000000000000000000000';

describe('the request', () => {
  test.each([
    [9, '00 00 00 00 00'],
    [10, '00 00 00 00 00'],
    [11, '00 00 00 00'],
    [12, '00 00 00 00'],
  ])('v%i for all topics', (version, notation) => {
    expect(encoded(metadata(null), version)).toBe(bytes(notation).toString('hex'));
  });

  test.each([
    [9, '03 03"t1"00 06"other"00 00 00 00 00'],
    [10, `03 ${zeroUuid} 03"t1"00 ${zeroUuid} 06"other"00 00 00 00 00`],
    [11, `03 ${zeroUuid} 03"t1"00 ${zeroUuid} 06"other"00 00 00 00`],
    [12, `03 ${zeroUuid} 03"t1"00 ${zeroUuid} 06"other"00 00 00 00`],
  ])('v%i for two topics', (version, notation) => {
    expect(encoded(metadata(['t1', 'other']), version)).toBe(bytes(notation).toString('hex'));
  });

  test.each([null, ['t1'], ['t1', 'other']])('is what @platformatic/kafka sends for %j', (topics) => {
    const message = metadata(topics);
    expect(encoded(message, 9)).toBe(oracleBytes(metadataV9.createRequest(topics, false, false, false)));
    expect(encoded(message, 10)).toBe(oracleBytes(metadataV10.createRequest(topics, false, false, false)));
    expect(encoded(message, 11)).toBe(oracleBytes(metadataV11.createRequest(topics, false, false)));
    expect(encoded(message, 12)).toBe(oracleBytes(metadataV12.createRequest(topics, false, false)));
  });

  test('never creates a topic', () => {
    // allow_auto_topic_creation is the byte behind the topics.
    expect(encoded(metadata(['t']), 12)).toBe(bytes(`02 ${zeroUuid} 02"t"00 00 00 00`).toString('hex'));
  });
});

const answerOf = (version: number): Buffer =>
  bytes(`
    00000000                       # throttle time
    03                             # two brokers
      00000001 03"b1" 00002384 06"eu-1a" 00
      00000002 03"b2" 00002385 00 00
    04"abc"                        # cluster id
    00000001                       # controller
    03                             # two topics
      0000 03"t1" ${version >= 10 ? '000102030405060708090a0b0c0d0e0f' : ''} 00
      03                           # two partitions
        0000 00000000 00000001 00000007  03 00000001 00000002  02 00000001  02 00000002  00
        0005 00000001 ffffffff 00000007  02 00000002           01           02 00000002  00
      80000000 00
      001d 03"t2" ${version >= 10 ? zeroUuid : ''} 01  01  80000000 00
    ${version <= 10 ? '80000000' : ''}
    00
  `);

const oracles = { 9: metadataV9, 10: metadataV10, 11: metadataV11, 12: metadataV12 };

describe.each([9, 10, 11, 12] as const)('the answer in v%i', (version) => {
  const answer = answerOf(version);

  test('is read to its last byte', () => {
    expect(decoded(metadata(null), version, answer)).toEqual({
      clusterId: 'abc',
      brokers: [
        { id: 1, host: 'b1', port: 9092 },
        { id: 2, host: 'b2', port: 9093 },
      ],
      topics: [
        {
          error: 0,
          name: 't1',
          id: version >= 10 ? 'AAECAwQFBgcICQoLDA0ODw' : null,
          partitions: [
            { error: 0, partition: 0, leader: 1, replicas: [1, 2] },
            { error: 5, partition: 1, leader: -1, replicas: [2] },
          ],
        },
        { error: 29, name: 't2', id: null, partitions: [] },
      ],
    });
  });

  test('means the same to @platformatic/kafka', () => {
    const { topics, brokers, clusterId } = decoded(metadata(null), version, answer);
    expect(oracleParsed(oracles[version].parseResponse, version, answer)).toMatchObject({
      clusterId,
      brokers: brokers.map(({ id, host, port }) => ({ nodeId: id, host, port })),
      topics: topics.map(({ error, name, partitions }) => ({
        errorCode: error,
        name,
        partitions: partitions.map((one) => ({
          errorCode: one.error,
          partitionIndex: one.partition,
          leaderId: one.leader,
          replicaNodes: one.replicas,
        })),
      })),
    });
  });

  test('is garbled wherever it is cut', () => {
    expectEveryCutGarbled(metadata(null), version, answer);
  });

  test('may hold tagged fields that we do not know', () => {
    expect(decoded(metadata(null), version, withUnknownTag(answer))).toEqual(
      decoded(metadata(null), version, answer),
    );
  });
});
