import type { Random } from '../random.ts';
import { ranges } from '../ranges.ts';
import type { Archetype, SimulationCase } from '../scenario.ts';
import type { FaultKind } from '../truth.ts';
import { type BaseName, bases, shortLivedRecords } from './bases.ts';
import type { BegunFault, Victim } from './begun-fault.ts';
import {
  committedBeyond,
  logTruncated,
  recordsDeleted,
  resetBack,
  retentionOvertakes,
  topicRecreated,
} from './broken-positions.ts';
import { plantFaults } from './plant.ts';
import {
  consumersKilled,
  groupHangs,
  memberHangs,
  partitionUnassigned,
  poisonRareRecord,
  poisonRecord,
  transactionHangs,
} from './silent-readers.ts';
import { brokerUnread, consumerTooSlow, lossAhead, rebalanceLoop, rebalanceStuck } from './slow-groups.ts';

interface FaultPlan {
  readonly begin: (victim: Victim) => BegunFault;
  readonly bases: readonly BaseName[] | ((random: Random) => Archetype);
}

const alive: readonly BaseName[] = ['steady', 'bursty', 'four-minute', 'low-traffic', 'exactly-once'];
const even: readonly BaseName[] = ['steady', 'four-minute', 'low-traffic'];

/** What befalls whom. */
const faultPlans: Readonly<Record<FaultKind, FaultPlan>> = {
  'consumers-killed': { begin: consumersKilled, bases: alive },
  'member-hangs': { begin: memberHangs, bases: alive },
  'group-hangs': { begin: groupHangs, bases: alive },
  'poison-record': { begin: poisonRecord, bases: alive },
  'poison-low-traffic': { begin: poisonRareRecord, bases: ['rare-records'] },
  'partition-unassigned': { begin: partitionUnassigned, bases: alive },
  'transaction-hangs': { begin: transactionHangs, bases: ['exactly-once'] },
  'records-deleted': { begin: recordsDeleted, bases: ['steady', 'four-minute'] },
  'retention-overtakes': { begin: retentionOvertakes, bases: ['steady'] },
  'topic-recreated': { begin: topicRecreated, bases: even },
  'log-truncated': { begin: logTruncated, bases: even },
  'committed-beyond': { begin: committedBeyond, bases: even },
  'reset-back': { begin: resetBack, bases: ['steady', 'four-minute'] },
  'rebalance-loop': { begin: rebalanceLoop, bases: ['steady', 'four-minute'] },
  'rebalance-stuck': { begin: rebalanceStuck, bases: alive },
  'consumer-too-slow': { begin: consumerTooSlow, bases: ['steady', 'four-minute'] },
  'loss-ahead': {
    begin: lossAhead,
    bases: (random) => shortLivedRecords(random.between(ranges.faults.lossRetentionMs)),
  },
  'broker-unread': { begin: brokerUnread, bases: even },
};

/** The case of one fault, on a group of a kind that it may befall. */
export function faultCase(kind: FaultKind, seed: number): SimulationCase {
  const { begin, bases: allowed } = faultPlans[kind];
  return {
    name: `${kind}/${seed}`,
    kind,
    seed,
    pollingGaps: false,
    build: (world, random) => {
      const base = typeof allowed === 'function' ? allowed(random) : bases[random.pick(allowed)];
      return base(world, random);
    },
    plant: (world, random, scenario, watchedFrom) =>
      plantFaults(kind, begin, { world, random, ...scenario }, watchedFrom),
  };
}
