import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareSeverity } from '../../../shared/domain/severity.ts';
import {
  type Circumstances,
  muteOf,
  type Story,
  start,
  type Told,
  tell,
} from '../../support/incident-story.ts';

const words = [
  ...[
    'ok',
    'ok',
    'ok',
    'info',
    'warn',
    'warn',
    'crit',
    'crit',
    'crit:group',
    'crit/payments',
    'stopped',
    'data-lost',
  ],
  ...['?', '?warn', '?crit', 'half', 'half-ok', 'half-warn', '-', '-'],
];
const word = fc.constantFrom(...words);
// Runs of the same word, as in life: polls that are drawn one by one seldom confirm anything.
const course = fc
  .array(fc.tuple(word, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 12 })
  .map((runs) => runs.flatMap(([one, times]) => Array.from({ length: times }, () => one)).slice(0, 40))
  .map((polls) => [...polls, ...Array.from({ length: 40 - polls.length }, () => 'ok')].join(' '));
const seldomMuted = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 15 }))
    .map(([from, length]) => muteOf(from, from + length)),
  { maxLength: 2 },
);
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  mutes: seldomMuted,
  maintenance: fc.constantFrom(null, null, { since: start, what: 'broker 2 reboots' }),
  wellGroups: fc.constantFrom(0, 3, 20),
  policy: fc.record({
    confirmFiringPolls: fc.integer({ min: 1, max: 3 }),
    confirmResolvedPolls: fc.integer({ min: 1, max: 3 }),
    remindEveryMs: fc.constantFrom(300_000, 14_400_000),
  }),
});
const groups = fc
  .array(course, { minLength: 1, maxLength: 8 })
  .map((courses) => Object.fromEntries(courses.map((polls, i) => [`g-${i}`, polls])));

const ofGroup = ({ told }: Story, group: string | null) => told.filter((one) => one.group === group);
const isAnnounced = ({ silence }: Told) => silence === null;
/** Quicker to compare than the story itself. */
const textOf = ({ told, state }: Story) =>
  JSON.stringify({ told, state }, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
const isEnd = ({ from, to }: Told) => from === 'firing' && to === 'resolved';

describe('whatever happens', () => {
  test('the same polls give the same transitions and state, in whatever order groups are told', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const story = textOf(tell(polls, how));
        expect(textOf(tell(polls, how))).toBe(story);
        expect(textOf(tell(polls, { ...how, reverse: true }))).toBe(story);
      }),
      { numRuns: 60 },
    );
  });

  test('no id comes twice, no duration is negative, and states go on from one another', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const { told } = tell(polls, how);
        expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
        for (const { durationMs, openedAt, at } of told) {
          expect(durationMs).toBeGreaterThanOrEqual(0);
          expect(openedAt).toBeLessThanOrEqual(at);
        }
        for (const group of [null, ...Object.keys(polls)]) {
          let phase = 'ok';
          for (const { from, to, kind } of ofGroup({ told } as Story, group)) {
            if (kind === 'unmuted' && from === 'resolved') continue;
            expect(from).toBe(phase);
            phase = to === 'resolved' ? 'ok' : to;
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('what fires ends once, and is over when all was well for long', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const calm = Object.fromEntries(Object.entries(polls).map(([group, all]) => [group, `${all} ok*30`]));
        const story = tell(calm, { ...how, mutes: [] });
        for (const group of [null, ...Object.keys(polls)]) {
          const opened = ofGroup(story, group).filter(({ kind }) => kind === 'opened').length;
          expect(ofGroup(story, group).filter(isEnd)).toHaveLength(opened);
        }
        expect(story.state).toMatchObject({ incidents: [], cluster: null, owedEnds: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('who is told of a beginning is told of its end, and of no end without one', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const calm = Object.fromEntries(Object.entries(polls).map(([group, all]) => [group, `${all} ok*30`]));
        const story = tell(calm, how);
        for (const group of [null, ...Object.keys(polls)]) {
          let open = false;
          for (const { to } of ofGroup(story, group).filter(isAnnounced)) {
            if (to === 'resolved') expect(open).toBe(true);
            open = to === 'firing';
          }
          expect(open).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('what is not seen resolves nothing and lowers no severity', () => {
    const unseen = fc.array(fc.constantFrom('?', '?warn', '?crit', 'half', 'half-ok', '-'), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(course, unseen, circumstances, (before, silence, how) => {
        const { state } = tell({ billing: before }, how);
        const after = tell({ billing: silence.join(' ') }, { ...how, from: state });
        const [was] = state.incidents;
        const [is] = after.state.incidents;
        if (was?.phase === 'firing') expect(is).toMatchObject({ phase: 'firing', severity: was.severity });
        expect(after.told.filter(isEnd).filter(({ group }) => group === 'billing')).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('a muted group announces nothing', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const { told, state } = tell(polls, { ...how, mutes: [muteOf(null, 99, { groups: ['g-*'] })] });
        expect(told.filter(isAnnounced)).toEqual([]);
        expect(state.unannounced).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('the severity is that of as many polls running as confirm it', () => {
    const seen = fc.array(fc.constantFrom('ok', 'warn', 'crit', '?'), { minLength: 1, maxLength: 60 });
    const bad = (poll: string) => poll === 'warn' || poll === 'crit';
    fc.assert(
      fc.property(seen, (polls) => {
        const { told, states } = tell({ billing: polls.join(' ') });
        for (const { poll, kind } of told) {
          const lastTwo = polls
            .slice(0, poll + 1)
            .filter((one) => one !== '?')
            .slice(-2);
          if (kind === 'opened') expect(lastTwo.every(bad)).toBe(true);
          if (kind === 'worsened') expect(lastTwo).toEqual(['crit', 'crit']);
          if (kind === 'eased') expect(lastTwo).not.toContain('crit');
          if (kind === 'resolved') expect(lastTwo).toEqual(['ok', 'ok']);
        }
        for (const [poll, { incidents }] of states.entries()) {
          // As long as it is not unread for minutes, it is never milder than two polls running showed.
          const lastTwo = polls
            .slice(0, poll + 1)
            .filter((one) => one !== '?')
            .slice(-2);
          const least =
            lastTwo.length < 2 || !lastTwo.every(bad)
              ? 'ok'
              : lastTwo.includes('warn')
                ? 'warning'
                : 'critical';
          expect(compareSeverity(incidents[0]?.severity ?? 'ok', least)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whatever fires is told, on its own or by the incident of the cluster', () => {
    fc.assert(
      fc.property(groups, circumstances, (polls, how) => {
        const { states } = tell(polls, { ...how, mutes: [] });
        for (const { incidents, cluster } of states) {
          for (const { phase, announcedAt, folded, runs } of incidents) {
            if (phase !== 'firing') continue;
            // What was kept back and is at a good poll when the cluster's is over waits for the next.
            expect(announcedAt !== null || (folded && cluster !== null) || runs.good > 0).toBe(true);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
