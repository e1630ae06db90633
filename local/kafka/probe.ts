import { connect } from 'node:net';
import { loopback } from './broker-settings.ts';

/** A partition as one broker sees it; brokers are given by id, a missing leader is -1. */
export interface PartitionView {
  readonly topic: string;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** What one broker says of its cluster. */
export interface ClusterView {
  readonly brokers: readonly number[];
  readonly partitions: readonly PartitionView[];
}

const none = 0;

/** The cluster as one broker sees it: brokers that are fenced are not listed. Throws if it does not answer in time. */
export async function viewOfCluster(port: number, timeoutMs: number): Promise<ClusterView> {
  const allTopics = int32(-1);
  const reader = await ask(port, timeoutMs, 3, 8, Buffer.concat([allTopics, Buffer.from([0, 0, 0])]));
  reader.int32(); // throttle time
  const brokers = reader.array(() => {
    const id = reader.int32();
    reader.text();
    reader.int32();
    reader.text();
    return id;
  });
  reader.text(); // cluster id
  reader.int32(); // controller
  const partitions = reader.array(() => {
    reader.int16();
    const topic = reader.text() ?? '';
    reader.int8();
    const rows = reader.array(() => {
      reader.int16();
      reader.int32();
      const leader = reader.int32();
      reader.int32();
      const replicas = reader.array(() => reader.int32());
      const inSync = reader.array(() => reader.int32());
      reader.array(() => reader.int32());
      return { topic, leader, replicas, inSync };
    });
    reader.int32();
    return rows;
  });
  return { brokers, partitions: partitions.flat() };
}

/** Whether some group's coordinator can be found; asking creates the offsets topic. */
export async function coordinatorIsFound(port: number, timeoutMs: number): Promise<boolean> {
  const anyGroup = text('lagwarden-readiness');
  const reader = await ask(port, timeoutMs, 10, 2, Buffer.concat([anyGroup, Buffer.from([0])]));
  reader.int32(); // throttle time
  return reader.int16() === none;
}

/** Whether this broker has loaded all groups that it coordinates. */
export async function groupsAreLoaded(port: number, timeoutMs: number): Promise<boolean> {
  const reader = await ask(port, timeoutMs, 16, 2, Buffer.alloc(0));
  reader.int32(); // throttle time
  return reader.int16() === none;
}

/** One request on a connection of its own, in a version of the message that every pinned release speaks. */
function ask(port: number, timeoutMs: number, api: number, version: number, body: Buffer): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: loopback, port });
    const chunks: Buffer[] = [];
    let received = 0;
    let size = Number.POSITIVE_INFINITY;
    const timer = setTimeout(() => fail('no answer in time'), timeoutMs);
    const fail = (why: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`broker at ${loopback}:${port}: ${why}`));
    };
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('closed the connection'));
    socket.on('connect', () => {
      const request = Buffer.concat([int16(api), int16(version), int32(1), text('lagwarden-launcher'), body]);
      socket.write(Buffer.concat([int32(request.length), request]));
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received >= 4 && size === Number.POSITIVE_INFINITY) size = Buffer.concat(chunks).readInt32BE(0);
      if (received < 4 + size) return;
      clearTimeout(timer);
      resolve(new Reader(Buffer.concat(chunks), 8)); // after size and correlation id
      socket.destroy();
    });
  });
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#move(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4));
  }

  text(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const start = this.#move(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  array<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, item);
  }

  #move(bytes: number): number {
    const start = this.#at;
    this.#at += bytes;
    return start;
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
