import { describe, expect, test } from 'vitest';
import { healthyCases } from './healthy-cases.ts';
import { type JudgedCase, judgeCase } from './judge-case.ts';
import { monitorUnderTest } from './monitor-under-test.ts';
import { createNaiveMonitor } from './naive-monitor.ts';
import { type FalseAlarm, falseAlarms } from './outcome.ts';
import { groupDays, healthyTable } from './report.ts';
import type { SimulationCase } from './scenario.ts';
import { askedCase, howToRepeat, runSeed } from './seed.ts';

const daysWanted = Number(process.env['SIMULATION_DAYS'] ?? (monitorUnderTest === null ? 40 : 300));
const seed = runSeed();
const asked = askedCase();

function* wanted(): Generator<SimulationCase> {
  if (asked !== null) {
    if (asked.plant === undefined) yield asked;
    return;
  }
  yield* healthyCases(seed);
}

function judgeAll(): JudgedCase[] {
  const judged: JudgedCase[] = [];
  let days = 0;
  for (const simulation of wanted()) {
    const one = judgeCase(simulation, monitorUnderTest ?? createNaiveMonitor);
    judged.push(one);
    days += groupDays(one.ours);
    if (days >= daysWanted) break;
  }
  return judged;
}

/** One line for each alarm, with what it takes to see it again. */
function told({ at, group, verdict, severity, reason, simulation }: FalseAlarm): string {
  const when = new Date(at).toISOString();
  return `${simulation.kind}: ${group} ${severity} ${verdict} at ${when}: ${reason} (${howToRepeat(simulation)})`;
}

describe('healthy groups', () => {
  test('raise no page', { timeout: 600_000 }, () => {
    const judged = judgeAll();
    const alarms = judged.flatMap(({ ours }) => falseAlarms(ours));
    const monitorMs = judged.reduce((sum, one) => sum + one.monitorMs, 0);
    const table = healthyTable(
      judged.map(({ ours }) => ours),
      judged.map(({ burrow }) => burrow),
    );
    console.log(`SIMULATION_SEED=${seed}\n${table}\n${(monitorMs / 1000).toFixed(1)} s in the monitor`);
    if (asked !== null) console.log(alarms.map(told).join('\n'));
    if (monitorUnderTest === null) {
      // What is there to be wrong about, the home-made alarm is wrong about.
      if (asked === null) expect(alarms.length).toBeGreaterThan(0);
      return;
    }
    const warnings = alarms.filter(({ severity }) => severity === 'warning');
    if (warnings.length > 0) console.log(`warnings:\n${warnings.map(told).join('\n')}`);
    expect(alarms.filter(({ severity }) => severity === 'critical').map(told)).toEqual([]);
  });
});
