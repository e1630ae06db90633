import { Fault } from '../../domain/fault.ts';
import type { UnreadCause, UnreadReason } from '../../domain/unread.ts';
import { errorName, unreadReason } from './kafka-errors.ts';

/** One part of a poll: what it gave, or why it is unread. */
export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly cause: UnreadCause };

/** A Fault becomes a cause, so that the part that failed costs only itself; anything else is a mistake of ours. */
export async function toAttempt<Value>(promise: Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, cause: { reason: faultReason(error), detail: error.message } };
  }
}

function faultReason(fault: Fault): UnreadReason {
  switch (fault.code) {
    case 'timed-out':
    case 'deadline-passed':
      return 'timed-out';
    case 'unreachable':
    case 'connection-closed':
    case 'tls-failed':
      return 'unreachable';
    case 'authentication-failed':
    case 'unauthorised':
      return 'unauthorised';
    case 'unsupported-version':
      return 'unsupported';
    case 'garbled':
      return 'garbled';
    case 'kafka-error':
      return 'kafka-error';
  }
}

/** An error code that Kafka answered, as the cause of an unread part. */
export function kafkaCause(error: number, answered: string): UnreadCause {
  return { reason: unreadReason(error), detail: `${errorName(error)} answered to ${answered}` };
}
