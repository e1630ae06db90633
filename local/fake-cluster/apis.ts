import { apiKeys } from '../../shared/adapters/kafka/message.ts';

/** Login requests, which kafkajs itself sends; all others are Lagwarden's own. */
const loginKeys = { SaslHandshake: 17, SaslAuthenticate: 36 } as const;

export const spokenKeys = { ...apiKeys, ...loginKeys } as const;

export type SpokenApi = keyof typeof spokenKeys;

export interface Versions {
  min: number;
  max: number;
}

const nameByKey = new Map<number, SpokenApi>(
  Object.entries(spokenKeys).map(([name, key]) => [key, name as SpokenApi]),
);

export function apiName(key: number): SpokenApi | undefined {
  return nameByKey.get(key);
}

/** What a broker of Kafka 4.1 offers of these. */
export function kafka41Versions(): Map<SpokenApi, Versions> {
  return new Map<SpokenApi, Versions>([
    ['ListOffsets', { min: 1, max: 10 }],
    ['Metadata', { min: 0, max: 13 }],
    ['OffsetFetch', { min: 1, max: 9 }],
    ['FindCoordinator', { min: 0, max: 6 }],
    ['DescribeGroups', { min: 0, max: 6 }],
    ['ListGroups', { min: 0, max: 5 }],
    ['SaslHandshake', { min: 0, max: 1 }],
    ['ApiVersions', { min: 0, max: 4 }],
    ['SaslAuthenticate', { min: 0, max: 1 }],
    ['DescribeCluster', { min: 0, max: 2 }],
    ['DescribeConfigs', { min: 1, max: 4 }],
    ['ConsumerGroupDescribe', { min: 0, max: 1 }],
  ]);
}

/** What a broker of Kafka 2.8 offers: one group per OffsetFetch, no type of group, no KIP-848. */
export function kafka28Versions(): Map<SpokenApi, Versions> {
  return new Map<SpokenApi, Versions>([
    ['ListOffsets', { min: 0, max: 6 }],
    ['Metadata', { min: 0, max: 11 }],
    ['OffsetFetch', { min: 0, max: 7 }],
    ['FindCoordinator', { min: 0, max: 3 }],
    ['DescribeGroups', { min: 0, max: 5 }],
    ['ListGroups', { min: 0, max: 4 }],
    ['SaslHandshake', { min: 0, max: 1 }],
    ['ApiVersions', { min: 0, max: 3 }],
    ['SaslAuthenticate', { min: 0, max: 1 }],
    ['DescribeCluster', { min: 0, max: 0 }],
    ['DescribeConfigs', { min: 0, max: 4 }],
  ]);
}
