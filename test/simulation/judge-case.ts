import { BurrowWatch } from './burrow-watch.ts';
import type { MonitorFactory } from './monitor.ts';
import type { Outcome } from './outcome.ts';
import { runCase } from './run-case.ts';
import type { SimulationCase } from './scenario.ts';
import { Watch } from './watch.ts';

export interface JudgedCase {
  readonly ours: Outcome;
  readonly burrow: Outcome;
  /** Milliseconds spent in the monitor. */
  readonly monitorMs: number;
}

/** Runs a case once, before a monitor and before Burrow's rules. */
export function judgeCase(simulation: SimulationCase, create: MonitorFactory): JudgedCase {
  const watch = new Watch(create);
  const burrow = new BurrowWatch();
  const truth = runCase(simulation, [watch, burrow]);
  return {
    ours: { truth, alarms: watch.alarms, sightings: watch.sightings },
    burrow: { truth, alarms: burrow.alarms, sightings: burrow.sightings },
    monitorMs: watch.spentMs,
  };
}
