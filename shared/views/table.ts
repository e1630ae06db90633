import { compareVerdicts, type GroupFinding, type PartitionFinding } from '../domain/finding.ts';
import { formatCount, groupReason, partitionName } from '../domain/reason.ts';
import { compareSeverity, type Severity, severities } from '../domain/severity.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Unread } from '../domain/unread.ts';
import { type Column, cut, layOut } from './columns.ts';
import { terminalSafe } from './escape.ts';

export interface StatusTableInput {
  readonly snapshot: Snapshot;
  readonly findings: readonly GroupFinding[];
  readonly durationMs: number;
  readonly requests: number;
}

export interface StatusTableLayout {
  /** Cells of the terminal. */
  readonly width: number;
  /** Colours a line by severity; the identity where there is no colour. */
  readonly paint: (text: string, tone: Severity | 'faint' | 'strong') => string;
  /** Also list each group's partitions. */
  readonly partitions: boolean;
  /** Groups that need nobody to list at most; the rest is summed up in a line. */
  readonly quietGroups: number;
}

/** Partitions listed under one group at most: the worst of them. */
const partitionsPerGroup = 60;

const marks: Readonly<Record<Severity, string>> = { critical: '✗', warning: '!', info: '·', ok: '✓' };

/**
 * The status of a cluster for a person: worst first, what could not be read at the end, where it stays on the screen.
 * Names are made safe for a terminal here and nowhere else.
 */
export function statusTable(input: StatusTableInput, layout: StatusTableLayout): string {
  const sorted = input.findings.toSorted(byUrgency);
  const shown = layout.partitions ? sorted : withoutQuiet(sorted, layout.quietGroups);
  const sections = [
    heading(input, layout),
    groupSection(shown, layout),
    quietSummary(sorted.slice(shown.length)),
    unreadSection(input.snapshot.unread, layout),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Worst first: severity, verdict, lag; then by name, so that two looks show the same order. */
function byUrgency(a: GroupFinding, b: GroupFinding): number {
  const bySeverity = compareSeverity(b.severity, a.severity) || compareVerdicts(b.verdict, a.verdict);
  if (bySeverity !== 0) return bySeverity;
  const [lagA, lagB] = [a.lag ?? -1n, b.lag ?? -1n];
  if (lagA !== lagB) return lagA > lagB ? -1 : 1;
  return a.snapshot.group < b.snapshot.group ? -1 : 1;
}

function withoutQuiet(sorted: readonly GroupFinding[], quietGroups: number): readonly GroupFinding[] {
  const loud = sorted.filter(({ severity }) => severity !== 'ok').length;
  return sorted.slice(0, loud + quietGroups);
}

function quietSummary(rest: readonly GroupFinding[]): string[] {
  if (rest.length === 0) return [];
  const lag = rest.reduce((sum, finding) => sum + (finding.lag ?? 0n), 0n);
  return [
    `… and ${formatCount(rest.length)} more groups that are ok, lag ${formatCount(lag)} in all; --all lists them`,
  ];
}

function heading(
  { snapshot, findings, durationMs, requests }: StatusTableInput,
  { paint }: StatusTableLayout,
): string[] {
  const counts = severities
    .toReversed()
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => paint(`${formatCount(count)} ${severity}`, severity));
  const read = `read in ${formatCount(Math.round(durationMs))} ms with ${formatCount(requests)} requests`;
  const brokers = `${snapshot.brokers.length} broker${snapshot.brokers.length === 1 ? '' : 's'}`;
  const at = new Date(snapshot.at).toISOString().replace(/\.\d+Z$/, 'Z');
  return [
    `${paint(terminalSafe(snapshot.cluster.name), 'strong')} · ${brokers} · ${at} · ${read}`,
    findings.length === 0
      ? 'no consumer group has committed or has members here, or this login may see none: lagwarden doctor tells'
      : `${formatCount(findings.length)} group${findings.length === 1 ? '' : 's'}: ${counts.join(', ')}`,
  ];
}

const groupColumns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'VERDICT', align: 'left' },
  { title: 'GROUP', align: 'left', atLeast: 16 },
  { title: 'LAG', align: 'right' },
  { title: 'MEMBERS', align: 'right' },
  { title: 'WORST PARTITION', align: 'left', atLeast: 16 },
  { title: 'OWNER', align: 'left', atLeast: 12 },
];

function groupSection(findings: readonly GroupFinding[], layout: StatusTableLayout): string[] {
  if (findings.length === 0) return [];
  const [titles = '', ...lines] = layOut(groupColumns, findings.map(groupCells), layout.width);
  return [
    layout.paint(titles, 'faint'),
    ...lines.flatMap((line, i) => {
      const finding = findings[i] as GroupFinding;
      return [
        layout.paint(line, finding.severity),
        ...(needsReason(finding) ? reasonLines(finding, layout) : []),
        ...(layout.partitions ? partitionLines(finding, layout) : []),
      ];
    }),
  ];
}

function groupCells(finding: GroupFinding): string[] {
  const { snapshot, severity, verdict, worst } = finding;
  return [
    marks[severity],
    verdict,
    terminalSafe(snapshot.group),
    groupLag(finding),
    members(finding),
    worst === null || verdict === 'caught-up' ? '' : terminalSafe(partitionName(worst)),
    worst === null || verdict === 'caught-up' ? '' : owner(worst),
  ];
}

function groupLag({ lag, unknownPartitions }: GroupFinding): string {
  if (lag === null) return '?';
  return unknownPartitions === 0 ? formatCount(lag) : `${formatCount(lag)} +${unknownPartitions}?`;
}

function members({ snapshot, idleMembers }: GroupFinding): string {
  if (snapshot.members === null) return '?';
  return idleMembers ? `${snapshot.members.length} (${idleMembers} idle)` : `${snapshot.members.length}`;
}

/** Nobody owns it, or the client that does and where it runs. */
function owner({ reading }: PartitionFinding): string {
  return reading.owner === null
    ? 'nobody'
    : terminalSafe(`${reading.owner.clientId} @ ${reading.owner.host}`);
}

function needsReason({ verdict }: GroupFinding): boolean {
  return verdict !== 'caught-up';
}

function reasonLines(finding: GroupFinding, { width, paint }: StatusTableLayout): string[] {
  return wrap(terminalSafe(groupReason(finding)), width - 5).map((line, i) =>
    paint(`${i === 0 ? '   ↳ ' : '     '}${line}`, 'faint'),
  );
}

const partitionColumns: readonly Column[] = [
  { title: '    ', align: 'left' },
  { title: 'VERDICT', align: 'left' },
  { title: 'PARTITION', align: 'left', atLeast: 16 },
  { title: 'START', align: 'right' },
  { title: 'COMMITTED', align: 'right' },
  { title: 'STABLE', align: 'right' },
  { title: 'END', align: 'right' },
  { title: 'LAG', align: 'right' },
  { title: 'OWNER', align: 'left', atLeast: 12 },
];

function partitionLines({ partitions }: GroupFinding, { width, paint }: StatusTableLayout): string[] {
  const worst = partitions
    .toSorted((a, b) => compareSeverity(b.severity, a.severity) || compareVerdicts(b.verdict, a.verdict))
    .slice(0, partitionsPerGroup);
  if (worst.length === 0) return [];
  const [titles = '', ...lines] = layOut(partitionColumns, worst.map(partitionCells), width);
  const rest = partitions.length - worst.length;
  return [
    paint(titles, 'faint'),
    ...lines.map((line, i) => paint(line, (worst[i] as PartitionFinding).severity)),
    ...(rest > 0
      ? [paint(`     … and ${formatCount(rest)} more partitions; --json prints all`, 'faint')]
      : []),
  ];
}

function partitionCells(finding: PartitionFinding): string[] {
  const { reading } = finding;
  const offset = (value: bigint | null, none: string) => (value === null ? none : value.toString());
  return [
    `   ${marks[finding.severity]}`,
    finding.verdict,
    terminalSafe(partitionName(finding)),
    offset(reading.start, '?'),
    offset(reading.committed, reading.lag === 'no-commit' ? 'none' : '?'),
    offset(reading.stable, '?'),
    offset(reading.end, '?'),
    typeof reading.lag === 'bigint' ? formatCount(reading.lag) : '?',
    owner(finding),
  ];
}

function unreadSection(unread: readonly Unread[], { width, paint }: StatusTableLayout): string[] {
  if (unread.length === 0) return [];
  const alike = Map.groupBy(unread, (part) =>
    JSON.stringify([unreadPlace(part).kind, part.reason, part.detail]),
  );
  return [
    paint(
      `could not be read: ${formatCount(unread.length)} part${unread.length === 1 ? '' : 's'}`,
      'warning',
    ),
    ...[...alike.values()].flatMap((parts) => {
      const [first] = parts as [Unread, ...Unread[]];
      const what = `${first.reason}: ${unreadNames(parts)}`;
      return [
        `   ${cut(terminalSafe(what), width - 3)}`,
        ...wrap(terminalSafe(first.detail), width - 5).map((line) => paint(`     ${line}`, 'faint')),
      ];
    }),
  ];
}

/** What rows that share a cause are gathered under, and what tells them apart. */
function unreadPlace(unread: Unread): { kind: string; name: string } {
  switch (unread.scope) {
    case 'broker':
      return { kind: 'broker', name: `${unread.broker}` };
    case 'group':
      return { kind: 'group', name: unread.group };
    case 'topic':
      return { kind: 'topic', name: unread.topic };
    case 'partition': {
      const whose = unread.group === undefined ? '' : `commits of ${unread.group} on `;
      return { kind: `${whose}${unread.topic} partition`, name: `${unread.partition}` };
    }
  }
}

function unreadNames(parts: readonly Unread[]): string {
  const places = parts.map(unreadPlace);
  const kind = places[0]?.kind ?? '';
  const names = places.map(({ name }) => name).join(', ');
  return parts.length === 1 ? `${kind} ${names}` : `${formatCount(parts.length)} ${kind}s ${names}`;
}

/** Lines of at most so many characters, broken between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
