import { Fault } from '../../domain/fault.ts';
import type { WireReader, WireWriter } from './wire.ts';

/** The requests that we send, by Kafka's own names and keys (https://kafka.apache.org/protocol#protocol_api_keys). */
export const apiKeys = {
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
} as const;

export type ApiName = keyof typeof apiKeys;

/** The requests of a SASL login, which kafkajs writes. */
export type LoginApiName = 'SaslHandshake' | 'SaslAuthenticate';

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** Which versions of each request a broker speaks, by api key. */
export type BrokerVersions = ReadonlyMap<number, VersionRange>;

/**
 * One request with its answer's decoder. All versions listed must be flexible (KIP-482), since the transport writes
 * request header v2 and expects response header v1.
 */
export interface Message<Answer> {
  readonly api: ApiName;
  /** The versions that `encode` and `decode` know. */
  readonly versions: VersionRange;
  encode(out: WireWriter, version: number): void;
  decode(from: WireReader, version: number): Answer;
}

/**
 * The newest version that both sides speak. Looks at the broker's minimum as well as its maximum: a broker that has
 * dropped our newest version must be told apart from one that is too old.
 *
 * @throws Fault `unsupported-version` naming both ranges.
 */
export function negotiateVersion(
  message: Pick<Message<unknown>, 'api' | 'versions'>,
  broker: BrokerVersions,
): number {
  const ours = message.versions;
  const theirs = broker.get(apiKeys[message.api]);
  if (theirs === undefined) {
    throw new Fault('unsupported-version', `the broker does not offer ${message.api}`);
  }
  const version = Math.min(ours.max, theirs.max);
  if (version < ours.min || version < theirs.min) {
    throw new Fault(
      'unsupported-version',
      `the broker speaks ${message.api} ${theirs.min} to ${theirs.max}, Lagwarden speaks ${ours.min} to ${ours.max}; ` +
        (theirs.min > ours.max ? 'a newer Lagwarden is needed' : 'Kafka 2.8 or newer is needed'),
    );
  }
  return version;
}
