import { healthyKinds } from './kinds/healthy-kinds.ts';
import { seedOf } from './random.ts';
import type { SimulationCase } from './scenario.ts';

/** One healthy group's case. */
export function healthyCase(kind: string, seed: number): SimulationCase {
  const build = healthyKinds.get(kind);
  if (build === undefined)
    throw new Error(`no kind ${kind}; there are ${[...healthyKinds.keys()].join(', ')}`);
  return { name: `${kind}/${seed}`, kind, seed, pollingGaps: true, build };
}

/** Cases by turns of all kinds, without end. */
export function* healthyCases(seed: number): Generator<SimulationCase, never> {
  for (let nth = 0; ; nth++) {
    for (const kind of healthyKinds.keys()) yield healthyCase(kind, seedOf(seed, kind, nth));
  }
}
