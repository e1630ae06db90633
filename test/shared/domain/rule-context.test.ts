import { describe, expect, test } from 'vitest';
import { asJudged } from '../../support/rule-answers.ts';
import { outcome, type ScenarioOptions } from '../../support/scenario.ts';

const contextAfter = (scenario: string, options: ScenarioOptions = {}) =>
  asJudged(outcome(scenario, options), 'orders-0', options.policy).context;

describe('the members', () => {
  const group = (columns: string) => `orders-0  end: 5  committed: 3  owner: a\ngroup billing  ${columns}`;
  test.each([
    ['own what they own', group(''), true],
    ['own nothing yet, but say what they ask for', group('members: b'), true],
    ['are not known', group('members: ?'), false],
    ['are none', group('members: -'), false],
  ])('whose assignments are known: %s', (_, scenario, knows) => {
    expect(contextAfter(scenario).knowsOwners).toBe(knows);
  });

  test('of a protocol that tells nothing may have asked for anything', () => {
    const poll = outcome(group(''));
    const [first] = poll.readings as [(typeof poll.readings)[number]];
    const silent = { ...first.snapshot.members?.[0], subscribed: null, assigned: new Map() } as never;
    const told = { ...poll, readings: [{ ...first, snapshot: { ...first.snapshot, members: [silent] } }] };
    const { context } = asJudged(told);
    expect(context).toMatchObject({ knowsOwners: false, hasMembers: true });
    expect(context.subscribes('anything')).toBe(true);
  });

  test('ask for what they subscribe to or own', () => {
    const { subscribes } = contextAfter(group('subscribed: payments'));
    expect(['orders', 'payments', 'shipping'].map(subscribes)).toEqual([true, true, false]);
  });
});

describe('a loop of rebalances', () => {
  const owners = (count: number) =>
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'b' : 'a')).join(' ');
  const grows = (changes: number, rest = '') =>
    `orders-0  end: 0 +100*60  committed: 0  owner: a*10 ${owners(changes)}${rest}`;
  test.each([
    ['four are the fewest', grows(4), 4, true],
    ['three are none', grows(3), 3, false],
    ['they are counted over a quarter of an hour', grows(4, ' b*20'), 0, false],
    ['lag has to grow', `orders-0  end: 100  committed: 0  owner: a*10 ${owners(4)}`, 4, false],
    [
      'by more than a few records',
      `orders-0  end: 100 +1*60  committed: 0  owner: a*10 ${owners(4)}`,
      4,
      false,
    ],
    ['lag has to be known', `orders-0  end: ?  committed: 0  owner: a*10 ${owners(4)}`, 4, false],
  ])('%s', (_, scenario, rebalances, isLoop) => {
    const polls = 10 + (scenario.includes('*20') ? 24 : rebalances);
    const context = contextAfter(`polls: ${polls}\n${scenario}`);
    expect(context).toMatchObject({ rebalances, isLoop });
  });

  test('a group of many members needs more: each may join and leave once', () => {
    const big = (changes: number) =>
      `polls: ${10 + changes}\n${grows(changes)}\ngroup billing  members: a,c,d*10 ${Array.from({ length: changes }, (_, i) => (i % 2 === 0 ? 'a,b,c,d' : 'a,c,d')).join(' ')}`;
    // Three members are left after an even number of changes.
    expect(contextAfter(big(6))).toMatchObject({ rebalances: 6, isLoop: false });
    expect(contextAfter(big(8))).toMatchObject({ rebalances: 8, isLoop: true });
  });
});
