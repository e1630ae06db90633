import { describe, expect, test } from 'vitest';
import { markAnnounced } from '../../../shared/domain/incident.ts';
import type { Transition } from '../../../shared/domain/transition.ts';
import { linesOf, minute, muteOf, start, tell } from '../../support/incident-story.ts';

describe('what is to be announced', () => {
  test('is kept until it was', () => {
    const { state, told } = tell({ billing: 'warn*2 crit*2 ok ok' });
    const ids = told.filter(({ silence }) => silence === null).map(({ id }) => id);
    expect(state.unannounced.map(({ kind }) => kind)).toEqual(['opened', 'worsened', 'resolved']);
    expect(state.unannounced.map(({ id }) => id)).toEqual(ids);
    expect(markAnnounced(state, ids.slice(0, 2)).unannounced.map(({ kind }) => kind)).toEqual(['resolved']);
    expect(markAnnounced(state, [...ids, 'unheard of']).unannounced).toEqual([]);
    expect(markAnnounced(state, [])).toEqual(state);
  });

  test('is nothing that is silent', () => {
    const { state } = tell({ billing: 'crit*2 ok ok crit' }, { mutes: [muteOf(0, 9)] });
    expect(state.unannounced).toEqual([]);
  });

  const atOnce = { policy: { confirmFiringPolls: 1, confirmResolvedPolls: 1 } };

  test('is all that happened, a thousand transitions long', () => {
    const { state } = tell({ billing: 'crit ok '.repeat(500).trim() }, atOnce);
    expect(state.unannounced).toHaveLength(1_000);
  });

  test('beyond that the latest of each group', () => {
    const polls = { billing: 'crit ok '.repeat(500).trim(), audit: 'crit' };
    const brokerUnreadAt = Array.from({ length: 1_000 }, (_, i) => i);
    const policy = { ...atOnce.policy, remindEveryMs: 1_000 * minute };
    const { unannounced } = tell(polls, { policy, brokerUnreadAt }).state;
    expect(unannounced.map(({ group, kind, at }) => [group, kind, (at - start) / minute])).toEqual([
      ['audit', 'opened', 0],
      ['billing', 'resolved', 999],
    ]);
  });

  test('and the latest thousand of these', () => {
    const { state } = tell({ billing: 'crit' }, atOnce);
    const unannounced = Array.from({ length: 1_000 }, (_, i) => ({
      ...(state.unannounced[0] as Transition),
      group: `g-${i}`,
      id: `${i}`,
    }));
    const after = tell({ audit: 'crit', zeta: 'crit' }, { ...atOnce, from: { ...state, unannounced } }).state;
    expect(after.unannounced.map(({ group }) => group)).toEqual([
      ...Array.from({ length: 998 }, (_, i) => `g-${i + 2}`),
      'audit',
      'zeta',
    ]);
  });
});

describe('the state', () => {
  test('forgets what is over', () => {
    const { state } = tell({ billing: 'crit*2 ok*2', audit: 'crit ok ok ok' });
    expect(state).toMatchObject({ incidents: [], cluster: null, owedEnds: [] });
  });

  test('is plain data: written and read again, it goes on the same', () => {
    const { state } = tell({ billing: 'crit*2', audit: 'warn' }, { mutes: [muteOf(1, 3)] });
    const text = JSON.stringify(state, (_, value) =>
      typeof value === 'bigint' ? { bigint: `${value}` } : value,
    );
    const read = JSON.parse(text, (_, value) => (value?.bigint === undefined ? value : BigInt(value.bigint)));
    expect(read).toEqual(state);
    const rest = { billing: 'ok*2', audit: 'warn*2' };
    expect(tell(rest, { from: read }).told).toEqual(tell(rest, { from: state }).told);
  });

  test('a group that is listed twice counts once, by the worse of the two', () => {
    const one = tell({ billing: 'crit*2' }, { twice: 'ok' });
    expect(linesOf(one)).toEqual(['1 opened critical']);
    expect(linesOf(tell({ billing: 'ok*2' }, { twice: 'crit' }))).toEqual(['1 opened critical']);
  });
});
