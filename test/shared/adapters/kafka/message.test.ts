import { describe, expect, test } from 'vitest';
import { apiKeys, negotiateVersion } from '../../../../shared/adapters/kafka/message.ts';
import { apiVersions } from '../../../../shared/adapters/kafka/messages/api-versions.ts';
import { consumerGroupDescribe } from '../../../../shared/adapters/kafka/messages/consumer-group-describe.ts';
import { describeGroups } from '../../../../shared/adapters/kafka/messages/describe-groups.ts';
import { listGroups } from '../../../../shared/adapters/kafka/messages/list-groups.ts';
import { listOffsets } from '../../../../shared/adapters/kafka/messages/list-offsets.ts';
import { metadata } from '../../../../shared/adapters/kafka/messages/metadata.ts';
import {
  offsetFetch,
  offsetFetchOfOneGroup,
} from '../../../../shared/adapters/kafka/messages/offset-fetch.ts';

const ours = { api: 'Metadata', versions: { min: 9, max: 12 } } as const;
const broker = (min: number, max: number) => new Map([[apiKeys.Metadata, { min, max }]]);

describe('the newest version that both sides speak', () => {
  test.each([
    ['the broker speaks more on both sides', 0, 13, 12],
    ['the ranges are the same', 9, 12, 12],
    ['the broker ends below our newest', 0, 11, 11],
    ['they touch at our oldest', 0, 9, 9],
    ['they touch at our newest', 12, 20, 12],
    ['the broker speaks one version', 10, 10, 10],
  ])('%s', (_, min, max, version) => {
    expect(negotiateVersion(ours, broker(min, max))).toBe(version);
  });

  test.each([
    ['the broker is too old', 0, 8],
    ['the broker has dropped our newest', 13, 15],
  ])('%s: both ranges are told', (_, min, max) => {
    expect(() => negotiateVersion(ours, broker(min, max))).toThrow(
      expect.objectContaining({
        code: 'unsupported-version',
        message: expect.stringContaining(
          `the broker speaks Metadata ${min} to ${max}, Lagwarden speaks 9 to 12`,
        ),
      }),
    );
  });

  test('a broker that is too old is told what it would have to be, a newer one that Lagwarden is behind', () => {
    expect(() => negotiateVersion(ours, broker(0, 8))).toThrow('Kafka 2.8 or newer is needed');
    expect(() => negotiateVersion(ours, broker(13, 15))).toThrow('a newer Lagwarden is needed');
  });

  test('a broker without the request', () => {
    expect(() => negotiateVersion(ours, new Map())).toThrow(
      expect.objectContaining({
        code: 'unsupported-version',
        message: 'the broker does not offer Metadata',
      }),
    );
  });
});

describe('every message finds a version', () => {
  const messages = [
    apiVersions({ name: 'x', version: '1' }),
    metadata(null),
    listGroups(),
    listOffsets({ timestamp: -1n, readCommitted: false, partitions: new Map() }),
    describeGroups([]),
  ];
  /** By key: Kafka 2.8, 3.9, 4.0, 4.2, from franz-go's kversion. */
  const kafka: Record<string, Record<number, [number, number]>> = {
    '2.8': { 2: [0, 6], 3: [0, 11], 9: [0, 7], 15: [0, 5], 16: [0, 4], 18: [0, 3] },
    '3.9': { 2: [0, 9], 3: [0, 12], 9: [0, 9], 15: [0, 5], 16: [0, 5], 18: [0, 4], 69: [0, 0] },
    '4.0': { 2: [1, 10], 3: [0, 13], 9: [1, 9], 15: [0, 6], 16: [0, 5], 18: [0, 4], 69: [0, 1] },
    '4.2': { 2: [1, 11], 3: [0, 13], 9: [1, 10], 15: [0, 6], 16: [0, 5], 18: [0, 4], 69: [0, 1] },
  };
  const versions = (release: string) =>
    new Map(Object.entries(kafka[release] ?? {}).map(([key, [min, max]]) => [Number(key), { min, max }]));

  test.each(Object.keys(kafka))('with Kafka %s', (release) => {
    for (const message of messages) {
      expect(() => negotiateVersion(message, versions(release)), message.api).not.toThrow();
    }
    const commits = release === '2.8' ? offsetFetchOfOneGroup('g') : offsetFetch(['g']);
    expect(negotiateVersion(commits, versions(release))).toBe(release === '2.8' ? 7 : 8);
    if (release !== '2.8') {
      expect(negotiateVersion(consumerGroupDescribe([]), versions(release))).toBe(release === '3.9' ? 0 : 1);
    }
  });
});

test('the keys are those of the protocol', () => {
  expect(apiKeys).toEqual({
    ListOffsets: 2,
    Metadata: 3,
    OffsetFetch: 9,
    FindCoordinator: 10,
    DescribeGroups: 15,
    ListGroups: 16,
    ApiVersions: 18,
    DescribeConfigs: 32,
    DescribeCluster: 60,
    ConsumerGroupDescribe: 69,
  });
});
