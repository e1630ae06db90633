import { describe, expect, test } from 'vitest';
import { faultCase } from './faults/fault-cases.ts';
import { healthyCase } from './healthy-cases.ts';
import { healthyKinds } from './kinds/healthy-kinds.ts';
import { seedOf } from './random.ts';
import type { SimulationCase } from './scenario.ts';
import { askedCase, howToRepeat, runSeed } from './seed.ts';
import { type Sight, sightsOf, snapshotsOf } from './snapshots-of.ts';
import { faultKinds } from './truth.ts';

const seed = runSeed();
const asked = askedCase();
const healthy = [...healthyKinds.keys()].map((kind) => healthyCase(kind, seedOf(seed, kind, 'conservation')));
const faulted = faultKinds.map((kind) => faultCase(kind, seedOf(seed, kind, 'conservation')));
const cases = asked === null ? [...healthy, ...faulted] : [asked];

interface Position {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly sights: readonly Sight[];
}

/** Every position of every group of a case. */
function positionsOf(simulation: SimulationCase): Position[] {
  const { snapshots } = snapshotsOf(simulation);
  const keys = new Set(
    snapshots.flatMap(({ groups }) =>
      groups.flatMap(({ group, commits }) =>
        commits.flatMap(({ topic, partitions }) =>
          partitions.map((partition) => `${group}|${topic}|${partition}`),
        ),
      ),
    ),
  );
  return [...keys].map((key) => {
    const [group = '', topic = '', partition] = key.split('|');
    return {
      group,
      topic,
      partition: Number(partition),
      sights: sightsOf(snapshots, group, topic, Number(partition)),
    };
  });
}

/** The first two neighbours, unread ones left out, of which the later is below the earlier. */
function stepBack(sights: readonly Sight[], what: 'start' | 'end' | 'committed'): number {
  const values = sights.map((sight) => sight[what]).filter((value) => value !== null);
  return values.reduce(
    (most, value, i) => Math.max(most, i === 0 ? 0 : (values[i - 1] as number) - value),
    0,
  );
}

/** Sights of all positions that are not as they should be; those with unread parts are not asked. */
function faulty(positions: readonly Position[], isFaulty: (sight: Read) => boolean): Sight[] {
  return positions.flatMap(({ sights }) => sights.filter((sight) => isRead(sight) && isFaulty(sight)));
}

type Read = Sight & {
  readonly start: number;
  readonly stable: number;
  readonly end: number;
  readonly committed: number;
};

function isRead(sight: Sight): sight is Read {
  return sight.start !== null && sight.stable !== null && sight.end !== null && sight.committed !== null;
}

/** The case's first hours. */
function shortened(simulation: SimulationCase, watchMs: number): SimulationCase {
  return { ...simulation, build: (world, random) => ({ ...simulation.build(world, random), watchMs }) };
}

describe.each(cases.filter(({ plant }) => plant === undefined))('$kind', (simulation) => {
  const { kind } = simulation;
  const positions = positionsOf(simulation);

  test('is read in an honest order: start ≤ stable ≤ end, and no commit beyond the end', () => {
    const wrong = faulty(
      positions,
      ({ start, stable, end, committed }) => start > stable || stable > end || committed > end,
    );
    expect(wrong, howToRepeat(simulation)).toEqual([]);
  });

  test.skipIf(kind === 'long-dead')('loses nothing', () => {
    const lost = faulty(positions, ({ start, committed }) => committed < start);
    expect(lost, howToRepeat(simulation)).toEqual([]);
  });

  test('only ever moves on, but for a late commit while members change', () => {
    for (const { sights } of positions) {
      expect(stepBack(sights, 'start'), howToRepeat(simulation)).toBe(0);
      expect(stepBack(sights, 'end'), howToRepeat(simulation)).toBe(0);
      const allowed = kind === 'rolling-deploy' ? 50 : 0;
      expect(stepBack(sights, 'committed'), howToRepeat(simulation)).toBeLessThanOrEqual(allowed);
    }
  });

  test('is the same again by its seed, and another by another', () => {
    const hour = ({ seed: ofCase }: { seed: number }) =>
      snapshotsOf(shortened(healthyCase(kind, ofCase), 3_600_000)).snapshots;
    const again = hour(simulation);
    expect(again).toEqual(hour(simulation));
    expect(hour({ seed: simulation.seed + 1 })).not.toEqual(again);
  });
});

describe.each(cases.filter(({ plant }) => plant !== undefined))('$kind', (simulation) => {
  const { snapshots, truth } = snapshotsOf(simulation);

  test('begins, can be known, and ends', () => {
    expect(truth.faults.length, howToRepeat(simulation)).toBeGreaterThan(0);
    for (const fault of truth.faults) {
      expect(fault.knownAt, howToRepeat(simulation)).toBeGreaterThanOrEqual(fault.at);
      expect(fault.endsAt, howToRepeat(simulation)).toBeGreaterThan(fault.knownAt ?? 0);
      expect(fault.partitions.length).toBeGreaterThan(0);
    }
  });

  test('is preceded by a life without loss', () => {
    const [first] = truth.faults;
    const before = snapshots.filter(({ at }) => at < (first?.at ?? 0));
    expect(before.length).toBeGreaterThan(20);
    const positions = (first?.partitions ?? []).map((partition) => ({
      group: first?.group ?? '',
      topic: first?.topic ?? '',
      partition,
      sights: sightsOf(before, first?.group ?? '', first?.topic ?? '', partition),
    }));
    const wrong = faulty(positions, ({ start, end, committed }) => committed < start || committed > end);
    expect(wrong, howToRepeat(simulation)).toEqual([]);
    for (const { sights } of positions)
      expect(stepBack(sights, 'committed'), howToRepeat(simulation)).toBe(0);
  });
});
