import { describe, expect, test } from 'vitest';
import { defaultRules, type Evaluation, evaluate, isNews } from '../../../shared/domain/evaluate.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { snapshotsOf } from '../../support/scenario.ts';
import { silence } from '../../support/snapshot-notation.ts';

/** Each snapshot evaluated in turn. */
function evaluated(snapshots: readonly Snapshot[]): Evaluation[] {
  let previous: Evaluation['state'] | null = null;
  return snapshots.map((snapshot) => {
    const evaluation: Evaluation = evaluate(previous, snapshot, defaultRules);
    previous = evaluation.state;
    return evaluation;
  });
}

/** What was told: poll, kind, verdict, severity. */
function told(evaluations: readonly Evaluation[]): string[] {
  return evaluations.flatMap(({ transitions }, poll) =>
    transitions.map(({ kind, toVerdict, severity }) => `${poll} ${kind} ${toVerdict} ${severity}`),
  );
}

/** The same poll, in which the group's broker did not answer. */
function withoutBroker(snapshot: Snapshot): Snapshot {
  return { ...snapshot, groups: [], unread: [{ scope: 'broker', broker: 1, ...silence }] };
}

describe('a loss that the commit jumps over at once', () => {
  test('is told of for long enough to be confirmed, and then is over', () => {
    const polls = evaluated(
      snapshotsOf('orders-0  start: 0*2 20  end: 100 +10*20  committed: 4*3 105 +10*20  owner: a'),
    );
    expect(told(polls)).toEqual([
      '2 suspected data-lost critical',
      '3 opened data-lost critical',
      '9 resolved keeping-up ok',
    ]);
    expect(polls[3]?.findings[0]).toMatchObject({ verdict: 'data-lost', recordsLost: 16n });
  });

  test('counts where loss and jump lie between two polls', () => {
    const polls = evaluated(
      snapshotsOf('orders-0  start: 0*2 7 20  end: 100 +10*20  committed: 4*3 105 +10*20  owner: a'),
    );
    expect(polls.at(-1)?.findings[0]?.recordsLost).toBe(16n);
  });
});

describe('an incident whose commits are gone', () => {
  const onOrders = 'orders-0  end: 1000 +10*140  committed: 1000 +10*40 1400*30 -  owner: a*41 -';
  const begins = ['45 suspected stopped critical', '46 opened stopped critical'];

  test.each([
    ['and nothing else was committed', onOrders],
    ['and all is well on another topic', `${onOrders}\nparcels-0  end: 5  committed: 5  owner: a*41 -`],
  ])('has vanished after an hour, and not recovered: %s', (_, scenario) => {
    expect(told(evaluated(snapshotsOf(scenario)))).toEqual([...begins, '131 vanished unknown critical']);
  });

  test('goes on where they come back', () => {
    const scenario = 'orders-0  end: 1000 +10*90  committed: 1000 +10*40 1400*30 -*9 1400  owner: a*41 -';
    const polls = evaluated(snapshotsOf(scenario));
    expect(told(polls)).toEqual(begins);
    expect(polls.at(-1)?.findings[0]).toMatchObject({ verdict: 'stopped', severity: 'critical' });
  });
});

test('a group is not given up for a gap between the first two looks', () => {
  const [, second] = evaluated(
    snapshotsOf('polls: 1 -5760 1\norders-0  end: 1000 2000  committed: 900  owner: a -'),
  );
  expect(second?.findings[0]?.verdict).toBe('observing');
});

describe('a group whose broker does not answer', () => {
  const steady = snapshotsOf('orders-0  end: 1000 +10*20  committed: 1000 +10*20  owner: a');
  const stuck = snapshotsOf('orders-0  end: 1000 +10*60  committed: 1000 +10*35 1350  owner: a');

  test('is unknown, and a warning after five minutes', () => {
    const polls = evaluated(steady.map((one, poll) => (poll < 10 ? one : withoutBroker(one))));
    expect(polls.slice(9).map(({ findings }) => `${findings[0]?.verdict} ${findings[0]?.severity}`)).toEqual([
      'caught-up ok',
      ...Array.from({ length: 5 }, () => 'unknown info'),
      ...Array.from({ length: 6 }, () => 'unknown warning'),
    ]);
    expect(polls[10]?.findings[0]).toMatchObject({
      unread: { reason: 'coordinator-unread' },
      lag: null,
      partitions: [],
    });
  });

  test('goes on from where it was when it answers again', () => {
    const polls = evaluated(steady.map((one, poll) => (poll === 10 ? withoutBroker(one) : one)));
    expect(polls[11]?.findings[0]).toMatchObject({ verdict: 'caught-up', unread: null });
    expect(polls[11]?.state.memory.groups.get('billing')?.life.runs).toBe(1);
  });

  test('keeps an incident open', () => {
    const polls = evaluated(stuck.map((one, poll) => (poll < 45 ? one : withoutBroker(one))));
    expect(told(polls)).toEqual(['40 suspected stalled critical', '41 opened stalled critical']);
    expect(polls.at(-1)?.state.incidents.incidents).toHaveLength(1);
  });

  test('is unknown to a first look', () => {
    const [first] = steady as [Snapshot];
    expect(evaluate(null, withoutBroker(first)).findings).toEqual([]);
  });
});

test('news is what is newer than the memory', () => {
  const [first, second] = snapshotsOf('orders-0  end: 10*2  committed: 4') as [Snapshot, Snapshot];
  const { state } = evaluate(null, first);
  expect([isNews(null, first), isNews(state, first), isNews(state, second)]).toEqual([true, false, true]);
});
