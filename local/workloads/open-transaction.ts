import { applicationWorkload } from './application.ts';
import { until } from './condition.ts';
import type { Workload } from './workload.ts';

/** As long as the demo's brokers allow: an aborted transaction would let the group go on. */
export const longestTransactionMs = 24 * 60 * 60 * 1000;

/** A group that reads committed records only, behind a transaction that nobody ends. */
export function heldByTransaction(group: string, topic: string): Workload {
  const partitions = 2;
  const [read, pending] = [30, 25];
  const expected = {
    verdict: 'observing',
    lag: BigInt(partitions * pending),
    members: 1,
    reason: 'an open transaction holds the last stable offset',
  } as const;
  const story = 'reads committed records only, held at the last stable offset by an open transaction';
  return applicationWorkload({ group, topic, partitions, story, quiet: true, expected }, async (app) => {
    const producer = await app.producer(`${topic}-api`);
    await app.fill(producer, topic, partitions, read);
    const member = await app.member({ group, topic, name: `${group}-1` });
    await until(`${group} has committed all it has read`, () => member.hasCommitted(partitions, read));
    const transactional = await app.producer(`${topic}-replay`, {
      transactionalId: `${topic}-replay`,
      transactionTimeout: longestTransactionMs,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await app.fill(await transactional.transaction(), topic, partitions, pending);
  });
}
