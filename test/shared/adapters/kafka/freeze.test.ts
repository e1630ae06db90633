import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SpokenApi } from '../../../../local/fake-cluster/apis.ts';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { wholly } from '../../../../local/fake-cluster/delivery.ts';
import { describedReadings, describeSmallEstate } from '../../../support/described-readings.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Polled, type PollerOptions, PollingProcess } from '../../../support/polling-process.ts';

// A stop of hours differs from one of a second in what has become of the connections and of the cluster meanwhile, and
// in that every timer is due at once. All of that is brought about here.

const brokers = 6;
/** A tenth of the real ones, or a little more. */
const silenceTimeoutMs = 400;
const connectTimeoutMs = 500;
const deadlineMs = 3000;
/** Longer than any patience of the poller, so that every timer is long due when it goes on. */
const frozenMs = 1000;

let cluster: FakeCluster;
let running: PollingProcess[];

beforeEach(async () => {
  cluster = await FakeCluster.start(brokers);
  describeSmallEstate(cluster);
  running = [];
});

afterEach(async () => {
  for (const one of running) await one[Symbol.asyncDispose]();
  await cluster.stop();
  expect(cluster.violations).toEqual([]);
});

function start(options: Partial<PollerOptions> = {}): PollingProcess {
  const bootstrap = cluster.addresses.map(({ host, port }) => `${host}:${port}`);
  const one = new PollingProcess({ bootstrap, deadlineMs, silenceTimeoutMs, connectTimeoutMs, ...options });
  running.push(one);
  return one;
}

const truth = () => describedReadings(cluster.description);

function expectTrue({ rows, unread, fault, tookMs }: Polled): void {
  expect({ fault, unread }).toEqual({ fault: null, unread: [] });
  expect(rows).toEqual(truth());
  expect(tookMs).toBeLessThan(deadlineMs);
}

/** Records come in, groups move on. */
function moveOffsets(): void {
  for (const { partitions } of cluster.description.topics.values()) {
    for (const log of partitions) {
      log.end += 40n;
      log.stable += 39n;
    }
  }
  for (const { commits: all } of cluster.description.groups.values())
    for (const offsets of all.values()) for (const one of offsets.values()) one.committed += 3n;
}

/** Leaders and coordinators go one broker further; broker 1 leads and coordinates nothing any more. */
function moveLeadersAndCoordinators(): void {
  const next = (id: number) => (id % brokers) + 1 || 2;
  for (const { partitions } of cluster.description.topics.values())
    for (const log of partitions) log.leader = Math.max(2, next(log.leader));
  for (const described of cluster.description.groups.values())
    described.coordinator = Math.max(2, next(described.coordinator));
}

describe('a process that was stopped between two polls sees the truth at the next', () => {
  async function polledAcrossFreeze(
    meanwhile: () => void | Promise<void>,
    options: Partial<PollerOptions> = {},
  ): Promise<Polled> {
    const poller = start(options);
    expectTrue(await poller.poll());
    poller.freeze();
    await poller.untilFrozen();
    moveOffsets();
    await meanwhile();
    await delay(frozenMs);
    poller.thaw();
    const next = await poller.poll();
    expectTrue(next);
    expectTrue(await poller.poll());
    return next;
  }

  const handshakes = ({ requests }: Polled) => requests['ApiVersions'] ?? 0;

  test('where its connections still stand', async () => {
    const next = await polledAcrossFreeze(() => {});
    expect(handshakes(next)).toBe(0);
  });

  test('where brokers have ended its connections (connections.max.idle.ms)', async () => {
    const next = await polledAcrossFreeze(() => {
      for (const broker of cluster.brokers) broker.dropConnections();
    });
    expect(handshakes(next)).toBe(brokers);
  });

  test('where its connections were reset', async () => {
    const next = await polledAcrossFreeze(() => {
      for (const broker of cluster.brokers) broker.resetConnections();
    });
    expect(handshakes(next)).toBe(brokers);
  });

  test('where every connection is forgotten on the way and silent', async () => {
    const next = await polledAcrossFreeze(() => {
      for (const broker of cluster.brokers) broker.forgetConnections();
    });
    expect(handshakes(next)).toBe(brokers);
  });

  test('where its sessions have ended (KIP-368)', async () => {
    cluster.description.passwords = new Map([['ops', 'secret']]);
    cluster.description.sessionMs = frozenMs / 2;
    const sasl = { mechanism: 'plain', username: 'ops', password: 'secret' } as const;
    const next = await polledAcrossFreeze(() => {}, { login: { tls: null, sasl } });
    expect(next.requests).toMatchObject({ SaslAuthenticate: brokers });
    expect(handshakes(next)).toBe(0);
  });

  test('where leaders and coordinators have moved', async () => {
    await polledAcrossFreeze(moveLeadersAndCoordinators);
  });

  test('where brokers have come back at another place, one has gone and one is new', async () => {
    await polledAcrossFreeze(async () => {
      moveLeadersAndCoordinators();
      await cluster.remove(1);
      await cluster.broker(3).move();
      await cluster.add(brokers + 1);
      for (const { partitions } of cluster.description.topics.values())
        for (const log of partitions) log.replicas = [log.leader];
    });
  });
});

describe('a process that was stopped in the middle of a poll', () => {
  const steps: SpokenApi[] = [
    'ApiVersions',
    'Metadata',
    'ListGroups',
    'OffsetFetch',
    'DescribeGroups',
    'ListOffsets',
  ];

  /** Stops the poller the moment the broker has its request, and answers while it stands. */
  function freezeAt(poller: PollingProcess, broker: number, api: SpokenApi): { readonly isDone: boolean } {
    const state = { isDone: false };
    cluster.broker(broker).delivery = (request) => {
      if (request.api === api && !state.isDone) {
        state.isDone = true;
        poller.freeze();
      }
      return wholly;
    };
    return state;
  }

  async function pollFrozenAt(
    poller: PollingProcess,
    broker: number,
    api: SpokenApi,
    meanwhile: () => void | Promise<void> = () => {},
  ): Promise<Polled> {
    const frozen = freezeAt(poller, broker, api);
    const polling = poller.poll();
    await eventually(`${api} comes`, 5000, () => frozen.isDone);
    await poller.untilFrozen();
    await meanwhile();
    await delay(frozenMs);
    poller.thaw();
    return polling;
  }

  test.each(steps)('waiting for %s does not take its own standstill for silence', async (api) => {
    const poller = start();
    const seen = await pollFrozenAt(poller, api === 'ApiVersions' || api === 'Metadata' ? 1 : 4, api);
    expectTrue(seen);
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual(cluster.brokers.map(() => 1));
    moveOffsets();
    expectTrue(await poller.poll());
  });

  test('while its brokers ended the connections asks again on new ones', async () => {
    const poller = start();
    expectTrue(await poller.poll());
    const dropAll = () => {
      for (const broker of cluster.brokers) broker.dropConnections();
    };
    expectTrue(await pollFrozenAt(poller, 4, 'OffsetFetch', dropAll));
    expectTrue(await poller.poll());
  });

  test.each<SpokenApi>(['Metadata', 'OffsetFetch'])(
    'in %s, beyond its deadline, says so at once and sees the truth at the next',
    async (api) => {
      // Room for a loaded machine on both sides of the stop, which alone is longer.
      const shortMs = 1500;
      const poller = start({ deadlineMs: shortMs });
      const seen = await pollFrozenAt(poller, 1, api, () => delay(shortMs));
      expect(seen.tookMs).toBeLessThan(shortMs + frozenMs + shortMs);
      const named = seen.fault ?? seen.unread.map(({ detail }) => detail).join();
      expect(named).toContain('ran out of time');
      const readWholly = seen.rows.filter(({ lag }) => lag !== 'unread');
      expect(truth()).toEqual(expect.arrayContaining(readWholly));
      moveOffsets();
      expectTrue(await poller.poll());
    },
  );
});
