import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FakeBroker } from '../../../../local/fake-cluster/broker.ts';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import {
  cutAfter,
  type Delivery,
  httpAnswer,
  inPieces,
  instead,
  later,
  never,
  reset,
  truncatedTo,
  twice,
  wholly,
  withBody,
  withCorrelationId,
  withLength,
} from '../../../../local/fake-cluster/delivery.ts';
import { group } from '../../../../local/fake-cluster/description.ts';
import { listGroups } from '../../../../shared/adapters/kafka/messages/list-groups.ts';
import { metadata } from '../../../../shared/adapters/kafka/messages/metadata.ts';
import { tokenLogin } from '../../../../shared/adapters/kafka/token-login.ts';
import { BrokerConnection, type TransportOptions } from '../../../../shared/adapters/kafka/transport.ts';
import type { Fault } from '../../../../shared/domain/fault.ts';
import { eventually } from '../../../support/eventually.ts';

let cluster: FakeCluster;
let broker: FakeBroker;
const opened: BrokerConnection[] = [];
const warnings: Error[] = [];
const onWarning = (warning: Error) => warnings.push(warning);
const noDeadline = new AbortController().signal;

beforeEach(async () => {
  cluster = await FakeCluster.start(1);
  broker = cluster.broker(1);
  cluster.description.groups.set('g', group(1));
  process.on('warning', onWarning);
  warnings.length = 0;
});

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close();
  await cluster.stop();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
  expect(cluster.violations).toEqual([]);
});

async function open(
  overrides: Partial<TransportOptions> = {},
  signal = noDeadline,
): Promise<BrokerConnection> {
  const connection = await BrokerConnection.open(
    broker.address,
    {
      login: { tls: null, sasl: null },
      connectTimeoutMs: 3000,
      silenceTimeoutMs: 3000,
      onRequest: () => {},
      ...overrides,
    },
    signal,
  );
  opened.push(connection);
  return connection;
}

/** Deliveries for the answers to what we ask once connected. */
function deliver(delivery: Delivery): void {
  broker.delivery = ({ api }) => (api === 'ApiVersions' ? wholly : delivery);
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (fault: Fault) => fault,
  );
}

const theGroups = {
  error: 0,
  groups: [{ group: 'g', protocolType: 'consumer', state: 'Stable', type: 'Classic' }],
};

describe('what is used of kafkajs', () => {
  test('is of the version whose internals were read', () => {
    const manifest = readFileSync(
      new URL('../../../../node_modules/kafkajs/package.json', import.meta.url),
      'utf8',
    );
    expect(JSON.parse(manifest).version).toBe('2.2.4');
  });

  test('is there', () => {
    const silent = { info() {}, error() {}, warn() {}, debug() {}, namespace: () => silent };
    const connection = new Connection({
      host: 'localhost',
      port: 1,
      ssl: null,
      sasl: null,
      clientId: 'x',
      connectionTimeout: 1,
      requestTimeout: 1,
      enforceRequestTimeout: false,
      socketFactory: createSocketFactory(),
      logger: silent,
    });
    for (const method of [
      'processData',
      'connect',
      'authenticate',
      'setVersions',
      'setSupportAuthenticationProtocol',
      'send',
    ] as const) {
      expect(connection[method], method).toBeTypeOf('function');
    }
    const queue = connection.requestQueue;
    for (const method of [
      'checkPendingRequests',
      'scheduleCheckPendingRequests',
      'fulfillRequest',
      'rejectAll',
    ] as const) {
      expect(queue[method], method).toBeTypeOf('function');
    }
    expect(queue.pending).toEqual([]);
    expect(queue.inflight).toEqual(new Map());
    expect(queue.throttledUntil).toBe(-1);
    expect(queue.throttleCheckTimeoutId).toBeNull();
    expect(connection.connectionStatus).toBe('disconnected');
  });

  test('carries a flexible request and its answer', async () => {
    const connection = await open();
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
    expect(broker.received).toEqual([
      { api: 'ApiVersions', version: 3, clientId: 'lagwarden' },
      { api: 'ListGroups', version: 5, clientId: 'lagwarden' },
    ]);
    expect(broker.connectionsAccepted).toBe(1);
  });

  test('counts every request that goes out, the handshake included', async () => {
    const sent: string[] = [];
    const connection = await open({ onRequest: (api) => sent.push(api) });
    await connection.send(listGroups(), noDeadline);
    await connection.send(metadata(null), noDeadline);
    expect(sent).toEqual(broker.received.map(({ api }) => api));
  });

  test('sets no timer while nothing is asked', async () => {
    const connection = await open();
    await connection.send(listGroups(), noDeadline);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const intervals = vi.spyOn(globalThis, 'setInterval');
    try {
      const idle = Promise.withResolvers<void>();
      setTimeout(idle.resolve, 60);
      await idle.promise;
      // The one is this test's own. kafkajs itself would have set about 40, with a warning for each.
      expect(timers).toHaveBeenCalledTimes(1);
      expect(intervals).not.toHaveBeenCalled();
    } finally {
      timers.mockRestore();
      intervals.mockRestore();
    }
  });
});

describe('answers in any form that TCP may give them', () => {
  test.each<[string, Delivery]>([
    ['byte by byte', inPieces(1)],
    ['three bytes at a time', inPieces(3)],
    ['late', later(50)],
  ])('%s', async (_, delivery) => {
    const connection = await open();
    deliver(delivery);
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
  });

  test('many at once, in the order in which they were asked for', async () => {
    const connection = await open();
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        if (i % 2 === 0) return connection.send(metadata(['t']), noDeadline);
        return connection.send(listGroups(), noDeadline);
      }),
    );
    expect(answers.filter((answer) => 'groups' in answer)).toHaveLength(150);
  });

  test('hundreds of requests under one deadline set off no warning about listeners', async () => {
    const connection = await open();
    const deadline = new AbortController();
    await Promise.all(Array.from({ length: 300 }, () => connection.send(listGroups(), deadline.signal)));
    // Warnings are emitted in a later turn.
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe('bytes that are not what was asked for', () => {
  const twoLists = Buffer.concat([Buffer.alloc(4), Buffer.from('0000010001ff', 'hex')]);

  test.each<[string, Delivery]>([
    ['an HTTP answer', httpAnswer],
    ['noise', instead(Buffer.from('fedcba9876543210'.repeat(20), 'hex'))],
    ['a length of −1', withLength(-1)],
    ['a length of −2³¹', withLength(-(2 ** 31))],
    ['a length of −20', withLength(-20)],
    ['a length of 0', withLength(0)],
    ['a length of 3, too short for a correlation id', withLength(3)],
    ['a length of 2³¹ − 1', withLength(2 ** 31 - 1)],
    ['a frame that ends within the body', truncatedTo(12)],
    ['a frame without a body', truncatedTo(4)],
    ['a body of something else', withBody(twoLists)],
    ['a body with bytes to spare', withBody(Buffer.from('00000000000000010000ff', 'hex'))],
    ['an endless array', withBody(Buffer.from('00000000000000ffffffff0f', 'hex'))],
    ['the answer to another request', withCorrelationId(1)],
    ['the answer to a request long past', withCorrelationId(-1)],
  ])('%s: garbled, and the connection is given up', async (_, delivery) => {
    const connection = await open();
    deliver(delivery);
    const fault = await faultOf(connection.send(listGroups(), noDeadline));
    expect(fault.message).toContain(`127.0.0.1:${broker.port}`);
    expect(fault.code).toBe('garbled');
    expect(connection.isUsable).toBe(false);
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });

  test('an answer that comes twice ends the connection: what else would it get wrong', async () => {
    const connection = await open();
    deliver(twice);
    await Promise.allSettled([connection.send(listGroups(), noDeadline)]);
    await eventually('the connection is given up', 4000, () => !connection.isUsable);
    expect((await faultOf(connection.send(listGroups(), noDeadline))).code).toBe('garbled');
  });

  test('take along what else was asked on that connection', async () => {
    const connection = await open();
    let answers = 0;
    deliver((answer, socket) => (++answers === 2 ? httpAnswer : never)(answer, socket));
    const faults = await Promise.all([1, 2, 3].map(() => faultOf(connection.send(listGroups(), noDeadline))));
    expect(faults.map(({ code }) => code)).toEqual(['garbled', 'garbled', 'garbled']);
  });

  test.each<[string, Delivery]>([
    ['an HTTP answer', httpAnswer],
    ['a negative length', withLength(-5)],
    ['a cut body', truncatedTo(9)],
  ])('%s to the handshake', async (_, delivery) => {
    broker.delivery = () => delivery;
    const fault = await faultOf(open());
    expect(fault.code).toBe('garbled');
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });
});

describe('connections that end', () => {
  test.each<[string, Delivery]>([
    ['closed instead of an answer', cutAfter(0)],
    ['closed within the length', cutAfter(2)],
    ['closed in the middle of the answer', cutAfter(9)],
    ['reset', reset],
  ])('%s', async (_, delivery) => {
    const connection = await open();
    deliver(delivery);
    const fault = await faultOf(connection.send(listGroups(), noDeadline));
    expect(fault.code).toBe('connection-closed');
    expect(connection.isUsable).toBe(false);
  });

  test('closed while idle: seen before the next request', async () => {
    const connection = await open();
    broker.dropConnections();
    await eventually('the end is noticed', 4000, () => !connection.isUsable);
    expect((await faultOf(connection.send(listGroups(), noDeadline))).code).not.toBe('garbled');
  });

  test('closed during the handshake', async () => {
    broker.delivery = () => cutAfter(6);
    expect((await faultOf(open())).code).toBe('connection-closed');
  });

  test('refused', async () => {
    await broker.stop();
    const fault = await faultOf(open());
    expect(fault.code).toBe('unreachable');
    expect(fault.message).toMatch(/^127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  test('closed by ourselves with a request under way', async () => {
    const connection = await open();
    deliver(never);
    const answer = faultOf(connection.send(listGroups(), noDeadline));
    connection.close();
    expect((await answer).code).toBe('connection-closed');
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });
});

describe('silence', () => {
  test('ends in a time-out that closes the socket', async () => {
    const connection = await open({ silenceTimeoutMs: 80 });
    deliver(never);
    const fault = await faultOf(connection.send(listGroups(), noDeadline));
    expect(fault.code).toBe('timed-out');
    expect(fault.message).toBe(`127.0.0.1:${broker.port} did not answer ListGroups within 80 ms`);
    expect(connection.isUsable).toBe(false);
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });

  test('of a slow answer is none while its bytes still arrive', async () => {
    const connection = await open({ silenceTimeoutMs: 600 });
    // About 40 bytes, 25 ms apart: longer than the time-out, without ever being silent for as long.
    deliver(inPieces(1, 25));
    const startedAt = performance.now();
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
    expect(performance.now() - startedAt).toBeGreaterThan(600);
  });

  test('during the handshake ends in a time-out too', async () => {
    broker.delivery = () => never;
    const fault = await faultOf(open({ connectTimeoutMs: 80 }));
    expect(fault.code).toBe('timed-out');
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });
});

describe('the deadline', () => {
  test('ends every request at once and closes the socket', async () => {
    const connection = await open();
    deliver(never);
    const deadline = new AbortController();
    const answers = Promise.all([1, 2, 3].map(() => faultOf(connection.send(listGroups(), deadline.signal))));
    await eventually('they are sent', 4000, () => broker.count('ListGroups') === 3);
    deadline.abort();
    expect((await answers).map(({ code }) => code)).toEqual(Array(3).fill('deadline-passed'));
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });

  test('that has passed lets nothing go out', async () => {
    const connection = await open();
    const fault = await faultOf(connection.send(listGroups(), AbortSignal.abort()));
    expect(fault.code).toBe('deadline-passed');
    expect(broker.count('ListGroups')).toBe(0);
    expect(connection.isUsable).toBe(true);
  });

  test('that has passed lets no connection be opened', async () => {
    await faultOf(open({}, AbortSignal.abort()));
    expect(broker.received).toEqual([]);
  });

  test('leaves no timer and no listener behind', async () => {
    const connection = await open();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    try {
      await Promise.all(Array.from({ length: 50 }, () => connection.send(listGroups(), signal)));
      const timers = set.mock.results.map(({ value }) => value);
      expect(timers).toHaveLength(50);
      expect(new Set(cleared.mock.calls.map(([timer]) => timer))).toEqual(new Set(timers));
    } finally {
      set.mockRestore();
      cleared.mockRestore();
    }
    expect(added).toHaveBeenCalledTimes(50);
    expect(removed.mock.calls).toEqual(added.mock.calls.map(([type, listener]) => [type, listener]));
  });
});

describe('throttling (KIP-219)', () => {
  test('holds the next request back, which is not taken for silence', async () => {
    const connection = await open({ silenceTimeoutMs: 60 });
    broker.throttleMs = 300;
    await connection.send(listGroups(), noDeadline);
    broker.throttleMs = 0;
    const startedAt = performance.now();
    const second = connection.send(listGroups(), noDeadline);
    expect(await second).toEqual(theGroups);
    // Less a little, since the broker's time runs from when its answer was read.
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    expect(broker.count('ListGroups')).toBe(2);
  });

  test('of absurd length ends with the deadline, without a timer that overflows', async () => {
    const connection = await open({ silenceTimeoutMs: 800 });
    broker.throttleMs = 2 ** 31 - 1;
    let answers = 0;
    deliver((answer, socket) => (++answers === 1 ? later(60) : never)(answer, socket));
    const deadline = new AbortController();
    const first = connection.send(listGroups(), deadline.signal);
    const second = faultOf(connection.send(listGroups(), deadline.signal));
    await first;
    const third = faultOf(connection.send(listGroups(), deadline.signal));
    // Past the first look for silence, at which the wait is set anew: longer than any timer can be.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(connection.isUsable).toBe(true);
    deadline.abort();
    expect((await second).code).toBe('deadline-passed');
    expect((await third).code).toBe('deadline-passed');
    expect(broker.count('ListGroups')).toBe(2);
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  test('a negative throttle time is none', async () => {
    const connection = await open();
    broker.throttleMs = -1000;
    await connection.send(listGroups(), noDeadline);
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
  });
});

describe('logging in', () => {
  const sasl = { mechanism: 'plain', username: 'monitor', password: 'secret' } as const;

  beforeEach(() => {
    cluster.description.passwords = new Map([['monitor', 'secret']]);
  });

  test('with the right password', async () => {
    const connection = await open({ login: { tls: null, sasl: { ...sasl } } });
    expect(await connection.send(listGroups(), noDeadline)).toEqual(theGroups);
    expect(broker.count('SaslAuthenticate')).toBe(1);
  });

  test('with a wrong one', async () => {
    const fault = await faultOf(open({ login: { tls: null, sasl: { ...sasl, password: 'guess' } } }));
    expect(fault.message).toContain('Invalid username or password');
    expect(fault.code).toBe('authentication-failed');
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });

  test.each<[string, Delivery, string]>([
    ['silence', never, 'timed-out'],
    ['a reset', reset, 'connection-closed'],
    ['the end', cutAfter(3), 'connection-closed'],
    ['noise', httpAnswer, 'garbled'],
  ])('%s in the middle of it is an end like any other', async (_, delivery, code) => {
    broker.delivery = ({ api }) => (api === 'SaslAuthenticate' ? delivery : wholly);
    const fault = await faultOf(open({ connectTimeoutMs: 300, login: { tls: null, sasl: { ...sasl } } }));
    expect(fault.code).toBe(code);
    await eventually('the socket is closed', 4000, () => broker.openConnections === 0);
  });

  test('with a mechanism that the broker does not offer', async () => {
    const login = { tls: null, sasl: { ...sasl, mechanism: 'scram-sha-512' } } as const;
    const fault = await faultOf(open({ login }));
    expect(fault.code).toBe('authentication-failed');
    expect(fault.message).toContain('this listener does not take SCRAM-SHA-512');
  });

  test('with a token that never comes ends in time', async () => {
    const sasl = tokenLogin(() => new Promise(() => {}));
    const provided = open({ connectTimeoutMs: 150, login: { tls: null, sasl } });
    expect((await faultOf(provided)).code).toBe('timed-out');
  });
});

describe('what the peer is not', () => {
  test('TLS where the listener is plaintext', async () => {
    const fault = await faultOf(open({ login: { tls: { rejectUnauthorized: false }, sasl: null } }));
    expect(['tls-failed', 'connection-closed']).toContain(fault.code);
    // Our hello is no Kafka request: the broker, rightly, did not like it.
    cluster.broker(1).violations.length = 0;
  });

  test('a server that speaks first', async () => {
    const greeter = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write('220 mail.example.com ESMTP\r\n');
    });
    await new Promise<void>((resolve) => greeter.listen(0, '127.0.0.1', resolve));
    const address = greeter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const fault = await faultOf(
      BrokerConnection.open(
        { host: '127.0.0.1', port },
        {
          login: { tls: null, sasl: null },
          connectTimeoutMs: 3000,
          silenceTimeoutMs: 3000,
          onRequest: () => {},
        },
        noDeadline,
      ),
    );
    expect(fault.code).toBe('garbled');
    expect(fault.message).toContain('is it a Kafka port?');
    await new Promise<void>((resolve) => greeter.close(() => resolve()));
  });

  test('a broker without a version that we speak', async () => {
    broker.offers.set('ListGroups', { min: 0, max: 2 });
    const connection = await open();
    const fault = await faultOf(connection.send(listGroups(), noDeadline));
    expect(fault.code).toBe('unsupported-version');
    expect(connection.isUsable).toBe(true);
  });

  test('a broker too old for the handshake', async () => {
    broker.offers.set('ApiVersions', { min: 0, max: 2 });
    const fault = await faultOf(open());
    expect(fault.code).toBe('unsupported-version');
    expect(fault.message).toContain('Kafka 2.8 or newer is needed');
  });
});
