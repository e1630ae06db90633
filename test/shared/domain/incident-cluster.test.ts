import { describe, expect, test } from 'vitest';
import {
  type Circumstances,
  linesOf,
  minute,
  muteOf,
  type Story,
  start,
  tell,
} from '../../support/incident-story.ts';

/** So many groups, `g-00`, `g-01`, …, all with the same story. */
function many(count: number, polls: string, from = 0): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`g-${String(i + from).padStart(2, '0')}`, polls]),
  );
}

const ofCluster = (story: Story) =>
  linesOf(story)
    .filter((line) => / cluster /.test(line))
    .map((line) => line.replace('cluster ', ''));
/** What was announced of groups, counted. */
const announced = (story: Story, kind: string) =>
  story.told.filter((one) => one.group !== null && one.kind === kind && one.silence === null).length;

describe('incidents of many groups are folded into one', () => {
  test.each<[string, number, number, boolean]>([
    ['21 of a thousand', 21, 979, true],
    ['20 of a thousand are not many', 20, 980, false],
    ['7 of 20: more than 30 %', 7, 13, true],
    ['6 of 20: just 30 %', 6, 14, false],
    ['4 of 4 are too few', 4, 0, false],
    ['5 of 5', 5, 0, true],
  ])('%s', (_, troubled, wellGroups, isFolded) => {
    const story = tell(many(troubled, 'ok crit crit'), { wellGroups });
    expect(ofCluster(story)).toEqual(isFolded ? ['2 opened critical'] : []);
    expect(announced(story, 'opened')).toBe(isFolded ? 0 : troubled);
  });

  test('the one tells how many, of what, and which are worst', () => {
    const polls = {
      ...many(4, 'warn*2'),
      ...many(3, 'stopped*2', 4),
      ...many(3, 'crit*2', 7),
      ...many(2, '-*2', 20),
    };
    const { told, state } = tell(polls, { recordsLost: () => 7n });
    expect(told.at(0)?.silence).toEqual({ because: 'pending' });
    expect(told.find(({ group }) => group === null)).toMatchObject({
      id: `orders-prod/${start + minute}/0`,
      kind: 'opened',
      group: null,
      from: 'ok',
      to: 'firing',
      fromVerdict: null,
      toVerdict: 'falling-behind',
      fromSeverity: 'ok',
      severity: 'critical',
      scope: { breadth: 'cluster', topics: [] },
      reason:
        '10 of 10 groups in trouble at once: 4 falling-behind, 3 stalled, 3 stopped; worst: g-07 (stalled), g-08 (stalled), g-09 (stalled), g-04 (stopped), g-05 (stopped)',
      durationMs: 0,
      silence: null,
    });
    expect(told.filter(({ kind, group }) => kind === 'opened' && group !== null)).toHaveLength(10);
    for (const { kind, silence, group } of told) {
      if (kind !== 'opened' || group === null) continue;
      expect(silence).toEqual({ because: 'folded', into: `orders-prod/${start + minute}` });
    }
    expect(state.unannounced.map(({ group }) => group)).toEqual([null]);
  });

  test('also those that surfaced within ten minutes, and were told on their own', () => {
    const polls = (gap: string) => ({
      ...many(4, `crit*2 crit*${gap} crit*2`),
      ...many(3, `ok*2 ok*${gap} crit*2`, 4),
    });
    const folded = tell(polls('8'), { wellGroups: 13 });
    expect(announced(folded, 'opened')).toBe(4);
    expect(ofCluster(folded)).toEqual(['11 opened critical']);
    expect(ofCluster(tell(polls('9'), { wellGroups: 13 }))).toEqual([]);
  });

  test('not when fewer groups are watched: something must surface', () => {
    const { state } = tell(many(5, 'crit*2'), { wellGroups: 20 });
    expect(ofCluster(tell(many(5, 'crit*2'), { from: state }))).toEqual([]);
  });

  test('a group that fires later is folded into it, one that fired long before is not', () => {
    const polls = { old: 'crit*400', ...many(6, 'ok*20 crit*380'), late: 'ok*30 crit*370' };
    const story = tell(polls, { wellGroups: 10 });
    expect(linesOf(story)).toEqual([
      '1 old opened critical',
      '21 cluster opened critical',
      ...Array.from({ length: 6 }, (_, i) => `21 g-0${i} opened critical (folded)`),
      '31 late opened critical (folded)',
      '241 old reminded critical',
      '261 cluster reminded critical',
    ]);
  });

  test('twice as many are told again, fewer more are not', () => {
    const polls = { ...many(21, 'crit*14'), ...many(20, 'ok*2 crit*12', 21), ...many(1, 'ok*4 crit*10', 41) };
    const more = { ...many(41, 'ok*6 crit*8', 42), ...many(1, 'ok*10 crit*4', 83) };
    expect(ofCluster(tell({ ...polls, ...more }))).toEqual([
      '1 opened critical',
      '5 widened critical',
      '11 widened critical',
    ]);
  });

  test('critical is told where it was a warning, and does not fall before the end', () => {
    const polls = { ...many(5, 'warn*9'), 'g-99': 'warn*2 crit*3 warn*4' };
    expect(ofCluster(tell(polls))).toEqual(['1 opened warning', '3 worsened critical']);
  });
});

describe('it is over when no longer many fire', () => {
  test('those that are left are named, and told on their own where they were not', () => {
    const polls = { ...many(3, 'crit*9'), ...many(7, 'ok*2 crit*4 ok*3', 3), 'g-99': 'ok*2 crit*7' };
    const story = tell(polls, { wellGroups: 10 });
    expect(linesOf(story)).toEqual([
      ...['g-00', 'g-01', 'g-02'].map((group) => `1 ${group} opened critical`),
      '3 cluster opened critical',
      ...Array.from({ length: 7 }, (_, i) => `3 g-0${i + 3} opened critical (folded)`),
      '3 g-99 opened critical (folded)',
      '7 cluster resolved ok',
      ...Array.from({ length: 7 }, (_, i) => `7 g-0${i + 3} resolved ok (folded)`),
      '7 g-99 unfolded critical',
    ]);
    expect(story.told.find(({ group, kind }) => group === null && kind === 'resolved')).toMatchObject({
      from: 'firing',
      to: 'resolved',
      worstSeverity: 'critical',
      durationMs: 4 * minute,
      reason:
        'over for the cluster after 4 min: still firing: g-00 (stalled), g-01 (stalled), g-02 (stalled), g-99 (stalled)',
    });
    expect(story.state.cluster).toBeNull();
  });

  test('what was lost is summed over all of its groups', () => {
    const story = tell(many(6, 'data-lost*2 ok*2'), { recordsLost: () => 50n });
    expect(story.told.find(({ group, kind }) => group === null && kind === 'resolved')).toMatchObject({
      recordsLost: 240n,
      toVerdict: 'data-lost',
      reason: 'over for the cluster after 2 min: none of its groups fires any more',
    });
  });

  test('who was told of a beginning is told of the end, also while it lasts', () => {
    const polls = { early: 'crit*6 ok*4', ...many(9, 'ok*2 crit*8') };
    expect(linesOf(tell(polls)).filter((line) => / early /.test(line))).toEqual([
      '1 early opened critical',
      '7 early resolved ok',
    ]);
  });

  test('what changed meanwhile in a group that was told before is told then', () => {
    const polls = { early: 'warn*4 crit*9', ...many(7, 'ok*2 crit*6 ok*5') };
    expect(linesOf(tell(polls, { wellGroups: 5 })).filter((line) => / (early|cluster) /.test(line))).toEqual([
      '1 early opened warning',
      '3 cluster opened critical',
      '5 early worsened critical (folded)',
      '9 cluster resolved ok',
      '9 early unfolded critical',
    ]);
  });

  test('a group at a good poll then waits for the next', () => {
    const polls = { ...many(6, 'crit*4 ok*4'), last: 'crit*5 ok crit*2', lost: 'crit*5 ok*3' };
    expect(linesOf(tell(polls)).filter((line) => / (last|lost|cluster) /.test(line))).toEqual([
      '1 cluster opened critical',
      '1 last opened critical (folded)',
      '1 lost opened critical (folded)',
      '5 cluster resolved ok',
      '6 last unfolded critical',
      '6 lost resolved ok (untold)',
    ]);
  });

  test('groups that were told after it do not count towards another', () => {
    const polls = { ...many(4, 'crit*9'), ...many(3, 'crit*2 ok*7', 4), ...many(3, 'ok*4 crit*5', 7) };
    expect(ofCluster(tell(polls, { wellGroups: 10 }))).toEqual(['1 opened critical', '3 resolved ok']);
  });

  test('it may come again', () => {
    const polls = many(6, 'crit*2 ok*2 crit*2');
    expect(ofCluster(tell(polls))).toEqual(['1 opened critical', '3 resolved ok', '5 opened critical']);
  });
});

describe('mutes and the cluster', () => {
  const told = (polls: Record<string, string>, circumstances: Circumstances) =>
    linesOf(tell(polls, circumstances)).filter((line) => !/\((folded|muted)\)/.test(line));

  test('muted groups make none', () => {
    expect(told(many(9, 'crit*4'), { mutes: [muteOf(0, 9)] })).toEqual([]);
    const mutes = [muteOf(0, 9, { groups: ['g-00', 'g-01', 'g-02'] })];
    expect(told(many(7, 'crit*4'), { mutes })).toHaveLength(4);
  });

  test('nor do those that were told, and are muted now', () => {
    const mutes = [muteOf(2, 9, { groups: ['g-00'] })];
    expect(told({ ...many(4, 'crit*5'), ...many(1, 'ok*2 crit*3', 4) }, { mutes })).not.toContain(
      '3 cluster opened critical',
    );
  });

  test('those that may be about to end when their mute is over count once they did not', () => {
    const story = tell(many(6, 'crit*2 ok crit*2'), { mutes: [muteOf(0, 2)] });
    expect(ofCluster(story)).toEqual(['3 opened critical']);
  });

  test('when the mute of many is over, that is told as one', () => {
    const story = tell(many(9, 'crit*5'), { mutes: [muteOf(0, 4)] });
    expect(linesOf(story).slice(9)).toEqual([
      '4 cluster opened critical',
      ...Array.from({ length: 9 }, (_, i) => `4 g-0${i} unmuted critical (folded)`),
    ]);
    expect(linesOf(tell(many(9, 'crit*9'), { mutes: [muteOf(0, 4)] }))).toHaveLength(19);
  });

  test('muting all of its groups mutes it, which is no end', () => {
    const mutes = [muteOf(2, 5)];
    expect(told(many(9, 'crit*9'), { mutes })).toEqual([
      '1 cluster opened critical',
      '5 cluster unmuted critical',
    ]);
    expect(told(many(9, 'warn*2 crit*7'), { mutes })).toEqual([
      '1 cluster opened warning',
      '5 cluster worsened critical',
    ]);
  });

  test('muting some of its groups does not', () => {
    const mutes = [muteOf(2, 500, { groups: ['g-00'] })];
    expect(told(many(9, 'crit*250'), { mutes })).toEqual([
      '1 cluster opened critical',
      '241 cluster reminded critical',
    ]);
  });

  test('a muted group does not make it worse', () => {
    const mutes = [muteOf(2, 9, { groups: ['g-99'] })];
    const polls = { ...many(9, 'warn*6'), 'g-99': 'warn*2 crit*4' };
    expect(told(polls, { mutes })).toEqual(['1 cluster opened warning']);
  });

  test('more groups, muted, are told after the mute', () => {
    const polls = { ...many(5, 'crit*9'), ...many(5, 'ok*2 crit*7', 5) };
    const mutes = [muteOf(2, 5)];
    expect(told(polls, { mutes, wellGroups: 5 })).toEqual([
      '1 cluster opened critical',
      '5 cluster widened critical',
    ]);
  });

  test('its end in a mute is told after it', () => {
    const mutes = [muteOf(2, 6)];
    const story = tell(many(9, 'crit*2 ok*6'), { mutes });
    expect(ofCluster(story)).toEqual(['1 opened critical', '3 resolved ok (muted)', '6 unmuted ok']);
    expect(story.told.at(-1)).toMatchObject({
      id: `orders-prod/${start + minute}/2`,
      group: null,
      from: 'resolved',
    });
    // Where it begins again meanwhile, that is told instead.
    const again = tell(many(9, 'crit*2 ok*2 crit*9'), { mutes });
    expect(ofCluster(again)).toEqual(['1 opened critical', '3 resolved ok (muted)', '6 opened critical']);
    expect(again.state.owedEnds).toEqual([]);
  });
});
