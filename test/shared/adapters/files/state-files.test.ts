import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateFiles } from '../../../../shared/adapters/files/state-files.ts';
import { evaluate, type MonitorState } from '../../../../shared/domain/evaluate.ts';
import { snapshotOf } from '../../../support/snapshot-notation.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'lagwarden-states-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const stateOf = (committed: number): MonitorState =>
  evaluate(null, snapshotOf({ orders: ['0..10'] }, { billing: { commits: { orders: [committed] } } })).state;
const store = () => stateFiles(directory, () => Date.UTC(2026, 2, 1, 3, 4, 5, 6));
const file = (name: string) => path.join(directory, name);

/** What is kept, and under which version. @throws where nothing is */
async function loaded(cluster = 'orders-prod') {
  const found = await store().load(cluster);
  if (found.outcome !== 'loaded') throw new Error(`nothing is kept: ${found.outcome}`);
  return found;
}

describe('a state', () => {
  test('that was never saved is none', async () => {
    expect(await store().load('orders-prod')).toEqual({ outcome: 'none' });
  });

  test('comes back as it was saved, each cluster its own', async () => {
    await store().save('orders-prod', stateOf(3), null);
    await store().save('../ORDERS', stateOf(4), null);
    expect((await loaded()).state).toEqual(stateOf(3));
    expect((await loaded('../ORDERS')).state).toEqual(stateOf(4));
    expect(readdirSync(directory).toSorted()).toEqual([
      '..%002f%004f%0052%0044%0045%0052%0053.state',
      'orders-prod.state',
    ]);
  });

  test('goes into a directory that is made for it', async () => {
    const below = stateFiles(file('a/b'), Date.now);
    expect(await below.save('c', stateOf(1), null)).toMatchObject({ outcome: 'saved' });
    expect(await below.load('c')).toMatchObject({ outcome: 'loaded' });
  });

  test('is saved on the version that it was made from', async () => {
    const first = await store().save('c', stateOf(1), null);
    const version = first.outcome === 'saved' ? first.version : '';
    expect(await store().save('c', stateOf(2), version)).toMatchObject({ outcome: 'saved' });
    expect((await loaded('c')).state).toEqual(stateOf(2));
  });
});

describe('two that save the same cluster', () => {
  test('the slower one is told, and what is kept is the quicker one’s', async () => {
    const first = await store().save('c', stateOf(1), null);
    const version = first.outcome === 'saved' ? first.version : '';
    await store().save('c', stateOf(2), version);
    expect(await store().save('c', stateOf(3), version)).toEqual({ outcome: 'lost-race' });
    expect(await store().save('c', stateOf(3), null)).toEqual({ outcome: 'lost-race' });
    expect((await loaded('c')).state).toEqual(stateOf(2));
  });

  test('at the very same time: one of them', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => store().save('c', stateOf(i % 10), null)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
    expect(readdirSync(directory)).toEqual(['c.state']);
  });

  test('a lock that a crash left behind holds nobody up for long', async () => {
    writeFileSync(file('c.state.lock'), '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file('c.state.lock'), longAgo, longAgo);
    expect(await store().save('c', stateOf(1), null)).toMatchObject({ outcome: 'saved' });
  });

  test('somebody who took the file away', async () => {
    const first = await store().save('c', stateOf(1), null);
    rmSync(file('c.state'));
    expect(await store().save('c', stateOf(2), first.outcome === 'saved' ? first.version : '')).toEqual({
      outcome: 'lost-race',
    });
  });
});

describe('a file that cannot be used', () => {
  test('is moved aside under the time of day, told, and never overwritten', async () => {
    writeFileSync(file('c.state'), 'scribble');
    const where = file('c.state.set-aside-2026-03-01T030405.006Z');
    expect(await store().load('c')).toEqual({
      outcome: 'set-aside',
      why: expect.stringMatching(/^it cannot be unpacked: /),
      where,
    });
    expect(await store().save('c', stateOf(1), null)).toMatchObject({ outcome: 'saved' });
    expect(readFileSync(where, 'utf8')).toBe('scribble');
    expect(await store().load('c')).toMatchObject({ outcome: 'loaded' });
  });
});
