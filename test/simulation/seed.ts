import { randomInt } from 'node:crypto';
import { faultCase } from './faults/fault-cases.ts';
import { healthyCase } from './healthy-cases.ts';
import type { SimulationCase } from './scenario.ts';
import { type FaultKind, faultKinds } from './truth.ts';

/** A fresh seed for each run, so that nothing can be fitted to it; `SIMULATION_SEED` brings a run back. */
export function runSeed(): number {
  const asked = process.env['SIMULATION_SEED'];
  if (asked === undefined) return randomInt(2 ** 32);
  if (!/^\d+$/.test(asked)) throw new Error(`SIMULATION_SEED must be a whole number, got ${asked}`);
  return Number(asked);
}

/** The one case that `SIMULATION_CASE` asks for, such as `hourly-batch/123`; `null` where it asks for none. */
export function askedCase(): SimulationCase | null {
  const asked = process.env['SIMULATION_CASE'];
  if (asked === undefined) return null;
  const [kind = '', seed = ''] = asked.split('/');
  const isFault = (faultKinds as readonly string[]).includes(kind);
  return isFault ? faultCase(kind as FaultKind, Number(seed)) : healthyCase(kind, Number(seed));
}

/** How to run a case alone. */
export function howToRepeat({ name }: SimulationCase): string {
  return `SIMULATION_CASE=${name} npx vitest run test/simulation`;
}
