import type { GroupFinding } from '../../shared/domain/finding.ts';
import type { Maintenance } from '../../shared/domain/incident/course.ts';
import type { Mute } from '../../shared/domain/incident/mute.ts';
import { advanceIncidents, type IncidentState, noIncidents } from '../../shared/domain/incident.ts';
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts';
import { compileSelector, everything, type Selector } from '../../shared/domain/selector.ts';
import type { Transition } from '../../shared/domain/transition.ts';
import { findingOf } from './poll-notation.ts';

export const minute = 60_000;
export const hour = 60 * minute;
/** The first poll of every story; poll n is n minutes later, but for gaps. */
export const start = Date.UTC(2026, 2, 1, 3);

/** What holds throughout a story. */
export interface Circumstances {
  readonly policy?: Partial<Policy>;
  readonly policyFor?: (subject: { readonly group: string; readonly topic: string | null }) => Policy;
  readonly mutes?: readonly Mute[];
  readonly maintenance?: Maintenance | null;
  /** Polls, counted from 0, in which a broker was not read. */
  readonly brokerUnreadAt?: readonly number[];
  /** The loss counter of every group at each poll. */
  readonly recordsLost?: (poll: number) => bigint;
  /** Groups that are watched and always well, beside those of the story. */
  readonly wellGroups?: number;
  /** Groups are told in the opposite order. */
  readonly reverse?: boolean;
  /** A word for a second finding of every group, at each poll. */
  readonly twice?: string;
  readonly from?: IncidentState;
  /** Time watched since the poll before; a minute where nothing is said. */
  readonly watchedMs?: number;
  /** A clock that stands still at this instant. */
  readonly clock?: number;
}

export interface Told extends Transition {
  /** The poll, counted from 0. */
  readonly poll: number;
}

export interface Story {
  readonly state: IncidentState;
  readonly states: readonly IncidentState[];
  readonly told: readonly Told[];
}

/** A mute from one poll up to and without another, counted as in a story without gaps. */
export function muteOf(from: number | null, to: number, match: Partial<Selector> = {}): Mute {
  return {
    match: compileSelector({ ...everything, ...match }),
    fromMs: from === null ? null : start + from * minute,
    toMs: start + to * minute,
    why: 'freeze',
  };
}

/**
 * Groups over time, a word a poll and a minute between polls (see poll-notation). `crit*3` is three times the word;
 * `+120` in front of a word (of the first group) is a gap of so many minutes in which nobody polled.
 */
export function tell(polls: Readonly<Record<string, string>>, circumstances: Circumstances = {}): Story {
  const { policy = {}, mutes = [], maintenance = null, brokerUnreadAt = [], wellGroups = 0 } = circumstances;
  const one: Policy = { ...defaultPolicy, ...policy };
  const stories = Object.entries(polls).map(([group, words]) => [group, spell(words)] as const);
  let state = circumstances.from ?? noIncidents;
  const states: IncidentState[] = [];
  const told: Told[] = [];
  let at = state.at === null ? start - minute : state.at;
  for (let poll = 0; poll < (stories[0]?.[1].length ?? 0); poll++) {
    at += minute * (1 + (stories[0]?.[1][poll]?.gapMinutes ?? 0));
    const well = Array.from({ length: wellGroups }, (_, i) => findingOf(`well-${i}`, 'ok'));
    const findings = [
      ...stories.map(([group, words]) =>
        findingOf(group, words[poll]?.word ?? '-', circumstances.recordsLost?.(poll)),
      ),
      ...(circumstances.twice === undefined
        ? []
        : stories.map(([group]) => findingOf(group, circumstances.twice as string))),
      ...well,
    ].filter((finding): finding is GroupFinding => finding !== null);
    const after = advanceIncidents(state, {
      at: circumstances.clock ?? at,
      clusterName: 'orders-prod',
      findings: circumstances.reverse === true ? findings.toReversed() : findings,
      everyBrokerRead: !brokerUnreadAt.includes(poll),
      policyFor: circumstances.policyFor ?? (() => one),
      mutes,
      maintenance,
      watchedMs: circumstances.watchedMs ?? minute,
    });
    state = after.state;
    states.push(state);
    told.push(...after.transitions.map((transition) => ({ ...transition, poll })));
  }
  return { state, states, told };
}

interface Spelt {
  readonly word: string;
  readonly gapMinutes: number;
}

function spell(words: string): readonly Spelt[] {
  let gapMinutes = 0;
  return words.split(/\s+/).flatMap((token): Spelt[] => {
    if (token.startsWith('+')) {
      gapMinutes = Number(token.slice(1));
      return [];
    }
    const [, word = token, times = '1'] = /^(.+)\*(\d+)$/.exec(token) ?? [];
    const spelt = Array.from({ length: Number(times) }, (_, i) => ({
      word,
      gapMinutes: i === 0 ? gapMinutes : 0,
    }));
    gapMinutes = 0;
    return spelt;
  });
}

/** `3 opened critical`, with the silence behind it; what is only pending is left out. */
export function linesOf({ told }: Story): string[] {
  return told
    .filter(({ silence }) => silence?.because !== 'pending')
    .map(({ poll, group, kind, severity, silence }) =>
      [
        poll,
        ...(group === 'billing' ? [] : [group ?? 'cluster']),
        kind,
        severity,
        ...(silence === null ? [] : [`(${silence.because})`]),
      ].join(' '),
    );
}

/** The lines of one group's story. */
export function courseOf(polls: string, circumstances: Circumstances = {}): string[] {
  return linesOf(tell({ billing: polls }, circumstances));
}
