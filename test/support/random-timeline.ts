import * as fc from 'fast-check';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { snapshotsOf } from './scenario.ts';

/** What happens on one partition for some minutes. */
interface Stretch {
  readonly polls: number;
  /** Records a minute. */
  readonly rate: number;
  /** Records that are deleted at its begin. */
  readonly deleted: number;
  /** Records read a minute; `'all'`: to the end; negative: an operator's reset backwards at its begin. */
  readonly reads: number | 'all';
  readonly owner: string;
  readonly unread: 'no' | 'end' | 'commit';
  readonly held: boolean;
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
  polls: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 20, max: 60 })),
  rate: fc.constantFrom(0, 1, 20, 3_000),
  deleted: fc.constantFrom(0, 0, 0, 0, 500, 20_000),
  reads: fc.constantFrom<Stretch['reads']>('all', 'all', 0, 0, 0, 10, 2_000, -400),
  owner: fc.constantFrom('a', 'a', 'a', 'b', '-'),
  unread: fc.constantFrom('no', 'no', 'no', 'no', 'no', 'end', 'commit'),
  held: fc.constantFrom(false, false, false, true),
});

/** The line of one group's partition, as the scenario notation writes it. */
function lineOf(place: string, stretches: readonly Stretch[]): string {
  let [start, end, committed, stable] = [0, 1_000, 1_000, 1_000];
  const columns = { start: '', end: '', stable: '', committed: '', owner: '' };
  for (const { polls, rate, deleted, reads, owner, unread, held } of stretches) {
    start = Math.min(end, start + deleted);
    if (typeof reads === 'number' && reads < 0) committed = Math.max(0, committed + reads);
    for (let i = 0; i < polls; i++) {
      end += rate;
      if (!held) stable = end;
      if (reads === 'all') committed = stable;
      else if (reads > 0)
        committed = Math.max(committed, Math.min(stable, Math.max(start, committed) + reads));
      columns.start += ` ${start}`;
      columns.end += unread === 'end' ? ' ?' : ` ${end}`;
      columns.stable += ` ${unread === 'end' ? '?' : stable}`;
      columns.committed += unread === 'commit' ? ' ?' : ` ${committed}`;
      columns.owner += ` ${owner}`;
    }
  }
  const told = Object.entries(columns).map(([name, values]) => `${name}:${values}`);
  return [place, ...told].join('  ');
}

/** Two groups over one to a few hours, a poll a minute, in which anything may happen but every number is honest. */
export const randomTimeline: fc.Arbitrary<Snapshot[]> = fc
  .tuple(
    ...['orders-0', 'orders-1', 'payments-0', 'invoices-0'].map((place) =>
      fc.array(stretch, { minLength: 1, maxLength: 7 }).map((stretches) => lineOf(place, stretches)),
    ),
    fc.constantFrom('Stable', 'Stable*30 PreparingRebalance*3 Stable', 'Stable*40 PreparingRebalance'),
    fc.constantFrom('yes', 'yes*50 ?*4 yes', 'yes*50 -*4 yes'),
  )
  .map(([orders0, orders1, payments, invoices, state, seen]) =>
    snapshotsOf(
      `group billing  state: ${state}\n${orders0}\n${orders1}\n${payments}\ngroup shop  seen: ${seen}\n${invoices}`,
    ),
  );
