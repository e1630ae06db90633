import {
  apiVersionsV3,
  consumerGroupDescribeV0,
  describeClusterV0,
  describeGroupsV5,
  findCoordinatorV4,
  listGroupsV5,
  listOffsetsV7,
  metadataV12,
  offsetFetchV8,
  type Reader,
} from '@platformatic/kafka';
import { AssignerProtocol } from 'kafkajs';
import type { Message } from '../../../../../shared/adapters/kafka/message.ts';
import { apiVersions } from '../../../../../shared/adapters/kafka/messages/api-versions.ts';
import { consumerGroupDescribe } from '../../../../../shared/adapters/kafka/messages/consumer-group-describe.ts';
import { describeCluster } from '../../../../../shared/adapters/kafka/messages/describe-cluster.ts';
import { describeGroups } from '../../../../../shared/adapters/kafka/messages/describe-groups.ts';
import { findCoordinator } from '../../../../../shared/adapters/kafka/messages/find-coordinator.ts';
import { listGroups } from '../../../../../shared/adapters/kafka/messages/list-groups.ts';
import { listOffsets } from '../../../../../shared/adapters/kafka/messages/list-offsets.ts';
import { metadata } from '../../../../../shared/adapters/kafka/messages/metadata.ts';
import { offsetFetch } from '../../../../../shared/adapters/kafka/messages/offset-fetch.ts';
import type { FaultCode } from '../../../../../shared/domain/fault.ts';
import type { Member } from '../../../../../shared/domain/snapshot.ts';
import { bytes } from './golden.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of another client's answer, whatever the bytes made of it
type Theirs = any;

/** One message: a sound answer, and what both decoders must agree on, each from its own value. */
export interface Subject<Answer> {
  readonly name: string;
  readonly version: number;
  readonly message: Message<Answer>;
  readonly answer: Buffer;
  readonly oracle: (correlationId: number, apiKey: number, version: number, from: Reader) => unknown;
  readonly ours: (answer: Answer) => unknown;
  readonly theirs: (answer: Theirs) => unknown;
  /** Codes of the Faults by which bytes may be refused. @default garbled */
  readonly refusals?: readonly FaultCode[];
}

function subject<Answer>(one: Subject<Answer>): Subject<unknown> {
  return one as Subject<unknown>;
}

export const subjects: readonly Subject<unknown>[] = [
  subject({
    name: 'OffsetFetch',
    version: 8,
    message: offsetFetch(['g1']),
    answer: bytes(`
      00000000 03
        03"g1" 02 03"t1" 03
          00000000 0000000000000064 00000001 01 0000 00
          00000007 7fffffffffffffff ffffffff 03"md" 0000 00
        00 0000 00
        03"g2" 01 0010 00
      00`),
    oracle: offsetFetchV8.parseResponse,
    ours: (groups) =>
      groups.map(({ group, error, topics }) => ({
        group,
        error,
        commits: topics.flatMap(({ topic, partitions, offsets }) =>
          partitions.map((partition, i) => [topic, partition, offsets[i]]),
        ),
      })),
    theirs: ({ groups }) =>
      groups.map((group: Theirs) => ({
        group: group.groupId,
        error: group.errorCode,
        commits: group.topics.flatMap((topic: Theirs) =>
          topic.partitions
            .filter((one: Theirs) => one.errorCode === 0 && one.committedOffset >= 0n)
            .map((one: Theirs) => [topic.name, one.partitionIndex, one.committedOffset]),
        ),
      })),
  }),
  subject({
    name: 'ListOffsets',
    version: 7,
    message: listOffsets({ timestamp: -1n, readCommitted: false, partitions: new Map() }),
    answer: bytes(`
      00000000 03
        03"t1" 03
          00000000 0000 ffffffffffffffff 7fffffffffffffff 00000003 00
          00000005 0006 ffffffffffffffff ffffffffffffffff ffffffff 00
        00
        03"t2" 02 00000001 0000 ffffffffffffffff 0000000000000000 00000000 00 00
      00`),
    oracle: listOffsetsV7.parseResponse,
    ours: (topics) =>
      topics.flatMap(({ topic, partitions, errors, offsets }) =>
        partitions.map((partition, i) => [topic, partition, errors[i], offsets[i]]),
      ),
    theirs: ({ topics }) =>
      topics.flatMap((topic: Theirs) =>
        topic.partitions.map((one: Theirs) => [topic.name, one.partitionIndex, one.errorCode, one.offset]),
      ),
  }),
  subject({
    name: 'ListGroups',
    version: 5,
    message: listGroups(),
    answer: bytes(
      '00000000 0000 03 03"g1"09"consumer"07"Stable"09"Consumer"00 03"g2"06"share"06"Empty"06"Share"00 00',
    ),
    oracle: listGroupsV5.parseResponse,
    ours: ({ error, groups }) => ({
      error,
      groups: groups.map(({ group, protocolType, state, type }) => [group, protocolType, state, type]),
    }),
    theirs: ({ errorCode, groups }) => ({
      error: errorCode,
      groups: groups.map((one: Theirs) => [one.groupId, one.protocolType, one.groupState, one.groupType]),
    }),
  }),
  subject({
    name: 'Metadata',
    version: 12,
    message: metadata(null),
    answer: bytes(`
      00000000
      02 00000001 03"b1" 00002384 00 00
      03"id" 00000001
      02 0000 03"t1" 000102030405060708090a0b0c0d0e0f 00
        02 0000 00000000 00000001 00000005 02 00000001 02 00000001 01 00
        80000000 00
      00`),
    oracle: metadataV12.parseResponse,
    ours: ({ clusterId, brokers, topics }) => ({
      clusterId,
      brokers: brokers.map(({ id, host, port }) => [id, host, port]),
      partitions: topics.flatMap(({ name, error, partitions }) =>
        partitions.map((one) => [name, error, one.error, one.partition, one.leader, one.replicas]),
      ),
    }),
    theirs: ({ clusterId, brokers, topics }) => ({
      clusterId,
      brokers: brokers.map((one: Theirs) => [one.nodeId, one.host, one.port]),
      partitions: topics.flatMap((topic: Theirs) =>
        topic.partitions.map((one: Theirs) => [
          topic.name ?? '',
          topic.errorCode,
          one.errorCode,
          one.partitionIndex,
          one.leaderId,
          one.replicaNodes,
        ]),
      ),
    }),
  }),
  subject({
    name: 'DescribeGroups',
    version: 5,
    message: describeGroups(['g1']),
    answer: bytes(`
      00000000 03
        0000 03"g1" 07"Stable" 09"consumer" 06"range" 02
          03"m1" 00 04"app" 0a"/10.0.0.3"
          0f 0000 00000001 0002"t1" ffffffff
          1b 0000 00000001 0002"t1" 00000002 00000000 00000003 ffffffff
          00
        80000000 00
        0000 03"g2" 07"Stable" 08"connect" 08"default" 02
          03"w1" 00 04"wrk" 06"host2" 04 010203 01 00
        80000000 00
      00`),
    oracle: describeGroupsV5.parseResponse,
    ours: (groups) =>
      groups.map(({ group, error, state, members }) => [group, error, state, members.map(memberParts)]),
    theirs: ({ groups }) =>
      groups.map((group: Theirs) => [
        group.groupId,
        group.errorCode,
        group.groupState,
        group.members.map((one: Theirs) => [
          one.memberId,
          one.clientId,
          withoutSlash(one.clientHost),
          group.protocolType === 'consumer' ? subscribedByKafkajs(one.memberMetadata) : null,
          group.protocolType === 'consumer' ? assignedByKafkajs(one.memberAssignment) : [],
        ]),
      ]),
  }),
  subject({
    name: 'ConsumerGroupDescribe',
    version: 0,
    message: consumerGroupDescribe(['g1']),
    answer: bytes(`
      00000000 03
        0000 00 03"g1" 07"Stable" 00000009 00000008 08"uniform" 02
          03"m1" 00 00 00000009 04"app" 0a"/10.0.0.3"
          02 03"t1" 00
          02 000102030405060708090a0b0c0d0e0f 03"t1" 03 00000000 00000003 00 00
          01 00
          00
        80000000 00
        0045 03"no" 03"g2" 01 00000000 00000000 01 01 80000000 00
      00`),
    oracle: consumerGroupDescribeV0.parseResponse,
    ours: (groups) =>
      groups.map(({ group, error, state, members }) => [group, error, state, members.map(memberParts)]),
    theirs: ({ groups }) =>
      groups.map((group: Theirs) => [
        group.groupId,
        group.errorCode,
        group.groupState,
        group.members.map((one: Theirs) => {
          const owned = new Map(
            one.assignment.topicPartitions.map((own: Theirs) => [own.topicName, own.partitions]),
          );
          const subscribed = one.subscribedTopicRegex
            ? new Set([...one.subscribedTopicNames, ...owned.keys()])
            : one.subscribedTopicNames;
          return [one.memberId, one.clientId, withoutSlash(one.clientHost), [...subscribed], [...owned]];
        }),
      ]),
  }),
  subject({
    name: 'FindCoordinator',
    version: 4,
    message: findCoordinator(['g1']),
    answer: bytes(`
      00000000 03
        03"g1" 00000002 03"b2" 00002384 0000 00 00
        03"g2" ffffffff 01 ffffffff 000f 05"none" 00
      00`),
    oracle: findCoordinatorV4.parseResponse,
    ours: (groups) => groups.map(({ group, error, broker }) => [group, error, broker]),
    theirs: ({ coordinators }) => coordinators.map((one: Theirs) => [one.key, one.errorCode, one.nodeId]),
  }),
  subject({
    name: 'ApiVersions',
    version: 3,
    message: apiVersions({ name: 'lagwarden', version: '1' }),
    answer: bytes(`
      0000 05
        0002 0000 0009 00
        0003 0000 000d 00
        0009 0001 0009 00
        0010 0003 0005 00
      00000000 00`),
    oracle: apiVersionsV3.parseResponse,
    ours: (versions) => [...versions].map(([key, { min, max }]) => [key, min, max]),
    theirs: ({ apiKeys }) => [
      ...new Map(
        apiKeys.map((one: Theirs) => [one.apiKey, [one.apiKey, one.minVersion, one.maxVersion]]),
      ).values(),
    ],
    // Any error of the broker means that it does not speak the version.
    refusals: ['garbled', 'unsupported-version'],
  }),
  subject({
    name: 'DescribeCluster',
    version: 0,
    message: describeCluster(),
    answer: bytes(`
      00000000 0000 00 03"id" 00000001 03
        00000001 03"b1" 00002384 00 00
        00000002 03"b2" 00002384 03"r2" 00
      00000100 00`),
    oracle: describeClusterV0.parseResponse,
    ours: ({ error, mayDescribe }) => [error, mayDescribe],
    theirs: (one) => [one.errorCode, Math.floor((one.clusterAuthorizedOperations >>> 0) / 256) % 2 === 1],
  }),
];

function memberParts({ id, clientId, host, subscribed, assigned }: Member): unknown[] {
  return [id, clientId, host, subscribed, [...assigned]];
}

function withoutSlash(host: string): string {
  return host.replace(/^[/]/, '');
}

/** What kafkajs reads from the bytes that classic members leave with the broker. @throws Error where it is not to be asked. */
function subscribedByKafkajs(stored: Buffer): readonly string[] | null {
  if (stored.length === 0) return null;
  const { topics } = AssignerProtocol.MemberMetadata.decode(counted(stored)) ?? { topics: [] };
  return named(topics);
}

function assignedByKafkajs(stored: Buffer): readonly (readonly [string, readonly number[]])[] {
  if (stored.length === 0) return [];
  const { assignment } = AssignerProtocol.MemberAssignment.decode(counted(stored)) ?? { assignment: {} };
  named(Object.keys(assignment));
  const owned = Object.entries(assignment as Record<string, number[]>);
  return owned.some(([, partitions]) => partitions.some((one) => one < 0)) ? [] : owned;
}

/** kafkajs would go through billions of items that are not there. */
function counted(stored: Buffer): Buffer {
  if (stored.length >= 6 && stored.readInt32BE(2) > stored.length)
    throw new RangeError('more items than bytes');
  return stored;
}

/** kafkajs goes backwards over a string of negative length, and knows no bounds for one that is too long. */
function named(topics: readonly string[]): readonly string[] {
  if (topics.some((topic) => topic === null || topic === '' || topic === 'null'))
    throw new RangeError('no name');
  return topics;
}
