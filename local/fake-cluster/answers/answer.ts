import type { SpokenApi } from '../apis.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { ClusterDescription } from '../description.ts';

/** A broker's place in the cluster, as its answers need it. */
export interface AnswerContext {
  readonly cluster: ClusterDescription;
  /** The broker that answers. */
  readonly broker: number;
  readonly version: number;
  readonly throttleMs: number;
  /** Brokers that Metadata names. */
  readonly alive: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  /** What the broker refuses a whole ListGroups with; 0 for nothing. */
  readonly listGroupsError: number;
  readonly offers: ReadonlyMap<number, { readonly min: number; readonly max: number }>;
}

/** Reads the request to its last byte and writes the body of its answer, the header's tags excluded. */
export type Answer = (request: ByteReader, out: ByteWriter, context: AnswerContext) => void;

export type Answers = Readonly<Record<SpokenApi, Answer>>;

/** Kafka's numbers of the errors that the stand-in answers by itself. */
export const kafkaError = {
  unknownTopicOrPartition: 3,
  notLeader: 6,
  notCoordinator: 16,
  unsupportedSaslMechanism: 33,
  unsupportedVersion: 35,
  invalidRequest: 42,
  saslAuthenticationFailed: 58,
  groupIdNotFound: 69,
} as const;
