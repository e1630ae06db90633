import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { courseOf, hour, minute, start, tell } from '../../support/incident-story.ts';

describe('an incident is confirmed by polls running', () => {
  test.each<[string, string, string[]]>([
    ['a healthy group has none', 'ok ok ok', []],
    ['information opens none', 'info*9', []],
    ['one bad poll is not enough', 'ok crit ok ok', []],
    ['nor are two that do not run', 'crit ok crit ok crit ok', []],
    ['two running fire', 'ok crit crit', ['2 opened critical']],
    ['a warning fires as one', 'warn warn', ['1 opened warning']],
    ['critical is confirmed on its own', 'warn crit crit', ['1 opened warning', '2 worsened critical']],
    ['critical for one poll is not announced', 'crit warn crit warn', ['1 opened warning']],
    ['two good polls running resolve it', 'crit crit ok ok', ['1 opened critical', '3 resolved ok']],
    ['information is as good', 'crit crit info info', ['1 opened critical', '3 resolved info']],
    ['one good poll does not', 'crit crit ok crit ok crit', ['1 opened critical']],
    [
      'it may open again',
      'crit crit ok ok crit crit',
      ['1 opened critical', '3 resolved ok', '5 opened critical'],
    ],
    ['critical again, without a word', 'crit crit warn crit warn crit', ['1 opened critical']],
    ['two polls below critical ease it', 'crit crit warn warn', ['1 opened critical', '3 eased warning']],
    [
      'a good poll counts among them, but does not ease it itself',
      'crit crit warn ok warn',
      ['1 opened critical', '4 eased warning'],
    ],
    [
      'up and down',
      'warn warn crit crit warn warn ok ok',
      ['1 opened warning', '3 worsened critical', '5 eased warning', '7 resolved ok'],
    ],
    ['another verdict of the same severity is no news', 'crit crit stopped', ['1 opened critical']],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });

  test('pending is told as a transition, and that nobody need hear of it', () => {
    const { told } = tell({ billing: 'crit ok crit crit' });
    expect(told.map(({ kind, from, to, silence }) => [kind, from, to, silence])).toEqual([
      ['suspected', 'ok', 'pending', { because: 'pending' }],
      ['dismissed', 'pending', 'ok', { because: 'pending' }],
      ['suspected', 'ok', 'pending', { because: 'pending' }],
      ['opened', 'pending', 'firing', null],
    ]);
  });

  test.each<[number, number, string, string[]]>([
    [1, 1, 'crit ok crit', ['0 opened critical', '1 resolved ok', '2 opened critical']],
    [3, 1, 'crit*2 ok crit*3 ok', ['5 opened critical', '6 resolved ok']],
    [1, 3, 'warn crit ok ok crit ok*3', ['0 opened warning', '1 worsened critical', '7 resolved ok']],
  ])(
    '%i to fire, %i to resolve, as the policy says',
    (confirmFiringPolls, confirmResolvedPolls, polls, lines) => {
      expect(courseOf(polls, { policy: { confirmFiringPolls, confirmResolvedPolls } })).toEqual(lines);
    },
  );

  test('where one poll confirms, it opens from ok', () => {
    const { told } = tell({ billing: 'crit' }, { policy: { confirmFiringPolls: 1 } });
    expect(told).toMatchObject([
      { kind: 'opened', from: 'ok', to: 'firing', fromVerdict: null, fromSeverity: 'ok' },
    ]);
  });

  test('the policy is that of the topic in trouble, also once it is well', () => {
    const asked = new Set<string | null>();
    tell(
      { billing: 'ok crit/payments crit/payments ok ok' },
      {
        policyFor: ({ topic }) => {
          asked.add(topic);
          return defaultPolicy;
        },
      },
    );
    expect([...asked]).toEqual(['payments']);
  });
});

describe('silence is not recovery', () => {
  test.each<[string, string, string[]]>([
    [
      'unread never resolves',
      'crit crit ?*500',
      ['1 opened critical', '241 reminded critical', '481 reminded critical'],
    ],
    ['nor is it among the good polls', 'crit crit ok ? crit', ['1 opened critical']],
    ['it does not end their run either', 'crit crit ok ? ok', ['1 opened critical', '4 resolved ok']],
    ['it lowers no severity', 'crit crit warn ? ?warn ?', ['1 opened critical']],
    ['the severity that it kept raises none', 'warn warn ?crit*5', ['1 opened warning']],
    ['unread members are no good poll', 'crit crit half*9', ['1 opened critical']],
    ['nor is an unread partition', 'crit crit half-ok*9', ['1 opened critical']],
    ['nor one beside milder trouble', 'crit crit half-warn*9', ['1 opened critical']],
    ['but trouble that is seen counts', 'half-warn half-warn', ['1 opened warning']],
    ['pending is not confirmed by it', 'crit ?*4', []],
    ['nor by the severity that it kept', 'crit ?crit*3 ?warn', []],
    ['nor dropped', 'crit ?*9 crit', ['10 opened critical']],
    ['nor while it is away', 'crit -*9 crit', ['10 opened critical']],
    ['away for one poll is not gone', 'crit crit - ok ok', ['1 opened critical', '4 resolved ok']],
    ['away counts for no good poll', 'crit crit ok -*9 crit', ['1 opened critical']],
    ['unread for long is trouble of its own', '? ?warn ?warn', ['2 opened warning']],
    ['and over once it is read', '?warn ?warn ok ok', ['1 opened warning', '3 resolved ok']],
    ['and may turn out worse', '?warn ?warn crit crit', ['1 opened warning', '3 worsened critical']],
    ['unread for long, pending fires as a warning', 'crit ?crit*4 ?crit ?', ['5 opened warning']],
    ['unread for long is no wider trouble', 'crit crit ?warn*20', ['1 opened critical']],
    ['nor is an unread partition beside it', 'warn warn half-warn*9', ['1 opened warning']],
    ['for information it stays pending', 'crit ?*20', []],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });

  test('a policy may make unread critical', () => {
    const policy = { severity: { unknown: 'critical' } } as const;
    expect(courseOf('?crit ?crit', { policy })).toEqual(['1 opened critical']);
  });

  test('unread is confirmed by as many polls as anything', () => {
    expect(courseOf('?warn*3', { policy: { confirmFiringPolls: 3 } })).toEqual(['2 opened warning']);
  });

  test('time that runs backwards is none', () => {
    const { state } = tell({ billing: 'crit crit -*5' }, { watchedMs: -hour });
    expect(state.incidents).toMatchObject([{ awayMs: 0, blindMs: 0 }]);
  });

  test('part of a group that was unread is told by topic and partition', () => {
    const { told } = tell({ billing: '?warn/payments ?warn/payments' });
    expect(told.at(-1)).toMatchObject({
      kind: 'opened',
      scope: { breadth: 'partition', topics: ['payments'] },
      reason: expect.stringContaining('payments-0: not read (timed-out)'),
    });
  });

  test('a firing group that is away or unread is unknown', () => {
    for (const polls of ['crit crit -', 'crit crit ?', 'crit crit half']) {
      expect(tell({ billing: polls }).state.incidents).toMatchObject([
        { verdict: 'unknown', phase: 'firing' },
      ]);
    }
  });
});

describe('a group that is in no list for an hour has vanished', () => {
  test.each<[string, string, string[]]>([
    ['not a minute earlier', 'crit crit -*60', ['1 opened critical']],
    ['then it ends, once', 'crit crit -*90', ['1 opened critical', '62 vanished critical']],
    ['seen in between, the hour begins anew', 'crit crit -*60 ? -*60', ['1 opened critical']],
    ['a gap in polling is no absence', 'crit crit - +600 -', ['1 opened critical', '3 reminded critical']],
    ['pending it ends without a word', 'crit -*90', []],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });

  test('only polls that read every broker count', () => {
    const brokerUnreadAt = Array.from({ length: 30 }, (_, i) => 2 + i);
    expect(courseOf('crit crit -*120', { brokerUnreadAt })).toEqual([
      '1 opened critical',
      '92 vanished critical',
    ]);
  });

  test('it is told as an end, not as a recovery', () => {
    const { told, state } = tell({ billing: 'stopped stopped -*70' });
    expect(told.at(-1)).toMatchObject({
      kind: 'vanished',
      from: 'firing',
      to: 'resolved',
      fromVerdict: 'stopped',
      toVerdict: 'unknown',
      severity: 'critical',
      reason:
        "over after 1 h 2 min: vanished, never recovered: in no broker's list any more, or its commits are gone; stopped before",
      silence: null,
    });
    expect(state.incidents).toEqual([]);
  });

  test('a pending one that vanished says so to the record', () => {
    const { told } = tell({ billing: 'crit -*70' });
    expect(told.at(-1)).toMatchObject({
      kind: 'dismissed',
      to: 'ok',
      severity: 'critical',
      reason: 'vanished before it was confirmed',
    });
  });
});

describe('it is told again when it widens', () => {
  test.each<[string, string, string[]]>([
    ['from a partition to a member', 'crit*2 crit:member*2', ['1 opened critical', '3 widened critical']],
    ['from a member to the group', 'crit:member*2 crit:group*2', ['1 opened critical', '3 widened critical']],
    ['to more partitions', 'unowned*2 unowned/orders!*2', ['1 opened critical', '3 widened critical']],
    [
      'to all partitions',
      'unowned/orders!*2 unowned/orders!+payments!*2',
      ['1 opened critical', '3 widened critical'],
    ],
    ['to another topic', 'crit:member*2 crit:member/payments*2', ['1 opened critical', '3 widened critical']],
    ['not for one poll', 'crit*2 crit:group crit crit:group crit', ['1 opened critical']],
    [
      'unread polls neither confirm nor deny it',
      'crit*2 crit:group ?*3 crit:group',
      ['1 opened critical', '6 widened critical'],
    ],
    ['not when it narrows', 'crit:group*2 crit*9', ['1 opened critical']],
    [
      'nor when it is as wide as before',
      'crit*2 crit:group*2 crit*2 crit:group*9',
      ['1 opened critical', '3 widened critical'],
    ],
    [
      'where all stands still, a topic is no news',
      'crit:group*2 crit:group/orders+payments*2',
      ['1 opened critical'],
    ],
    [
      'of a group without members no part is sound',
      'stopped*2 stopped/orders+payments*2',
      ['1 opened critical'],
    ],
    ['nor of one that never settles', 'rebalancing*2 crit:group*2', ['1 opened critical']],
    ['wider and wider is confirmed as well', 'crit crit:member crit:group', ['1 opened critical']],
    [
      'also after another word',
      'warn*2 crit crit:member crit:group',
      ['1 opened warning', '3 worsened critical'],
    ],
    ['while pending it is no news', 'crit crit:group', ['1 opened critical']],
    ['nor right after it', 'crit crit:group crit:group', ['1 opened critical']],
    [
      'with its severity it is told once',
      'warn*2 crit:group*2 crit:group',
      ['1 opened warning', '3 worsened critical'],
    ],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });

  test('what was told before is covered', () => {
    const { told } = tell({ billing: 'crit:member*2 crit/payments*2' });
    expect(told.at(-1)).toMatchObject({
      kind: 'widened',
      scope: { breadth: 'member', topics: ['orders', 'payments'] },
    });
  });
});

describe('it is told again while it goes on', () => {
  test.each<[string, string, string[]]>([
    ['every four hours', 'crit*482', ['1 opened critical', '241 reminded critical', '481 reminded critical']],
    [
      'counted from the last word',
      'warn*100 crit*300',
      ['1 opened warning', '101 worsened critical', '341 reminded critical'],
    ],
    ['not while it may be about to end', 'crit*241 ok crit', ['1 opened critical', '242 reminded critical']],
    ['after a gap once', 'crit*2 +900 crit crit', ['1 opened critical', '2 reminded critical']],
    ['away too', 'crit*2 +900 - crit', ['1 opened critical', '2 reminded critical']],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });

  test('as often as the policy says', () => {
    expect(courseOf('crit*9', { policy: { remindEveryMs: 3 * minute } })).toEqual([
      '1 opened critical',
      '4 reminded critical',
      '7 reminded critical',
    ]);
  });

  test('while it is away the last verdict is named', () => {
    const { told } = tell(
      { billing: 'crit*2 -*300' },
      { brokerUnreadAt: Array.from({ length: 400 }, (_, i) => i) },
    );
    expect(told.at(-1)?.reason).toBe('not seen for 4 h, stalled before');
  });
});

describe('a gap in polling', () => {
  test.each<[string, string, string[]]>([
    ['confirms nothing', 'crit +120 ok', []],
    ['resolves nothing', 'crit*2 ok +120 crit', ['1 opened critical']],
    ['keeps what was counted', 'crit +120 crit ok +120 ok', ['1 opened critical', '3 resolved ok']],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls)).toEqual(lines);
  });
});

describe('maintenance', () => {
  const maintenance = { since: start, what: 'broker 2 reboots' };

  test.each<[string, string, string[]]>([
    ['holds firing back for a quarter of an hour', 'ok crit*30', ['16 opened critical']],
    ['from the first sight of trouble', 'ok*9 warn*30', ['24 opened warning']],
    ['not what it cannot explain: loss', 'ok data-lost*2', ['2 opened critical']],
    ['a topic made again', 'ok recreated*2', ['2 opened critical']],
    ['a commit beyond the end', 'ok beyond-end*2', ['2 opened critical']],
    ['a short trouble passes unheard', 'ok crit*9 ok crit*9 ok', []],
  ])('%s', (_, polls, lines) => {
    expect(courseOf(polls, { maintenance })).toEqual(lines);
  });

  test('is not to blame for what began before', () => {
    expect(courseOf('crit*2', { maintenance: { ...maintenance, since: start + 1 } })).toEqual([
      '1 opened critical',
    ]);
  });

  test('is told with the trouble', () => {
    expect(tell({ billing: 'data-lost*2' }, { maintenance }).told.at(-1)?.reason).toBe(
      'orders-0: 40 records deleted before the group read them: offsets 4 to 43 (maintenance: broker 2 reboots)',
    );
  });

  test('worsening is not held back', () => {
    const before = tell({ billing: 'warn*2' });
    const after = tell(
      { billing: 'crit*2' },
      { maintenance: { ...maintenance, since: 0 }, from: before.state },
    );
    expect(after.told.map(({ kind }) => kind)).toEqual(['worsened']);
  });
});

describe('a transition', () => {
  test('says what changed, since when, and why', () => {
    const { told } = tell({ billing: 'ok warn crit crit:group crit:group ok ok' });
    expect(told.filter(({ silence }) => silence === null)).toMatchObject(
      [
        {
          id: `orders-prod/billing/${start + minute}/1`,
          kind: 'opened',
          group: 'billing',
          from: 'pending',
          to: 'firing',
          fromVerdict: 'falling-behind',
          toVerdict: 'stalled',
          fromSeverity: 'warning',
          severity: 'warning',
          worstSeverity: 'warning',
          scope: { breadth: 'partition', topics: ['orders'] },
          at: start + 2 * minute,
          openedAt: start + minute,
          durationMs: minute,
          recordsLost: 0n,
          reason: expect.stringMatching(/^orders-0: stuck at offset 4711 for 10 min/),
        },
        {
          id: `orders-prod/billing/${start + minute}/2`,
          kind: 'worsened',
          from: 'firing',
          to: 'firing',
          fromVerdict: 'stalled',
          fromSeverity: 'warning',
          severity: 'critical',
          worstSeverity: 'critical',
          scope: { breadth: 'group', topics: ['orders'] },
        },
        {
          id: `orders-prod/billing/${start + minute}/3`,
          kind: 'resolved',
          from: 'firing',
          to: 'resolved',
          fromVerdict: 'stalled',
          toVerdict: 'keeping-up',
          fromSeverity: 'critical',
          severity: 'ok',
          worstSeverity: 'critical',
          at: start + 6 * minute,
          durationMs: 5 * minute,
          reason: expect.stringMatching(/^over after 5 min: orders-0: 40 offsets wait, and it moves/),
        },
      ].map((told) => expect.objectContaining(told)),
    );
  });

  test('the worst severity is kept until the end: who heard of it must hear of that', () => {
    const { told } = tell({ billing: 'crit*2 warn*2 ok*2' });
    expect(told.map(({ kind, severity, worstSeverity }) => [kind, severity, worstSeverity])).toEqual([
      ['suspected', 'critical', 'critical'],
      ['opened', 'critical', 'critical'],
      ['eased', 'warning', 'critical'],
      ['resolved', 'ok', 'critical'],
    ]);
  });

  test('a verdict that changed without a word is told with the next', () => {
    const { told, states } = tell({ billing: 'crit crit stopped unowned crit:group crit:group' });
    expect(states[3]?.incidents[0]?.verdict).toBe('unowned');
    expect(told.at(-1)).toMatchObject({ kind: 'widened', fromVerdict: 'stalled', toVerdict: 'stalled' });
    expect(tell({ billing: 'crit crit stopped ok ok' }).told.at(-1)).toMatchObject({
      fromVerdict: 'stalled',
    });
  });

  test('what was lost is counted from before the incident', () => {
    const counter = [100n, 140n, 140n, 150n, 150n];
    const { told } = tell(
      { billing: 'ok data-lost data-lost ok ok' },
      { recordsLost: (poll) => counter[poll] ?? 0n },
    );
    expect(told.map(({ kind, recordsLost }) => [kind, recordsLost])).toEqual([
      ['suspected', 40n],
      ['opened', 40n],
      ['resolved', 50n],
    ]);
    expect(told.at(-1)?.reason).toMatch(/; records lost: 50$/);
  });

  test('a loss counter that starts anew takes nothing back', () => {
    const { told } = tell(
      { billing: 'data-lost data-lost ok ok' },
      { recordsLost: (poll) => (poll < 2 ? 10n : 0n) },
    );
    expect(told.map(({ recordsLost }) => recordsLost)).toEqual([10n, 10n, 10n]);
  });

  test('no two incidents share an id, whatever the names hold', () => {
    const { told } = tell({ 'a/b': 'crit crit', 'a%2Fb': 'crit crit', a: 'crit crit', '': 'crit crit' });
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(told.map(({ id }) => id)).toContain(`orders-prod/a%2Fb/${start}/0`);
  });
});

test('a clock that goes back makes no negative durations and no id twice', () => {
  const { state } = tell({ billing: 'crit*2' });
  const { told } = tell(
    { billing: 'ok*2 crit ok crit ok' },
    { from: { ...state, at: start + hour }, clock: 0 },
  );
  expect(told.map(({ kind, durationMs }) => [kind, durationMs])).toEqual([
    ['resolved', hour + 2],
    ['suspected', 0],
    ['dismissed', 1],
    ['suspected', 0],
    ['dismissed', 1],
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(5);
});
