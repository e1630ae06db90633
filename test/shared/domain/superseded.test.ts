import { describe, expect, test } from 'vitest';
import { nameStem, successors } from '../../../shared/domain/superseded.ts';
import { outcome } from '../../support/scenario.ts';

test.each([
  ['billing', 'billing'],
  ['billing-v1', 'billing-*'],
  ['billing-v1.2.3', 'billing-*'],
  ['billing.v2', 'billing.*'],
  ['billing-1.2.3', 'billing-*'],
  ['billing_V12', 'billing_V12'.replace('V12', '*')],
  ['billing-20260301', 'billing-*'],
  ['billing-202603011200', 'billing-*'],
  ['billing-3f2a9bc', 'billing-*'],
  ['billing-9b2f0c1e-1111-4222-8333-444455556666', 'billing-*'],
  ['billing-blue', 'billing-*'],
  ['Billing-GREEN', 'Billing-*'],
  ['billing-7d9f8b6c5d-v2', 'billing-*-*'],
  // What only looks like it.
  ['orders-1', 'orders-1'],
  ['orders-12', 'orders-12'],
  ['shard-0042', 'shard-0042'],
  ['bluebird', 'bluebird'],
  ['evergreen-app', 'evergreen-app'],
  ['dev1', 'dev1'],
  ['deadbeef', 'deadbeef'],
  ['billing-1234567', 'billing-*'],
  ['billing-123456', 'billing-123456'],
  ['', ''],
])('the stem of %j is %j', (group, stem) => {
  expect(nameStem(group)).toBe(stem);
});

describe('a group is superseded', () => {
  const successorIn = (scenario: string, group = 'app-v1') => successors(outcome(scenario).memory)(group);
  const two = (old: string, young: string, names = ['app-v1', 'app-v2'], topic = 'orders') =>
    `orders-0  end: 0 +10*200\n${topic}-0  end: 0 +10*200\n` +
    `group ${names[0]}\norders-0  committed: 0  owner: ${old}\ngroup ${names[1]}\n${topic}-0  committed: 0  owner: ${young}`;

  test.each([
    ['by one that took over', two('a*100 -', '-*95 b'), 'app-v2'],
    ['by one that was alive when the old one was already gone', two('-', 'b'), 'app-v2'],
    ['within an hour side by side', two('a*100 -', '-*41 b'), 'app-v2'],
    ['not by one that was there beside it for long', two('a*100 -', 'b'), null],
    ['not while it lives itself', two('a', '-*95 b'), null],
    ['not by one that is not alive now', two('a*100 -', '-*95 b*20 -'), null],
    ['not by one on another topic', two('a*100 -', '-*95 b', ['app-v1', 'app-v2'], 'payments'), null],
    ['not by one of another name', two('a*100 -', '-*95 b', ['app-v1', 'shop-v2']), null],
  ])('%s', (_, scenario, successor) => {
    expect(successorIn(scenario)).toBe(successor);
  });

  test('not by another shard', () => {
    expect(successorIn(two('a*100 -', '-*95 b', ['orders-1', 'orders-2']), 'orders-1')).toBeNull();
  });

  test('nor is one that is not known', () => {
    expect(successorIn(two('a*100 -', '-*95 b'), 'app-v3')).toBeNull();
  });
});
