import type { UnreadReason } from '../../domain/unread.ts';

/**
 * Kafka's error codes that reading can meet (org.apache.kafka.common.protocol.Errors). Own table, since kafkajs knows
 * none above 88.
 */
const errorNames: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  1: 'OFFSET_OUT_OF_RANGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  9: 'REPLICA_NOT_AVAILABLE',
  14: 'COORDINATOR_LOAD_IN_PROGRESS',
  15: 'COORDINATOR_NOT_AVAILABLE',
  16: 'NOT_COORDINATOR',
  17: 'INVALID_TOPIC_EXCEPTION',
  24: 'INVALID_GROUP_ID',
  25: 'UNKNOWN_MEMBER_ID',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  30: 'GROUP_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  35: 'UNSUPPORTED_VERSION',
  42: 'INVALID_REQUEST',
  43: 'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  56: 'KAFKA_STORAGE_ERROR',
  69: 'GROUP_ID_NOT_FOUND',
  72: 'LISTENER_NOT_FOUND',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  78: 'OFFSET_NOT_AVAILABLE',
  88: 'UNSTABLE_OFFSET_COMMIT',
  89: 'THROTTLING_QUOTA_EXCEEDED',
  100: 'UNKNOWN_TOPIC_ID',
};

/** Kafka's name of an error code, with the number where the name is not known. */
export function errorName(code: number): string {
  return errorNames[code] ?? `error ${code}`;
}

/** What an error on a group, topic or partition means for whoever wanted to read it. */
export function unreadReason(code: number): UnreadReason {
  switch (errorNames[code]) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'UNKNOWN_TOPIC_ID':
      return 'topic-missing';
    case 'LEADER_NOT_AVAILABLE':
    case 'LISTENER_NOT_FOUND':
      return 'leaderless';
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'FENCED_LEADER_EPOCH':
    case 'UNKNOWN_LEADER_EPOCH':
    case 'OFFSET_NOT_AVAILABLE':
    case 'REPLICA_NOT_AVAILABLE':
      return 'leader-moved';
    case 'REQUEST_TIMED_OUT':
      return 'timed-out';
    case 'COORDINATOR_LOAD_IN_PROGRESS':
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NOT_COORDINATOR':
      return 'coordinator-unread';
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'GROUP_AUTHORIZATION_FAILED':
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return 'unauthorised';
    case 'UNSUPPORTED_VERSION':
      return 'unsupported';
    default:
      return 'kafka-error';
  }
}

/** Errors that a fresh look at the leaders may mend: worth one more attempt within the poll. */
export function isLeaderChange(code: number): boolean {
  return unreadReason(code) === 'leader-moved';
}

/** The group has moved to another coordinator: worth one more attempt there. */
export function isCoordinatorChange(code: number): boolean {
  return errorNames[code] === 'NOT_COORDINATOR';
}
