import { compareFindings, type GroupFinding, type PartitionFinding } from '../domain/finding.ts';
import {
  findingReason,
  formatCount,
  formatDuration,
  formatInstant,
  groupReason,
  partitionName,
} from '../domain/reason.ts';
import type { Severity } from '../domain/severity.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { verdicts } from '../domain/verdict-names.ts';
import { cut } from './columns.ts';
import { terminalSafe } from './escape.ts';
import { nextSteps } from './explain/next-steps.ts';
import { offsetLine } from './explain/offset-line.ts';
import { evidenceText, timeLagText } from './explain/sentences.ts';
import { wrap } from './wrap.ts';

export interface ExplainInput {
  readonly snapshot: Snapshot;
  readonly finding: GroupFinding;
  /** `host:port,…`, for the commands. */
  readonly brokers: string;
  /** Whether earlier polls were remembered. */
  readonly hasMemory: boolean;
  /** Whether Kafka's own tools need to be told how to log in. */
  readonly needsLogin: boolean;
}

export interface ExplainLayout {
  /** Cells of the terminal. */
  readonly width: number;
  readonly paint: (text: string, tone: Severity | 'faint' | 'strong' | 'plain') => string;
}

/** Partitions that are explained at most: the worst of them. */
const mostPartitions = 8;
const mostCells = 100;

/** One group in words: what it is, and for each of its worst partitions where it stands, why that matters, what to do. */
export function explanation(input: ExplainInput, layout: ExplainLayout): string {
  const { finding, hasMemory } = input;
  const width = Math.min(layout.width, mostCells);
  const worst = finding.partitions.toSorted((a, b) => compareFindings(b, a)).slice(0, mostPartitions);
  const rest = finding.partitions.length - worst.length;
  const sections = [
    heading(input, width, layout.paint),
    ...worst.map((partition) => partitionSection(partition, input, width, layout.paint)),
    rest === 0
      ? []
      : [`… and ${formatCount(rest)} more, none of them worse; lagwarden status --group lists them`],
    worst.some(({ reading }) => reading.committed !== null) ? glossary(width, layout.paint) : [],
    input.needsLogin
      ? wrap(
          "Kafka's own tools need --command-config FILE (kafka-console-consumer.sh: --consumer.config) to log in here.",
          width,
        )
      : [],
    hasMemory
      ? []
      : wrap(
          'This is one look without memory. With --state DIR of a running lagwarden watch it also tells silence, pace and loss.',
          width,
        ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading(
  { snapshot, finding }: ExplainInput,
  width: number,
  paint: ExplainLayout['paint'],
): string[] {
  const { group, type, state, members, coordinator } = finding.snapshot;
  const title = `${terminalSafe(group)} on ${terminalSafe(snapshot.cluster.name)} · ${formatInstant(snapshot.at)}`;
  const facts = [
    `${type === 'unknown' ? 'a group' : `a ${type} group`}${state === '' ? '' : `, ${state}`}`,
    members === null ? 'members not known' : `${count(members.length, 'member')}${idle(finding)}`,
    coordinator === null ? 'coordinator not known' : `coordinated by broker ${coordinator}`,
    `lag ${finding.lag === null ? 'not known' : formatCount(finding.lag)} on ${count(finding.partitions.length, 'partition')}${unknown(finding)}`,
    ...(finding.recordsLost === 0n
      ? []
      : [`${formatCount(finding.recordsLost)} records lost since it was first seen`]),
  ];
  return [
    paint(cut(title, width), 'strong'),
    ...wrap(terminalSafe(`${finding.verdict} (${finding.severity}): ${groupReason(finding)}`), width).map(
      (line) => paint(line, finding.severity),
    ),
    ...wrap(terminalSafe(`${facts.join('; ')}.`), width),
    ...wrap(terminalSafe(notes(finding).join(' ')), width).filter((line) => line !== ''),
  ];
}

function idle({ idleMembers }: GroupFinding): string {
  return idleMembers ? `, ${formatCount(idleMembers)} of them without a partition` : '';
}

function unknown({ unknownPartitions }: GroupFinding): string {
  return unknownPartitions === 0 ? '' : `, ${formatCount(unknownPartitions)} of them not known`;
}

function notes({ partitions, hotPartition }: GroupFinding): string[] {
  const counts = verdicts
    .map((verdict) => [verdict, partitions.filter((one) => one.verdict === verdict).length] as const)
    .filter(([, found]) => found > 0)
    .map(([verdict, found]) => `${formatCount(found)} ${verdict}`);
  return [
    ...(partitions.length > 1 ? [`Partitions: ${counts.join(', ')}.`] : []),
    ...(hotPartition === null
      ? []
      : [`Most of the lag is on ${partitionName(hotPartition)} alone: look at the keys of its records.`]),
  ];
}

function partitionSection(
  finding: PartitionFinding,
  { finding: group, brokers }: ExplainInput,
  width: number,
  paint: ExplainLayout['paint'],
): string[] {
  const { reading } = finding;
  const indent = '  ';
  const title = `${terminalSafe(partitionName(finding))}  ${finding.verdict} (${finding.severity})`;
  const facts: [string, string][] = [
    ['why', findingReason(finding)],
    ['evidence', evidenceText(finding)],
    ['lag', lagText(finding)],
    ['time lag', timeLagText(finding)],
    ['drained', drainText(finding)],
    ['loss', lossText(finding)],
    ['owner', ownerText(finding, group)],
  ];
  const steps = nextSteps(finding, group, { brokers, group: group.snapshot.group });
  return [
    paint(cut(title, width), finding.severity),
    ...offsetLine(reading, width - 2 * indent.length).map((line) =>
      paint(`${indent}${line}`.trimEnd(), 'plain'),
    ),
    ...facts.filter(([, text]) => text !== '').flatMap(([name, text]) => fact(name, text, width)),
    ...steps.flatMap(({ text, command }, i) => [
      ...fact(i === 0 ? 'next' : '', text, width),
      // Never broken: it is copied.
      ...(command === undefined
        ? []
        : [paint(`${' '.repeat(factIndent)}  ${terminalSafe(command)}`, 'strong')]),
    ]),
  ];
}

const factIndent = 12;

function fact(name: string, text: string, width: number): string[] {
  return wrap(terminalSafe(text), width - factIndent).map(
    (line, i) => `${(i === 0 ? `  ${name}` : '').padEnd(factIndent)}${line}`,
  );
}

function lagText({ reading: { lag, committed, start, end } }: PartitionFinding): string {
  if (lag === 'no-commit') {
    return `not known: the group has committed nothing here${start === null || end === null ? '' : `, where the log holds ${formatCount(end - start)} offsets`}`;
  }
  if (typeof lag !== 'bigint') return `not known: ${lag.detail}`;
  if (lag < 0n) return `${formatCount(lag)}: the commit ${committed} lies beyond the end ${end}`;
  return `${formatCount(lag)} offsets wait`;
}

function drainText({ drainMs, reading }: PartitionFinding): string {
  if (reading.lag === 0n || typeof reading.lag !== 'bigint') return '';
  return drainMs === null ? '' : `in about ${formatDuration(drainMs)}, at the pace of late`;
}

function lossText({ lossMs, recordsLost, reading: { lag } }: PartitionFinding): string {
  const lost = recordsLost === 0n ? '' : `${formatCount(recordsLost)} records were deleted unread so far`;
  if (typeof lag !== 'bigint' || lag <= 0n) return lost;
  if (lossMs === null) return lost === '' ? 'none in sight, as far as retention and pace are known' : lost;
  const ahead = lossMs === 0 ? 'at any moment' : `in ${formatDuration(lossMs)} at the earliest`;
  return `${lost === '' ? '' : `${lost}; `}records may be deleted unread ${ahead}`;
}

function ownerText(
  { reading: { owner } }: PartitionFinding,
  { snapshot: { members, state } }: GroupFinding,
): string {
  if (owner !== null) return `${owner.clientId} on ${owner.host.replace(/^\//, '')} (member ${owner.id})`;
  if (members === null) return 'not known: the members were not read';
  return members.length === 0 || state === 'Stable' ? 'nobody' : `not known while the group is ${state}`;
}

function glossary(width: number, paint: ExplainLayout['paint']): string[] {
  const terms = [
    'An offset is the number of a record in its partition. start: the oldest record that is still there. committed: the NEXT record to be read; what lies before it counts as processed. stable: below it no transaction is open, and readers of committed records get no further. end: one past the last record. lag: end − committed in offsets, which compaction and transaction markers make more than the number of records.',
    '─ processed  ━ waits  ░ held by an open transaction  × deleted unread',
  ];
  return terms.flatMap((term) => wrap(term, width)).map((line) => paint(line, 'faint'));
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
