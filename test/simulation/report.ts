import { type Detection, detections, falseAlarms, type Outcome } from './outcome.ts';

/** A table with one line for each kind: names on the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [head, ...rows].map(line).join('\n');
}

function byKind<Item>(items: readonly Item[], kindOf: (item: Item) => string): Map<string, Item[]> {
  return Map.groupBy(items, kindOf);
}

/** The value below which this share of the sorted numbers lies. */
function quantile(numbers: readonly number[], share: number): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

const dayMs = 24 * 3_600_000;

/** Alarms on healthy groups, kind by kind, beside Burrow's: incidents at warning and at critical. */
export function healthyTable(ours: readonly Outcome[], burrow: readonly Outcome[]): string {
  const kindOf = ({ truth }: Outcome) => truth.simulation.kind;
  const burrowByKind = byKind(burrow, kindOf);
  const counts = (outcomes: readonly Outcome[]) => {
    const alarms = outcomes.flatMap(falseAlarms);
    const pages = alarms.filter(({ severity }) => severity === 'critical').length;
    return [String(alarms.length - pages), String(pages)];
  };
  const days = (outcomes: readonly Outcome[]) => outcomes.reduce((sum, one) => sum + groupDays(one), 0);
  const row = (kind: string, of: readonly Outcome[], theirs: readonly Outcome[]) => [
    kind,
    days(of).toFixed(0),
    ...counts(of),
    ...counts(theirs),
  ];
  const rows = [...byKind(ours, kindOf)].map(([kind, of]) => row(kind, of, burrowByKind.get(kind) ?? []));
  return table(
    ['healthy kind', 'group-days', 'warnings', 'pages', 'burrow warnings', 'burrow pages'],
    [...rows, row('all', ours, burrow)],
  );
}

/** How many days of one group a case stands for. */
export function groupDays({ truth }: Outcome): number {
  return (truth.groups.length * truth.watchMs) / dayMs;
}

/** Faults found, kind by kind, beside Burrow's. Delays in polls since the fault could be known. */
export function faultTable(ours: readonly Outcome[], burrow: readonly Outcome[]): string {
  const kindOf = ({ fault }: Detection) => fault.kind;
  const burrowByKind = byKind(burrow.flatMap(detections), kindOf);
  const all = ours.flatMap(detections);
  const row = (kind: string, of: readonly Detection[], theirs: readonly Detection[]) => [
    kind,
    String(of.length),
    ...figures(of),
    String(
      ours.filter((one) => kind === 'all' || one.truth.simulation.kind === kind).flatMap(falseAlarms).length,
    ),
    ...figures(theirs),
  ];
  const columns = ['found', 'wrong', 'late', 'p50', 'p95'];
  return table(
    ['fault', 'count', ...columns, 'false', ...columns.map((name) => `burrow ${name}`)],
    [
      ...[...byKind(all, kindOf)].map(([kind, of]) => row(kind, of, burrowByKind.get(kind) ?? [])),
      row('all', all, [...burrowByKind.values()].flat()),
    ],
  );
}

function figures(of: readonly Detection[]): string[] {
  const found = of.filter(({ isFound }) => isFound);
  const delays = found.flatMap(({ delayPolls }) => (delayPolls === null ? [] : [delayPolls]));
  return [
    String(found.length),
    String(found.filter(({ isRight }) => !isRight).length),
    String(of.filter(({ isInTime }) => !isInTime).length),
    String(quantile(delays, 0.5) ?? '-'),
    String(quantile(delays, 0.95) ?? '-'),
  ];
}
