import type { EpochMs } from '../domain/offset.ts';
import { formatCount, formatDuration, formatInstant } from '../domain/reason.ts';
import { compareSeverity, isAtLeast, type Severity } from '../domain/severity.ts';
import type { Transition } from '../domain/transition.ts';
import type { Verdict } from '../domain/verdict-names.ts';
import { type Column, layOut } from './columns.ts';
import { terminalSafe } from './escape.ts';

/** What a recording told of one cluster. */
export interface ReplayedCluster {
  readonly name: string;
  /** Instants of the snapshots that were judged, in their order. */
  readonly polls: EpochMs[];
  readonly transitions: Transition[];
}

/** One incident from its first transition to its last. */
interface Story {
  readonly group: string | null;
  /** The worst severity that was confirmed; `ok`: it was over before it was. */
  worst: Severity;
  verdict: Verdict;
  /** Somebody would have been told of its beginning. */
  isTold: boolean;
  isOver: boolean;
  durationMs: number;
}

/** How many incidents a recording holds, by severity and by group: what would have paged. */
export function replaySummary(clusters: readonly ReplayedCluster[], width: number): string {
  if (clusters.length === 0) return 'no snapshot in it\n';
  return clusters.map((cluster) => clusterSummary(cluster, width)).join('\n');
}

function clusterSummary({ name, polls, transitions }: ReplayedCluster, width: number): string {
  const [first, last] = [polls[0] as EpochMs, polls.at(-1) as EpochMs];
  const stories = storiesOf(transitions, last);
  const opened = stories.filter(({ worst }) => worst !== 'ok');
  const span =
    polls.length === 1 ? formatInstant(first) : `${formatInstant(first)} to ${formatInstant(last)}`;
  const heading = `${name}: ${count(polls.length, 'snapshot')}, ${span}`;
  const lines = [terminalSafe(heading), counts(opened, stories.length - opened.length)];
  if (opened.length > 0) lines.push('', ...layOut(columns, rowsOf(opened), width));
  return `${lines.join('\n')}\n`;
}

function storiesOf(transitions: readonly Transition[], last: EpochMs): Story[] {
  const stories = new Map<string, Story>();
  for (const transition of transitions) {
    const { id, group, from, to, toVerdict, worstSeverity, durationMs, openedAt, silence } = transition;
    const incident = id.slice(0, id.lastIndexOf('/'));
    const story = stories.get(incident) ?? {
      group,
      worst: 'ok',
      verdict: toVerdict,
      isTold: false,
      isOver: false,
      durationMs: 0,
    };
    stories.set(incident, story);
    if (from === 'firing' || to === 'firing') {
      if (compareSeverity(worstSeverity, story.worst) > 0) story.worst = worstSeverity;
      // The verdict at its end is that of a group that is well again.
      if (to === 'firing') story.verdict = toVerdict;
    }
    story.isTold ||= to === 'firing' && silence === null;
    story.isOver = to === 'resolved' || to === 'ok';
    story.durationMs = story.isOver ? durationMs : last - openedAt;
  }
  return [...stories.values()];
}

function counts(opened: readonly Story[], unconfirmed: number): string {
  const bySeverity = (['critical', 'warning'] as const)
    .map((severity) => [severity, opened.filter(({ worst }) => worst === severity).length] as const)
    .filter(([, incidents]) => incidents > 0)
    .map(([severity, incidents]) => `${formatCount(incidents)} ${severity}`);
  const silent = opened.filter(({ isTold }) => !isTold).length;
  const open = opened.filter(({ isOver }) => !isOver).length;
  const more = [
    ...(silent === 0 ? [] : [`${formatCount(silent)} of them muted or folded into the cluster's`]),
    ...(open === 0 ? [] : [`${formatCount(open)} not over at the end`]),
    ...(unconfirmed === 0 ? [] : [`${formatCount(unconfirmed)} more suspected and not confirmed`]),
  ];
  const incidents =
    opened.length === 0 ? 'no incident' : `${count(opened.length, 'incident')}: ${bySeverity.join(', ')}`;
  return [incidents, ...more].join('; ');
}

const columns: readonly Column[] = [
  { title: 'GROUP', align: 'left', atLeast: 24 },
  { title: 'CRITICAL', align: 'right' },
  { title: 'WARNING', align: 'right' },
  { title: 'LONGEST', align: 'right' },
  { title: 'VERDICTS', align: 'left', atLeast: 10 },
];

/** Groups with the most and worst incidents first. */
function rowsOf(opened: readonly Story[]): string[][] {
  return [...Map.groupBy(opened, ({ group }) => group)]
    .map(([group, stories]) => ({
      name: group === null ? '(the whole cluster)' : terminalSafe(group),
      critical: stories.filter(({ worst }) => isAtLeast(worst, 'critical')).length,
      warning: stories.filter(({ worst }) => worst === 'warning').length,
      longestMs: Math.max(...stories.map(({ durationMs }) => durationMs)),
      verdicts: [...new Set(stories.map(({ verdict }) => verdict))].join(', '),
    }))
    .toSorted((a, b) => b.critical - a.critical || b.warning - a.warning || (a.name < b.name ? -1 : 1))
    .map(({ name, critical, warning, longestMs, verdicts }) => [
      name,
      critical === 0 ? '' : formatCount(critical),
      warning === 0 ? '' : formatCount(warning),
      formatDuration(longestMs),
      verdicts,
    ]);
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
