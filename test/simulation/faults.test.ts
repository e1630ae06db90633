import { describe, expect, test } from 'vitest';
import { faultCase } from './faults/fault-cases.ts';
import { type JudgedCase, judgeCase } from './judge-case.ts';
import { monitorUnderTest } from './monitor-under-test.ts';
import { createNaiveMonitor } from './naive-monitor.ts';
import { type Detection, detections, falseAlarms } from './outcome.ts';
import { seedOf } from './random.ts';
import { faultTable } from './report.ts';
import type { SimulationCase } from './scenario.ts';
import { askedCase, howToRepeat, runSeed } from './seed.ts';
import { faultKinds } from './truth.ts';

const faultsWanted = Number(process.env['SIMULATION_FAULTS'] ?? (monitorUnderTest === null ? 40 : 300));
const seed = runSeed();
const asked = askedCase();

/** What 95 of 100 faults of groups with two hours of steady life are found within. */
const soonMs = 10 * 60_000;
const steadyLifeMs = 120 * 60_000;

function* wanted(): Generator<SimulationCase> {
  if (asked !== null) {
    if (asked.plant !== undefined) yield asked;
    return;
  }
  for (let nth = 0; ; nth++) for (const kind of faultKinds) yield faultCase(kind, seedOf(seed, kind, nth));
}

function judgeAll(): JudgedCase[] {
  const judged: JudgedCase[] = [];
  let faults = 0;
  for (const simulation of wanted()) {
    const one = judgeCase(simulation, monitorUnderTest ?? createNaiveMonitor);
    judged.push(one);
    faults += one.ours.truth.faults.length;
    if (faults >= faultsWanted) break;
  }
  return judged;
}

/** After two hours of steady life, and where the group's own rhythm makes no longer silence innocent. */
function canBeFoundSoon({ fault, watchedMs }: Detection): boolean {
  return !fault.isRelapse && watchedMs >= steadyLifeMs && fault.withinMs < soonMs;
}

function soonShare(of: readonly Detection[]): number {
  const soon = of.filter(({ delayMs }) => delayMs !== null && delayMs <= soonMs);
  return of.length === 0 ? 1 : soon.length / of.length;
}

function told({ fault, simulation, firstVerdict, delayPolls }: Detection): string {
  const when = new Date(fault.knownAt ?? fault.at).toISOString();
  const seen = delayPolls === null ? 'never found' : `${firstVerdict} after ${delayPolls} polls`;
  const where = `${fault.topic}-${fault.partitions.join(',')}`;
  return `${fault.kind} on ${where} known at ${when}: ${seen}, expected ${fault.expected.join(' or ')} within ${
    fault.withinMs / 60_000
  } min (${howToRepeat(simulation)})`;
}

describe('faults', () => {
  test('are found in time and called by their name', { timeout: 600_000 }, () => {
    const judged = judgeAll();
    const table = faultTable(
      judged.map(({ ours }) => ours),
      judged.map(({ burrow }) => burrow),
    );
    console.log(`SIMULATION_SEED=${seed}\n${table}`);
    const found = judged.flatMap(({ ours }) => detections(ours));
    const shares = [found.filter(canBeFoundSoon), found].map((of) => `${(100 * soonShare(of)).toFixed(1)} %`);
    console.log(`within 10 minutes: ${shares.join(' of those that can be, ')} of all`);
    if (asked !== null) console.log(found.map(told).join('\n'));
    if (monitorUnderTest === null) {
      if (asked === null) expect(found.some(({ isFound }) => isFound)).toBe(true);
      return;
    }
    const pages = judged
      .flatMap(({ ours }) => falseAlarms(ours))
      .filter(({ severity }) => severity === 'critical');
    expect(pages.map(({ simulation, ...alarm }) => ({ ...alarm, repeat: howToRepeat(simulation) }))).toEqual(
      [],
    );
    const misjudged = found.filter(({ isInTime, isRight }) => !isInTime || !isRight);
    if (misjudged.length > 0) console.log(misjudged.map(told).join('\n'));
    expect(found.filter(({ isInTime }) => !isInTime).map(told)).toEqual([]);
    expect(found.filter(({ isFound, isRight }) => isFound && !isRight).map(told)).toEqual([]);
    const lossesMiscounted = found.filter(
      ({ fault, sighting }) => fault.lost !== null && sighting?.lost !== BigInt(fault.lost),
    );
    expect(lossesMiscounted.map(told)).toEqual([]);
    const misplaced = found.filter(
      ({ fault, sighting }) => fault.scope !== null && sighting?.scopes.has(fault.scope) !== true,
    );
    expect(misplaced.map(told)).toEqual([]);
    expect(soonShare(found.filter(canBeFoundSoon)), 'share found within 10 minutes').toBeGreaterThanOrEqual(
      asked === null ? 0.95 : 0,
    );
  });
});
