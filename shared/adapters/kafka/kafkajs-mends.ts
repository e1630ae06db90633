import type Connection from 'kafkajs/src/network/connection.js';
import { Fault } from '../../domain/fault.ts';

// The faults of kafkajs's connection that are mended in place; docs/adr/0001 lists them.

/**
 * kafkajs checks its pending requests every millisecond for as long as a connection lives, and under Node 24 with a
 * negative time-out besides (kafkajs#1704, #1751). Only throttling can leave requests pending here, so the queue needs
 * one timer, and only then.
 */
export function replaceBusyLoop(connection: Connection): void {
  const queue = connection.requestQueue;
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length === 0 || queue.throttleCheckTimeoutId !== null) return;
    queue.throttleCheckTimeoutId = setTimeout(
      () => {
        queue.throttleCheckTimeoutId = null;
        queue.checkPendingRequests();
      },
      Math.max(1, queue.throttledUntil - Date.now()),
    );
  };
}

/** How long before its end a session is renewed, where it is long enough for that. */
const renewBeforeMs = 10_000;

/** A broker takes no second login within a second of the first (KIP-368) and answers it as out of place. */
const leastSessionAgeMs = 1100;

/**
 * kafkajs renews a session (KIP-368) with the first request that finds it within ten seconds of its end. One that lasts no
 * longer than that would be renewed before every request, and a broker refuses the second renewal within a second: here
 * the time is cut to a quarter of the session.
 */
export function renewSessionsInTime(connection: Connection): void {
  Object.defineProperty(connection, 'reauthenticationThreshold', {
    get: () => {
      const sessionMs = Number(connection.sessionLifetime);
      return Math.max(0, Math.min(renewBeforeMs, sessionMs / 4, sessionMs - leastSessionAgeMs));
    },
  });
}

/** A frame larger than this is not Kafka's: the first four bytes of an HTTP answer read as 1.2 GB. */
const maxFrameBytes = 512 * 1024 * 1024;

const lengthBytes = 4;
const correlationIdBytes = 4;

/**
 * kafkajs believes any frame length, lets a nonsensical one throw out of the socket's event, which would end the
 * process, and passes over an answer that nobody asked for, so that the true one is awaited for ever.
 */
export function replaceFraming(connection: Connection, close: (fault: Fault) => void): void {
  const broker = `${connection.host}:${connection.port}`;
  const queue = connection.requestQueue;
  let chunks: Buffer[] = [];
  let buffered = 0;
  let needed = lengthBytes;
  connection.processData = (bytes) => {
    chunks.push(bytes);
    buffered += bytes.length;
    while (buffered >= needed) {
      const buffer = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, buffered);
      chunks = [buffer];
      const size = buffer.readInt32BE();
      if (size < correlationIdBytes || size > maxFrameBytes) {
        close(new Fault('garbled', `${broker} announced an answer of ${size} bytes; is it a Kafka port?`));
        return;
      }
      needed = lengthBytes + size;
      if (buffered < needed) return;
      const correlationId = buffer.readInt32BE(lengthBytes);
      if (!queue.inflight.has(correlationId)) {
        close(new Fault('garbled', `${broker} answered request ${correlationId}, which it does not owe`));
        return;
      }
      const payload = buffer.subarray(lengthBytes + correlationIdBytes, needed);
      chunks = [buffer.subarray(needed)];
      buffered -= needed;
      needed = lengthBytes;
      queue.fulfillRequest({ size, correlationId, payload });
    }
  };
}
