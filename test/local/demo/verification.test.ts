import { describe, expect, test } from 'vitest';
import { differencesFromKafka, differencesFromStories } from '../../../local/demo/verification.ts';
import type { DescribedPartition } from '../../../local/kafka/consumer-group-command.ts';
import type { ExpectedFinding, Workload } from '../../../local/workloads/workload.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { judged } from '../../support/judged.ts';

const end = toOffset(100n);

/** A group `archive` without members, committed 40 of 100 on each of two partitions. */
const snapshot: Snapshot = {
  cluster: { name: 'demo', id: null },
  at: 0,
  brokers: [1],
  topics: new Map([
    [
      'invoices',
      {
        name: 'invoices',
        id: null,
        config: null,
        partitions: new Map(
          [0, 1].map((partition) => [
            partition,
            { partition, leader: 1, start: toOffset(0n), stable: end, end, unread: null },
          ]),
        ),
      },
    ],
  ]),
  groups: [
    {
      ...{ group: 'archive', type: 'classic', state: 'Empty', coordinator: 1, members: [], unread: null },
      commits: [{ topic: 'invoices', partitions: [0, 1], offsets: [toOffset(40n), toOffset(40n)] }],
    },
  ],
  unread: [],
  dated: [],
};
const findings = judged(snapshot);

const right: ExpectedFinding = { verdict: 'observing', lag: 120n, members: 0 };
const workload = (expected: ExpectedFinding, group = 'archive'): Workload => ({
  ...{ group, topic: 'invoices', partitions: 2, story: '', quiet: true, expected },
  start: async () => {},
  stop: async () => {},
});

describe('what differs from a story', () => {
  test.each<[string, Partial<ExpectedFinding>, string[]]>([
    ['nothing', {}, []],
    ['nothing where more lag is allowed', { lag: { atLeast: 100n } }, []],
    ['the verdict', { verdict: 'caught-up' }, ['archive: verdict should be caught-up, is observing']],
    ['the lag', { lag: 119n }, ['archive: lag should be 119, is 120']],
    ['too little lag', { lag: { atLeast: 121n } }, ['archive: lag should be 121 or more, is 120']],
    ['a lag where none is to be known', { lag: null }, ['archive: lag should be null, is 120']],
    ['the members', { members: 1 }, ['archive: members should be 1, is 0']],
    [
      'the reason',
      { reason: 'an open transaction' },
      [expect.stringContaining("reason should be '… an open transaction …', is 'invoices-0: 60 offsets")],
    ],
  ])('%s', (_, change, differences) => {
    expect(differencesFromStories([workload({ ...right, ...change })], findings, [])).toEqual(differences);
  });

  test('a group that is missing, one too many, and what could not be read', () => {
    const unread = [{ scope: 'broker', broker: 2, reason: 'timed-out', detail: 'silent' }] as const;
    expect(differencesFromStories([workload(right, 'orders')], findings, unread)).toEqual([
      'orders: not found',
      'archive: no workload has it',
      expect.stringContaining('could not be read: {"scope":"broker"'),
    ]);
  });
});

describe('what differs from ConsumerGroupCommand', () => {
  const told = (partition: number, committed: bigint): DescribedPartition => ({
    ...{ group: 'archive', topic: 'invoices', partition, committed, end: 100n, lag: 100n - committed },
    ...{ consumerId: null, host: null, clientId: null },
  });

  test('nothing', () => {
    expect(differencesFromKafka([workload(right)], findings, [told(0, 40n), told(1, 40n)])).toEqual({
      differences: [],
      compared: 2,
    });
  });

  test('another offset, and a partition that only one of the two knows', () => {
    expect(
      differencesFromKafka([workload(right)], findings, [told(0, 41n), told(2, 40n)]).differences,
    ).toEqual([
      'archive on invoices-0: Lagwarden says committed 40, end 100, lag 60, ConsumerGroupCommand says committed 41, end 100, lag 59',
      'archive on invoices-1: Lagwarden says committed 40, end 100, lag 60, ConsumerGroupCommand says nothing',
      'archive on invoices-2: Lagwarden says nothing, ConsumerGroupCommand says committed 40, end 100, lag 60',
    ]);
  });
});
