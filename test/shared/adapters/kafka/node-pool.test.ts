import { spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { type Delivery, httpAnswer, later, never, wholly } from '../../../../local/fake-cluster/delivery.ts';
import { group } from '../../../../local/fake-cluster/description.ts';
import { listGroups } from '../../../../shared/adapters/kafka/messages/list-groups.ts';
import { type MetadataAnswer, metadata } from '../../../../shared/adapters/kafka/messages/metadata.ts';
import type { NodeAddress } from '../../../../shared/adapters/kafka/node-address.ts';
import { NodePool } from '../../../../shared/adapters/kafka/node-pool.ts';
import { BrokerConnection, type TransportOptions } from '../../../../shared/adapters/kafka/transport.ts';
import type { Fault } from '../../../../shared/domain/fault.ts';
import { eventually } from '../../../support/eventually.ts';

let cluster: FakeCluster;
const pools: NodePool[] = [];
const silentServers: Server[] = [];
const noDeadline = new AbortController().signal;

beforeEach(async () => {
  cluster = await FakeCluster.start(3);
  for (const broker of cluster.brokers) cluster.description.groups.set(`g${broker.id}`, group(broker.id));
});

afterEach(async () => {
  for (const pool of pools.splice(0)) pool.close();
  await eventually('every connection is closed', 4000, () =>
    cluster.brokers.every((one) => one.openConnections === 0),
  );
  await cluster.stop();
  await Promise.all(
    silentServers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  expect(cluster.violations).toEqual([]);
});

function poolOf(bootstrap: readonly NodeAddress[], overrides: Partial<TransportOptions> = {}): NodePool {
  const pool = new NodePool(bootstrap, {
    login: { tls: null, sasl: null },
    connectTimeoutMs: 3000,
    silenceTimeoutMs: 3000,
    onRequest: () => {},
    ...overrides,
  });
  pools.push(pool);
  return pool;
}

async function learnt(pool: NodePool): Promise<MetadataAnswer> {
  const answer = await pool.sendToAny(metadata(null), noDeadline);
  pool.learn(answer.brokers);
  return answer;
}

const askAll = (pool: NodePool, brokers = [1, 2, 3]) =>
  Promise.allSettled(brokers.map((broker) => pool.send(broker, listGroups(), noDeadline)));

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (fault: Fault) => fault,
  );
}

const silentTo =
  (...apis: string[]) =>
  ({ api }: { api: string }): Delivery =>
    apis.includes(api) ? never : wholly;

/** Accepts and says nothing, like a broker whose process is stopped; counts its callers. */
async function silentPlace(): Promise<NodeAddress & { readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  silentServers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: '127.0.0.1', port: address.port, sockets };
}

/** An address of 127.0.0.1 where nobody listens. */
async function deadPlace(): Promise<NodeAddress> {
  const { host, port } = await silentPlace();
  const server = silentServers.pop();
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  return { host, port };
}

describe('connections', () => {
  test('one to each broker, over any number of polls', async () => {
    const pool = poolOf(cluster.addresses);
    for (let poll = 0; poll < 5; poll++) {
      await learnt(pool);
      await askAll(pool);
      await askAll(pool);
    }
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([1, 1, 1]);
    expect(cluster.brokers.map((broker) => broker.count('ListGroups'))).toEqual([10, 10, 10]);
  });

  test('to an alias of a broker is not kept beside the one to its own name', async () => {
    // `localhost` is not the name that Metadata gives.
    const pool = poolOf([{ host: 'localhost', port: cluster.broker(1).port }]);
    await learnt(pool);
    await eventually('the alias is closed', 4000, () => cluster.broker(1).openConnections === 0);
    await askAll(pool);
    await learnt(pool);
    expect(cluster.brokers.map((broker) => broker.openConnections)).toEqual([1, 1, 1]);
  });

  test('follow a broker that moves', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    const elsewhere = await cluster.add(9);
    elsewhere.isNamed = false;
    cluster.broker(3).advertised = elsewhere.address;
    await learnt(pool);
    await eventually('the old place is left', 4000, () => cluster.broker(3).openConnections === 0);
    await askAll(pool);
    expect(elsewhere.count('ListGroups')).toBe(1);
  });

  test('to a broker that Metadata no longer names are closed, and nothing is sent there', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    cluster.broker(3).isNamed = false;
    await learnt(pool);
    await eventually('it is left', 4000, () => cluster.broker(3).openConnections === 0);
    const fault = await faultOf(pool.send(3, listGroups(), noDeadline));
    expect(fault.code).toBe('unreachable');
    expect(fault.message).toBe('broker 3 is not among the brokers that the cluster names as alive');
    expect(cluster.broker(3).count('ListGroups')).toBe(1);
  });

  test('that are still being opened when their broker moves are closed once they are open', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    const three = cluster.broker(3);
    three.delivery = () => later(120);
    const asked = faultOf(pool.send(3, listGroups(), noDeadline));
    await eventually('it is connecting', 4000, () => three.count('ApiVersions') === 1);
    const elsewhere = await cluster.add(9);
    elsewhere.isNamed = false;
    three.advertised = elsewhere.address;
    await learnt(pool);
    expect((await asked).code).toBe('unreachable');
    await eventually('the old place is left', 4000, () => three.openConnections === 0);
    expect((await pool.send(3, listGroups(), noDeadline)).error).toBe(0);
    expect(elsewhere.count('ListGroups')).toBe(1);
  });
});

describe('a connection that has gone stale', () => {
  test('is replaced, and its request sent once more', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    const two = cluster.broker(2);
    // The next request meets a connection that dies under it; the one after it a sound one.
    two.delivery = ({ api }) => (api === 'ListGroups' && two.connectionsAccepted === 1 ? closing : wholly);
    expect((await pool.send(2, listGroups(), noDeadline)).groups.map((one) => one.group)).toEqual(['g2']);
    expect(two.connectionsAccepted).toBe(2);
    expect(two.count('ListGroups')).toBe(3);
  });

  test('and silent is destroyed and replaced as well', async () => {
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 300 });
    await learnt(pool);
    await askAll(pool);
    const two = cluster.broker(2);
    two.delivery = ({ api }) => (api === 'ListGroups' && two.connectionsAccepted === 1 ? never : wholly);
    expect((await pool.send(2, listGroups(), noDeadline)).error).toBe(0);
    await eventually('the silent one is gone', 4000, () => two.openConnections === 1);
    expect(two.connectionsAccepted).toBe(2);
  });

  test('many requests on it share one fresh connection and are sent once more each', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    const two = cluster.broker(2);
    two.delivery = ({ api }) => (api === 'ListGroups' && two.connectionsAccepted === 1 ? closing : wholly);
    const answers = await askAll(pool, Array<number>(20).fill(2));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill('fulfilled'));
    expect(two.connectionsAccepted).toBe(2);
    expect(two.count('ListGroups')).toBeLessThanOrEqual(41);
  });

  test('is tried again once, not more: no storm', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    const two = cluster.broker(2);
    two.delivery = ({ api }) => (api === 'ListGroups' ? closing : wholly);
    expect((await faultOf(pool.send(2, listGroups(), noDeadline))).code).toBe('connection-closed');
    expect([two.count('ListGroups'), two.connectionsAccepted]).toEqual([3, 2]);
    // What follows at once in the same poll does not try again.
    await faultOf(pool.send(2, listGroups(), noDeadline));
    expect([two.count('ListGroups'), two.connectionsAccepted]).toEqual([3, 2]);
  });

  test('a fresh connection that fails is not tried again', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    const two = cluster.broker(2);
    two.delivery = ({ api }) => (api === 'ListGroups' ? httpAnswer : wholly);
    expect((await faultOf(pool.send(2, listGroups(), noDeadline))).code).toBe('garbled');
    expect([two.count('ListGroups'), two.connectionsAccepted]).toEqual([1, 1]);
  });
});

const closing: Delivery = (_answer, socket) => {
  socket.destroy();
};

describe('bootstrap', () => {
  test('goes on to the next address where nobody listens', async () => {
    const pool = poolOf([await deadPlace(), ...cluster.addresses.slice(1, 2)]);
    expect((await learnt(pool)).brokers).toHaveLength(3);
  });

  test('does not wait for an address that says nothing', async () => {
    const silent = await silentPlace();
    const pool = poolOf([silent, cluster.broker(2).address]);
    const startedAt = performance.now();
    await learnt(pool);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    pool.close();
    await eventually('the silent one is let go', 4000, () => silent.sockets.size === 0);
  });

  test('asks one address if it answers', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([1, 0, 0]);
  });

  test('opens no further address once one has answered, even if another fails later', async () => {
    const silent = await silentPlace();
    const pool = poolOf([silent, cluster.broker(2).address, cluster.broker(3).address], {
      connectTimeoutMs: 400,
    });
    await learnt(pool);
    await eventually('the silent one has timed out', 4000, () => silent.sockets.size === 0);
    // A turn for whatever its failure might set off.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(cluster.broker(3).connectionsAccepted).toBe(0);
  });

  test.each<[string, Delivery]>([
    ['silence', never],
    ['noise', httpAnswer],
    ['the end', closing],
  ])('passes over a broker that answers the handshake, but Metadata by %s', async (_, delivery) => {
    cluster.broker(1).delivery = ({ api }) => (api === 'Metadata' ? delivery : wholly);
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 400 });
    expect((await learnt(pool)).brokers).toHaveLength(3);
    expect(cluster.broker(1).count('Metadata')).toBe(1);
  });

  test('fails with every address and what became of it', async () => {
    const [dead, alsoDead] = [await deadPlace(), await deadPlace()];
    const fault = await faultOf(poolOf([dead, alsoDead]).sendToAny(metadata(null), noDeadline));
    expect(fault.code).toBe('unreachable');
    expect(fault.message).toMatch(/^no broker could be reached: .*ECONNREFUSED.*; .*ECONNREFUSED/);
    expect(fault.message).toContain(`127.0.0.1:${dead.port}`);
    expect(fault.message).toContain(`127.0.0.1:${alsoDead.port}`);
  });

  test('keeps the reason where all agree, such as a wrong password', async () => {
    cluster.description.passwords = new Map([['monitor', 'secret']]);
    const sasl = { mechanism: 'plain', username: 'monitor', password: 'guess' } as const;
    const pool = poolOf(cluster.addresses, { login: { tls: null, sasl } });
    expect((await faultOf(pool.sendToAny(metadata(null), noDeadline))).code).toBe('authentication-failed');
  });

  test('without any address fails rather than hangs', async () => {
    expect((await faultOf(poolOf([]).sendToAny(metadata(null), noDeadline))).code).toBe('unreachable');
  });

  test('is done again when every broker has moved', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool);
    for (const broker of cluster.brokers) broker.dropConnections();
    await eventually('all is lost', 4000, () =>
      cluster.brokers.every((broker) => broker.openConnections === 0),
    );
    expect((await learnt(pool)).brokers).toHaveLength(3);
  });

  test('a kept connection that fails gives way to another broker, without bootstrap', async () => {
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 400 });
    await learnt(pool);
    await askAll(pool);
    cluster.broker(1).delivery = silentTo('Metadata');
    expect((await learnt(pool)).brokers).toHaveLength(3);
    expect(cluster.broker(2).count('Metadata')).toBe(1);
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([1, 1, 1]);
  });
});

test('connections that answered nothing are not kept from poll to poll', async () => {
  for (const broker of cluster.brokers) broker.delivery = silentTo('Metadata');
  const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 50 });
  for (let poll = 0; poll < 5; poll++)
    await faultOf(pool.sendToAny(metadata(null), AbortSignal.timeout(5000)));
  expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([5, 5, 5]);
  // What waits for its own end is alive for one turn more.
  await eventually(
    'what failed is forgotten',
    4000,
    () => queryObjects(BrokerConnection, { format: 'count' }) <= 3,
  );
});

describe('connections that were all forgotten on the way', () => {
  test('cost three silences whatever their number, and the same addresses are tried afresh', async () => {
    for (let id = 4; id <= 9; id++) await cluster.add(id);
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 400 });
    const ids = (await learnt(pool)).brokers.map(({ id }) => id);
    await askAll(pool, ids);
    for (const broker of cluster.brokers) broker.forgetConnections();
    const startedAt = performance.now();
    expect((await learnt(pool)).brokers).toHaveLength(9);
    expect(performance.now() - startedAt).toBeLessThan(5 * 400);
    expect((await askAll(pool, ids)).map(({ status }) => status)).toEqual(ids.map(() => 'fulfilled'));
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual(ids.map(() => 2));
  });

  test('but for one: it answers as soon as the first has stayed silent', async () => {
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 400 });
    await learnt(pool);
    await askAll(pool);
    for (const id of [1, 2]) cluster.broker(id).forgetConnections();
    const startedAt = performance.now();
    await learnt(pool);
    expect(performance.now() - startedAt).toBeLessThan(2 * 400);
    expect(cluster.broker(3).count('Metadata')).toBe(1);
  });
});

describe('patience', () => {
  test('a broker that says nothing costs a little of the first poll, less of the next, and comes back', async () => {
    const pool = poolOf(cluster.addresses, { connectTimeoutMs: 8000 });
    await learnt(pool);
    const three = cluster.broker(3);
    three.delivery = () => never;

    let startedAt = performance.now();
    const [, second, third] = await askAll(pool);
    const first = performance.now() - startedAt;
    expect(second?.status).toBe('fulfilled');
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'timed-out' } });
    expect(first).toBeGreaterThan(1000);
    expect(first).toBeLessThan(3500);

    startedAt = performance.now();
    await askAll(pool);
    expect(performance.now() - startedAt, 'the next step of the same poll').toBeLessThan(500);

    await new Promise((resolve) => setTimeout(resolve, 1050)); // the next poll comes when failures are looked at anew
    startedAt = performance.now();
    await askAll(pool);
    expect(performance.now() - startedAt, 'the next poll').toBeLessThan(900);

    three.delivery = () => wholly;
    three.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, 1050));
    await askAll(pool);
    expect(three.count('ListGroups'), 'it answers again').toBeGreaterThan(0);
  });

  test('a broker that shakes hands and then says nothing costs one step of a poll, not each', async () => {
    const pool = poolOf(cluster.addresses, { silenceTimeoutMs: 800 });
    await learnt(pool);
    cluster.broker(3).delivery = silentTo('ListGroups');
    await askAll(pool);
    const asked = cluster.broker(3).count('ListGroups');
    const startedAt = performance.now();
    const [, , third] = await askAll(pool);
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'timed-out' } });
    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(cluster.broker(3).count('ListGroups')).toBe(asked);
  });

  test('a broker that refuses is not asked again at once', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await cluster.broker(3).stop();
    const reasons = await Promise.all([
      faultOf(pool.send(3, listGroups(), noDeadline)),
      faultOf(pool.send(3, listGroups(), noDeadline)),
    ]);
    expect(reasons.map(({ code }) => code)).toEqual(['unreachable', 'unreachable']);
  });
});

describe('the deadline', () => {
  test('ends what waits for a connection, at once', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    cluster.broker(3).delivery = () => never;
    const deadline = new AbortController();
    const waiting = faultOf(pool.send(3, listGroups(), deadline.signal));
    await eventually('it is connecting', 4000, () => cluster.broker(3).count('ApiVersions') === 1);
    const startedAt = performance.now();
    deadline.abort();
    expect((await waiting).code).toBe('deadline-passed');
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('ends the bootstrap, and no further address is opened', async () => {
    const silent = await silentPlace();
    const pool = poolOf([silent, cluster.broker(2).address], { connectTimeoutMs: 300 });
    const deadline = new AbortController();
    const waiting = faultOf(pool.sendToAny(metadata(null), deadline.signal));
    await eventually('the first is being tried', 4000, () => silent.sockets.size === 1);
    deadline.abort();
    expect((await waiting).code).toBe('deadline-passed');
    await eventually('the silent one has timed out', 4000, () => silent.sockets.size === 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(cluster.broker(2).connectionsAccepted).toBe(0);
  });

  test.each(['sendToAny', 'send'] as const)('that has passed already: %s does nothing', async (method) => {
    const silent = await silentPlace();
    const pool = poolOf(method === 'send' ? cluster.addresses : [silent]);
    if (method === 'send') await learnt(pool);
    cluster.broker(3).delivery = () => never;
    const aborted = AbortSignal.abort();
    const startedAt = performance.now();
    const fault = await faultOf(
      method === 'send' ? pool.send(3, listGroups(), aborted) : pool.sendToAny(metadata(null), aborted),
    );
    expect(fault.code).toBe('deadline-passed');
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('closing', () => {
  test('in the middle of the bootstrap ends it; no address is opened behind it', async () => {
    const silent = await silentPlace();
    const pool = poolOf([silent, ...cluster.addresses]);
    const waiting = faultOf(pool.sendToAny(metadata(null), noDeadline));
    await eventually('the first is being tried', 4000, () => silent.sockets.size === 1);
    pool.close();
    expect((await waiting).code).toBe('connection-closed');
    expect(cluster.brokers.map((broker) => broker.openConnections)).toEqual([0, 0, 0]);
  });

  test('in the middle of requests and connects ends them all', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    await askAll(pool, [1]);
    cluster.broker(1).delivery = silentTo('ListGroups');
    cluster.broker(2).delivery = () => never;
    const waiting = askAll(pool, [1, 2]);
    await eventually(
      'both wait',
      4000,
      () => cluster.broker(1).count('ListGroups') === 2 && cluster.broker(2).received.length === 1,
    );
    pool.close();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('is for good', async () => {
    const pool = poolOf(cluster.addresses);
    await learnt(pool);
    pool.close();
    expect((await faultOf(pool.send(1, listGroups(), noDeadline))).code).toBe('unreachable');
    expect((await faultOf(pool.sendToAny(metadata(null), noDeadline))).code).toBe('connection-closed');
  });
});

describe('a process that polls', () => {
  const source = (file: string) => JSON.stringify(new URL(`../../../../${file}`, import.meta.url).href);

  /** Runs a poll in a process of its own, which must end by itself. */
  async function exitOf(script: string): Promise<{ code: number | null; output: string }> {
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { NodePool } from ${source('shared/adapters/kafka/node-pool.ts')};
         import { metadata } from ${source('shared/adapters/kafka/messages/metadata.ts')};
         import { listGroups } from ${source('shared/adapters/kafka/messages/list-groups.ts')};
         const options = { login: { tls: null, sasl: null }, connectTimeoutMs: 60000, silenceTimeoutMs: 60000, onRequest() {} };
         const pool = new NodePool(${JSON.stringify(cluster.addresses)}, options);
         ${script}`,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const kill = setTimeout(() => child.kill('SIGKILL'), 8000);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(kill);
    return { code, output };
  }

  test('ends by itself after close(), whatever was under way', async () => {
    cluster.broker(2).delivery = silentTo('ListGroups');
    cluster.broker(3).delivery = () => never;
    const { code, output } = await exitOf(`
      const { signal } = new AbortController();
      pool.learn((await pool.sendToAny(metadata(null), signal)).brokers);
      await pool.send(1, listGroups(), signal);
      const waiting = Promise.allSettled([2, 3].map((id) => pool.send(id, listGroups(), signal)));
      setTimeout(() => pool.close(), 200);
      console.log((await waiting).map((one) => one.reason.code).join());
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'connection-closed,connection-closed\n' });
  });

  test('ends by itself after its deadline and close()', async () => {
    for (const broker of cluster.brokers) broker.delivery = () => never;
    const { code, output } = await exitOf(`
      const fault = await pool.sendToAny(metadata(null), AbortSignal.timeout(300)).catch((fault) => fault);
      pool.close();
      console.log(fault.code);
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'deadline-passed\n' });
  });

  test('survives any noise', async () => {
    for (const broker of cluster.brokers) broker.delivery = () => httpAnswer;
    const { code, output } = await exitOf(`
      const fault = await pool.sendToAny(metadata(null), new AbortController().signal).catch((fault) => fault);
      console.log(fault.code);
    `);
    expect({ code, output }).toEqual({ code: 0, output: 'garbled\n' });
  });
});
