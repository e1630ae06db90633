import { describe, expect, test } from 'vitest';
import { courseOf, minute, muteOf, start, tell } from '../../support/incident-story.ts';

describe('a mute keeps what happens to itself', () => {
  test.each<[string, string, [number | null, number], string[]]>([
    [
      'an incident in it is unheard',
      'ok crit crit ok ok',
      [0, 9],
      ['2 opened critical (muted)', '4 resolved ok (muted)'],
    ],
    [
      'one that outlasts it is told then, once',
      'crit*2 crit*4',
      [0, 3],
      ['1 opened critical (muted)', '3 unmuted critical'],
    ],
    ['not at a good poll', 'crit*2 ok crit', [null, 2], ['1 opened critical (muted)', '3 unmuted critical']],
    ['unread, it is told too', 'crit*2 ?*4', [0, 3], ['1 opened critical (muted)', '3 unmuted critical']],
    ['nor is its end, then', 'crit*2 ok*2', [0, 2], ['1 opened critical (muted)', '3 resolved ok (untold)']],
    ['one that was told before is told again', 'crit*5', [2, 4], ['1 opened critical', '4 unmuted critical']],
    [
      'with what changed meanwhile',
      'warn*2 crit*4',
      [2, 5],
      ['1 opened warning', '3 worsened critical (muted)', '5 unmuted critical'],
    ],
    ['one word is enough', 'warn*2 crit*4', [0, 3], ['1 opened warning (muted)', '3 worsened critical']],
    ['there are no reminders in it', 'crit*245', [2, 243], ['1 opened critical', '243 unmuted critical']],
    ['it ends before its last instant', 'crit*2', [0, 1], ['1 opened critical']],
    ['it has not begun', 'crit*2', [2, 9], ['1 opened critical']],
  ])('%s', (_, polls, [from, to], lines) => {
    expect(courseOf(polls, { mutes: [muteOf(from, to)] })).toEqual(lines);
  });

  test('the transition says why', () => {
    const { told } = tell({ billing: 'crit*2' }, { mutes: [muteOf(0, 9)] });
    expect(told.at(-1)?.silence).toEqual({ because: 'muted', why: 'freeze' });
    const unsaid = tell({ billing: 'crit*2' }, { mutes: [{ ...muteOf(0, 9), why: null }] });
    expect(unsaid.told.at(-1)?.silence).toEqual({ because: 'muted', why: null });
  });

  test('it means only whom it matches', () => {
    const mutes = [muteOf(0, 9, { groups: ['batch-*'] }), muteOf(0, 9, { clusters: ['other'] })];
    expect(courseOf('crit*2', { mutes })).toEqual(['1 opened critical']);
  });
});

describe('an end that a mute swallowed, though the beginning had been told,', () => {
  test('is told when the mute is over', () => {
    const story = tell({ billing: 'crit*2 ok*4' }, { mutes: [muteOf(2, 5)] });
    expect(story.told.slice(1)).toMatchObject([
      { kind: 'opened', silence: null },
      { poll: 3, kind: 'resolved', from: 'firing', to: 'resolved', silence: { because: 'muted' } },
      {
        poll: 5,
        id: `orders-prod/billing/${start}/3`,
        kind: 'unmuted',
        from: 'resolved',
        to: 'resolved',
        fromSeverity: 'ok',
        severity: 'ok',
        at: start + 5 * minute,
        durationMs: 3 * minute,
        reason: expect.stringMatching(/^ended while muted: over after 3 min: /),
        silence: null,
      },
    ]);
    expect(story.state.owedEnds).toEqual([]);
  });

  test('also where the group vanished', () => {
    const lines = courseOf('crit*2 -*70', { mutes: [muteOf(2, 66)] });
    expect(lines).toEqual(['1 opened critical', '62 vanished critical (muted)', '66 unmuted critical']);
  });

  test.each<[string, string, string[]]>([
    [
      'is not where it has begun again: that is told instead',
      'crit*2 ok*2 crit*4',
      ['1 opened critical', '3 resolved ok (muted)', '5 opened critical (muted)', '6 unmuted critical'],
    ],
    [
      'is told by the end of what began again',
      'crit*2 ok*2 crit*2 ok*2',
      ['1 opened critical', '3 resolved ok (muted)', '5 opened critical (muted)', '7 resolved ok'],
    ],
    [
      'is told where that is only pending',
      'crit*2 ok*3 crit*3',
      ['1 opened critical', '3 resolved ok (muted)', '6 opened critical'],
    ],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls, { mutes: [muteOf(2, 6)] })).toEqual(lines);
  });

  test('is told before what is only pending', () => {
    expect(courseOf('crit*2 ok*3 crit ok', { mutes: [muteOf(2, 5)] })).toEqual([
      '1 opened critical',
      '3 resolved ok (muted)',
      '5 unmuted ok',
    ]);
  });
});

describe('a mute that is limited to topics', () => {
  const orders = muteOf(0, 99, { topics: ['orders'] });
  const payments = muteOf(0, 99, { topics: ['payments'] });

  test.each<[string, string, (typeof orders)[], string[]]>([
    ['silences trouble there', 'crit*2', [orders], ['1 opened critical (muted)']],
    ['nowhere else', 'crit/payments*2', [orders], ['1 opened critical']],
    ['nor where there is other trouble', 'crit/orders+payments*2', [orders], ['1 opened critical']],
    ['together they cover it', 'crit/orders+payments*2', [orders, payments], ['1 opened critical (muted)']],
    ['not the group as a whole', '?warn*2', [orders], ['1 opened warning']],
    ['it holds for the end', 'crit*2 ok*2', [orders], ['1 opened critical (muted)', '3 resolved ok (muted)']],
    [
      'and while it is away',
      'crit*2 -*62',
      [orders],
      ['1 opened critical (muted)', '62 vanished critical (muted)'],
    ],
  ])('%s', (_, polls, mutes, lines) => {
    expect(courseOf(polls, { mutes })).toEqual(lines);
  });
});
