import stringWidth from 'string-width';
import {
  compareFindings,
  compareVerdicts,
  type GroupFinding,
  type PartitionFinding,
  suspicion,
} from '../domain/finding.ts';
import { formatCount, formatDuration, groupReason, partitionName } from '../domain/reason.ts';
import { compareSeverity, type Severity, severities } from '../domain/severity.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Unread } from '../domain/unread.ts';
import type { Verdict } from '../domain/verdict-names.ts';
import { ageText, groupAge } from './age.ts';
import { type Column, cut, layOut } from './columns.ts';
import { terminalSafe } from './escape.ts';
import { unreadCauses } from './unread-section.ts';
import { wrap } from './wrap.ts';

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
  readonly paint: (text: string, tone: Severity | 'faint' | 'strong' | 'plain') => string;
  /** Also list each group's partitions. */
  readonly partitions: boolean;
  /** Groups that need nobody to list at most; the rest is summed up in a line. */
  readonly quietGroups: number;
}

/** Partitions listed under one group at most: the worst of them. */
const partitionsPerGroup = 60;

const marks: Readonly<Record<Severity, string>> = { critical: '✗', warning: '!', info: '·', ok: '✓' };

/** A finding on a group or on a partition, as far as marks and colours go. */
interface Judged {
  readonly verdict: Verdict;
  readonly severity: Severity;
}

/** `observing` needs nobody yet, and is no all-clear either: it gets a mark of its own, and no green. */
const observingMark = '○';

function markOf({ verdict, severity }: Judged): string {
  return isObserving({ verdict, severity }) ? observingMark : marks[severity];
}

function toneOf(finding: Judged): Severity | 'plain' {
  return isObserving(finding) ? 'plain' : finding.severity;
}

function isObserving({ verdict, severity }: Judged): boolean {
  return verdict === 'observing' && severity === 'ok';
}

/**
 * The status of a cluster for a person: worst first; what could not be read is announced at the top and listed at the
 * end, where it stays on the screen. Names are made safe for a terminal in this folder and nowhere else.
 */
export function statusTable(input: StatusTableInput, layout: StatusTableLayout): string {
  const sorted = input.findings.toSorted(byUrgency);
  const shown = layout.partitions ? sorted : withoutQuiet(sorted, layout.quietGroups);
  const unread = input.snapshot.unread.filter(isTrouble);
  const sections = [
    heading(input, unread.length, layout),
    ...groupSections(shown, layout),
    quietSummary(sorted.slice(shown.length), layout),
    legend(shown, layout),
    unreadSection(unread, layout),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Worst first: severity, verdict, suspicion, lag; then by name, so that two looks show the same order. */
function byUrgency(a: GroupFinding, b: GroupFinding): number {
  const byVerdict = compareSeverity(b.severity, a.severity) || compareVerdicts(b.verdict, a.verdict);
  if (byVerdict !== 0) return byVerdict;
  const bySuspicion = worstSuspicion(b) - worstSuspicion(a);
  if (bySuspicion !== 0) return bySuspicion;
  const [lagA, lagB] = [a.lag ?? -1n, b.lag ?? -1n];
  if (lagA !== lagB) return lagA > lagB ? -1 : 1;
  return a.snapshot.group < b.snapshot.group ? -1 : 1;
}

function worstSuspicion({ worst }: GroupFinding): number {
  return worst === null ? 0 : suspicion(worst);
}

function withoutQuiet(sorted: readonly GroupFinding[], quietGroups: number): readonly GroupFinding[] {
  const loud = sorted.filter(({ severity }) => severity !== 'ok').length;
  return sorted.slice(0, loud + quietGroups);
}

function quietSummary(rest: readonly GroupFinding[], { width }: StatusTableLayout): string[] {
  if (rest.length === 0) return [];
  const lag = rest.reduce((sum, finding) => sum + (finding.lag ?? 0n), 0n);
  const known = rest.every((finding) => finding.unknownPartitions === 0);
  const lagText = `lag ${known ? '' : 'at least '}${formatCount(lag)}${rest.length === 1 ? '' : ' together'}`;
  const more = `… and ${count(rest.length, 'more group')}, ${quietness(rest)}, ${lagText}; --all lists every group`;
  return wrap(more, width);
}

function quietness(rest: readonly GroupFinding[]): string {
  const observing = rest.filter(isObserving).length;
  if (observing === 0) return 'ok';
  return observing === rest.length ? 'observing' : `${formatCount(observing)} of them observing, else ok`;
}

/** What would otherwise stand under every quiet group. */
function legend(shown: readonly GroupFinding[], { width, paint, partitions }: StatusTableLayout): string[] {
  if (partitions || !shown.some((finding) => finding.verdict === 'observing')) return [];
  const text = 'observing: records wait; watching for some minutes tells whether the group moves';
  return wrap(text, width).map((line) => paint(line, 'faint'));
}

/** A share group is measured by nobody, and its own line says so: that is no trouble to attend to. */
function isTrouble({ reason }: Unread): boolean {
  return reason !== 'not-measurable';
}

function heading(
  { snapshot, findings, durationMs, requests }: StatusTableInput,
  unread: number,
  { paint, width }: StatusTableLayout,
): string[] {
  const name = cut(terminalSafe(snapshot.cluster.name), width);
  const at = new Date(snapshot.at).toISOString().replace(/\.\d+Z$/, 'Z');
  const facts = [
    count(snapshot.brokers.length, 'broker'),
    at,
    `read in ${formatCount(Math.round(durationMs))} ms with ${count(requests, 'request')}`,
  ];
  const oneLine = [name, ...facts].join(' · ');
  return [
    ...(stringWidth(oneLine) <= width
      ? [paint(name, 'strong') + oneLine.slice(name.length)]
      : [paint(name, 'strong'), ...facts]),
    findings.length === 0 ? noGroups(snapshot) : groupCounts(findings, paint),
    ...(findings.length === 0 ? ['may this login see any? lagwarden doctor'] : []),
    ...(unread === 0 ? [] : [paint(`${count(unread, 'part')} could not be read: see the end`, 'warning')]),
  ];
}

/** A cluster without groups is told from one whose groups could not be listed. */
function noGroups({ unread }: Snapshot): string {
  return unread.some(({ scope }) => scope === 'broker')
    ? 'no group seen; not every broker could list its groups'
    : 'no group found that has commits or members';
}

function groupCounts(findings: readonly GroupFinding[], paint: StatusTableLayout['paint']): string {
  const observing = findings.filter(isObserving).length;
  const counts: { label: string; tone: Severity | 'plain'; groups: number }[] = severities
    .toReversed()
    .map((severity) => ({
      label: severity,
      tone: severity,
      groups: findings.filter((one) => one.severity === severity && !isObserving(one)).length,
    }));
  counts.splice(-1, 0, { label: 'observing', tone: 'plain', groups: observing });
  const named = counts
    .filter(({ groups }) => groups > 0)
    .map(({ label, tone, groups }) => paint(`${formatCount(groups)} ${label}`, tone));
  return `${count(findings.length, 'group')}: ${named.join(', ')}`;
}

const groupColumns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'VERDICT', align: 'left' },
  { title: 'GROUP', align: 'left', atLeast: 24 },
  { title: 'LAG', align: 'right' },
  { title: 'UNKNOWN', align: 'right' },
  { title: 'TIME LAG', align: 'right', expendable: 1 },
  { title: 'DRAINED IN', align: 'right', expendable: 6 },
  { title: 'LOSS IN', align: 'right' },
  { title: 'MEMBERS', align: 'right', expendable: 2 },
  { title: 'IDLE', align: 'right', expendable: 5 },
  { title: 'WORST PARTITION', align: 'left', atLeast: 16, expendable: 3 },
  { title: 'OWNER', align: 'left', atLeast: 14, expendable: 4 },
];

/** One section for all groups; with partitions one for each, so that it is plain what belongs together. */
function groupSections(findings: readonly GroupFinding[], layout: StatusTableLayout): string[][] {
  if (findings.length === 0) return [];
  const [titles = '', ...lines] = layOut(groupColumns, findings.map(groupCells), layout.width);
  const blocks = lines.map((line, i) => {
    const finding = findings[i] as GroupFinding;
    return [
      layout.paint(line, toneOf(finding)),
      ...(saysMore(finding, layout) ? reasonLines(finding, layout) : []),
      ...(layout.partitions ? partitionLines(finding, layout) : []),
    ];
  });
  const [first = [], ...others] = layout.partitions ? blocks : [blocks.flat()];
  return [[layout.paint(titles, 'faint'), ...first], ...others];
}

function groupCells(finding: GroupFinding): string[] {
  const { snapshot, verdict, worst, lag, unknownPartitions, idleMembers } = finding;
  const shown = verdict === 'caught-up' ? null : worst;
  return [
    markOf(finding),
    verdict,
    terminalSafe(snapshot.group),
    lag === null ? '?' : formatCount(lag),
    unknownPartitions === 0 ? '' : formatCount(unknownPartitions),
    groupAge(finding),
    finding.drainMs ? `≈ ${formatDuration(finding.drainMs)}` : '',
    finding.lossMs === null ? '' : formatDuration(finding.lossMs),
    snapshot.members === null ? '?' : formatCount(snapshot.members.length),
    idleMembers ? formatCount(idleMembers) : '',
    shown === null ? '' : terminalSafe(partitionName(shown)),
    shown === null ? '' : owner(shown, finding),
  ];
}

/** The client that owns it and where that runs, or that nobody does, or that we cannot tell and why. */
function owner({ reading }: PartitionFinding, { snapshot: { members, state } }: GroupFinding): string {
  if (reading.owner === null) {
    if (members === null) return '?';
    // In a rebalance a classic group's coordinator does not tell who owns what.
    return members.length === 0 || state === 'Stable' ? 'nobody' : terminalSafe(`? (${state})`);
  }
  // Kafka writes addresses the way Java prints them, with a slash before.
  return terminalSafe(`${reading.owner.clientId} @ ${reading.owner.host.replace(/^\//, '')}`);
}

/** Whether the reason tells more than the line and the legend do. */
function saysMore({ verdict, worst }: GroupFinding, { partitions }: StatusTableLayout): boolean {
  if (verdict === 'caught-up') return false;
  if (partitions || worst?.verdict !== 'observing') return true;
  const { lag, heldByTransaction, nobodyReads } = worst.evidence;
  return lag < 0n || heldByTransaction !== null || nobodyReads;
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
  { title: 'START', align: 'right', expendable: 4 },
  { title: 'COMMITTED', align: 'right', expendable: 1 },
  { title: 'STABLE', align: 'right', expendable: 5 },
  { title: 'END', align: 'right', expendable: 2 },
  { title: 'LAG', align: 'right' },
  { title: 'TIME LAG', align: 'right', expendable: 6 },
  { title: 'OWNER', align: 'left', atLeast: 14, expendable: 3 },
];

function partitionLines(group: GroupFinding, { width, paint }: StatusTableLayout): string[] {
  const worst = group.partitions.toSorted((a, b) => compareFindings(b, a)).slice(0, partitionsPerGroup);
  if (worst.length === 0) return [];
  const cells = worst.map((finding) => partitionCells(finding, group));
  const [titles = '', ...lines] = layOut(partitionColumns, cells, width);
  const rest = group.partitions.length - worst.length;
  return [
    paint(titles, 'faint'),
    ...lines.map((line, i) => paint(line, toneOf(worst[i] as PartitionFinding))),
    ...(rest > 0 ? [paint(`      … and ${count(rest, 'more partition')}; --json prints all`, 'faint')] : []),
  ];
}

function partitionCells(finding: PartitionFinding, group: GroupFinding): string[] {
  const { reading } = finding;
  const offset = (value: bigint | null, none: string) => (value === null ? none : value.toString());
  return [
    `   ${markOf(finding)}`,
    finding.verdict,
    terminalSafe(partitionName(finding)),
    offset(reading.start, '?'),
    offset(reading.committed, reading.lag === 'no-commit' ? 'none' : '?'),
    offset(reading.stable, '?'),
    offset(reading.end, '?'),
    typeof reading.lag === 'bigint' ? formatCount(reading.lag) : '?',
    ageText(finding.timeLag),
    owner(finding, group),
  ];
}

function unreadSection(unread: readonly Unread[], { width, paint }: StatusTableLayout): string[] {
  if (unread.length === 0) return [];
  return [
    paint(`could not be read: ${count(unread.length, 'part')}`, 'warning'),
    ...unreadCauses(unread, width - 5).flatMap(({ what, detail }) => [
      ...what.map((line, i) => `${i === 0 ? '   ' : '     '}${line}`),
      ...detail.map((line) => paint(`     ${line}`, 'faint')),
    ]),
  ];
}

/** `1 broker`, `3 brokers`. */
function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
