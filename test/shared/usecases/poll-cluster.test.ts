import { describe, expect, test } from 'vitest';
import { defaultRules, type MonitorState } from '../../../shared/domain/evaluate.ts';
import { Fault } from '../../../shared/domain/fault.ts';
import { clusterPoller, type PollClusterOptions } from '../../../shared/usecases/poll-cluster.ts';
import { cluster } from '../../support/in-memory-cluster.ts';
import { InMemoryClusterReader, type ReadStep } from '../../support/in-memory-cluster-reader.ts';
import { everything } from '../../support/observe.ts';

const began = Date.UTC(2026, 2, 1);
const day = 86_400_000;

/** A group that nobody reads for any more: its oldest waiting record is ten days old. */
function deadGroup() {
  return cluster({
    topics: {
      orders: {
        id: 'A',
        listed: 'listed',
        partitions: [
          {
            leader: 1,
            start: 0n,
            stable: 20n,
            end: 20n,
            records: Array.from({ length: 20 }, (_, i) => ({
              offset: BigInt(i),
              timestamp: began - 10 * day + i,
            })),
          },
        ],
      },
    },
    groups: {
      dead: {
        type: 'classic',
        state: 'Empty',
        coordinator: 1,
        commits: { orders: { 0: 5n } },
        members: [],
      },
    },
  });
}

/** Polls a minute apart; each call of the port takes as long as it is told to. */
function pollerOf(
  state = deadGroup(),
  options: Partial<PollClusterOptions> = {},
  beforeStep: (step: ReadStep, tick: (ms: number) => void) => void = () => {},
) {
  let ms = 0;
  const tick = (by: number) => {
    ms += by;
  };
  const reader = new InMemoryClusterReader(state, (step) => beforeStep(step, tick));
  const clock = { now: () => began + ms, monotonicMs: () => ms };
  const poll = clusterPoller(reader, clock, { scope: everything, deadlineMs: 40_000, ...options });
  let previous: MonitorState | null = null;
  return {
    reader,
    state,
    tick,
    async next() {
      const calls = reader.calls.length;
      const polled = await poll(previous, defaultRules, AbortSignal.timeout(5_000));
      previous = polled.evaluation?.state ?? previous;
      return { ...polled, steps: reader.calls.slice(calls).map(({ step }) => step) };
    },
  };
}

const total = (requests: ReadonlyMap<string, number>) =>
  [...requests.values()].reduce((sum, n) => sum + n, 0);

describe('one poll', () => {
  test('dates what waits, so that a group that is long dead is abandoned at first sight', async () => {
    const { observation, evaluation } = await pollerOf().next();
    expect(evaluation?.findings).toMatchObject([{ verdict: 'abandoned', timeLagMs: 10 * day - 5 }]);
    expect(observation.snapshot.dated).toMatchObject([{ topic: 'orders', partition: 0, offset: 5n }]);
  });

  test('counts every request, those for configurations and dates included', async () => {
    const poller = pollerOf();
    const { observation } = await poller.next();
    expect(total(observation.requests)).toBe(poller.reader.calls.length);
    expect(observation.requests.get('DescribeConfigs')).toBe(1);
  });

  test('asks for no date where nothing is suspect', async () => {
    const state = deadGroup();
    (state.groups['dead'] as { commits: object }).commits = { orders: { 0: 20n } };
    const { steps } = await pollerOf(state).next();
    expect(steps).not.toContain('timestamps');
  });

  test('dates only the groups that are wanted', async () => {
    const { steps } = await pollerOf(deadGroup(), { dates: () => false }).next();
    expect(steps).not.toContain('timestamps');
  });

  test('dates nothing where too little of the deadline is left', async () => {
    const slow = pollerOf(deadGroup(), {}, (step, tick) => step === 'end' && tick(31_000));
    const { steps, evaluation } = await slow.next();
    expect(steps).not.toContain('timestamps');
    expect(evaluation?.findings).toMatchObject([{ verdict: 'observing', timeLagMs: null }]);
  });

  test.each(['configs', 'timestamps'] as const)(
    'that cannot read %s is judged without them',
    async (failing) => {
      const poller = pollerOf(deadGroup(), {}, (step) => {
        if (step === failing) throw new Fault('deadline-passed', 'the poll ran out of time');
      });
      const { evaluation, observation } = await poller.next();
      expect(evaluation?.findings).toHaveLength(1);
      expect(total(observation.requests)).toBe(poller.reader.calls.length);
    },
  );

  test('that fails for another reason fails', async () => {
    const poller = pollerOf(deadGroup(), {}, (step) => {
      if (step === 'timestamps') throw new TypeError('a mistake of ours');
    });
    await expect(poller.next()).rejects.toThrow(TypeError);
  });
});

describe('polls that follow each other', () => {
  test('date no offset twice while the commit stands', async () => {
    const poller = pollerOf();
    await poller.next();
    poller.tick(60_000);
    const { steps, evaluation } = await poller.next();
    expect(steps).not.toContain('timestamps');
    expect(evaluation?.findings).toMatchObject([{ verdict: 'abandoned', timeLagMs: 10 * day - 5 + 60_000 }]);
  });

  test('ask an hour later again for what has no timestamp, and not before', async () => {
    const state = deadGroup();
    for (const log of state.topics['orders']?.partitions ?? []) {
      log.records = (log.records ?? []).map((one) => ({ ...one, timestamp: -1 }));
    }
    const poller = pollerOf(state);
    const asked: boolean[] = [];
    for (let minute = 0; minute < 63; minute++) {
      asked.push((await poller.next()).steps.includes('timestamps'));
      poller.tick(60_000);
    }
    expect(asked.flatMap((one, minute) => (one ? [minute] : []))).toEqual([0, 61]);
  });

  test('one that is not newer says nothing and takes nothing away', async () => {
    const poller = pollerOf();
    await poller.next();
    poller.tick(-1);
    const { evaluation, steps } = await poller.next();
    expect(evaluation).toBeNull();
    expect(steps).not.toContain('configs');
  });
});
