import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { StateFileError } from '../../../shared/contracts/state-file/state-file-error.ts';
import { packState, unpackState } from '../../../shared/contracts/state-file.ts';
import { type Evaluation, evaluate, type MonitorState } from '../../../shared/domain/evaluate.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { randomTimeline } from '../../support/random-timeline.ts';
import { snapshotsOf } from '../../support/scenario.ts';

const packr = new Packr({ useRecords: false, int64AsType: 'bigint', mapsAsObjects: true });

/** What is stored, as plain data. */
type Stored = Record<string, unknown> & {
  groups: Record<string, unknown>[];
  history: Record<string, unknown>;
};
const stored = (bytes: Uint8Array): Stored => packr.unpack(zstdDecompressSync(bytes)) as Stored;
const pack = (value: unknown): Uint8Array => zstdCompressSync(packr.pack(value));

/** The same timeline with states packed and unpacked between any two polls. */
function through(snapshots: readonly Snapshot[], pass: (state: MonitorState) => MonitorState): Evaluation[] {
  let state: MonitorState | null = null;
  return snapshots.map((snapshot) => {
    const evaluation: Evaluation = evaluate(state, snapshot);
    state = pass(evaluation.state);
    return evaluation;
  });
}

const inMemory = (state: MonitorState): MonitorState => state;
const throughBytes = (state: MonitorState): MonitorState => unpackState(packState(state));

/** A state with a bit of everything in it: progress, loss, an incident, a group without members. */
const grown = through(
  snapshotsOf(`
    polls: 40
    orders    id: A
    orders-0  end: 1000 +50*39  start: 0*20 +900  committed: 990 +50*9  owner: a
    orders-1  end: 500 +5*39  committed: 500 +5*39  owner: b
    group shop
    payments-0  end: 100 +10*39  committed: 100*5 40`),
  inMemory,
).at(-1)?.state as MonitorState;

describe('a state that is packed and unpacked', () => {
  test('judges as the one in memory does, poll after poll', () => {
    fc.assert(
      fc.property(randomTimeline, (snapshots) => {
        const kept = through(snapshots, throughBytes);
        const remembered = through(snapshots, inMemory);
        expect(kept.map(({ findings }) => findings)).toEqual(remembered.map(({ findings }) => findings));
        expect(kept.map(({ transitions }) => transitions)).toEqual(
          remembered.map(({ transitions }) => transitions),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('is the same state, once the next poll has worked out the pace of production anew', () => {
    fc.assert(
      fc.property(randomTimeline, fc.nat(), (snapshots, cut) => {
        const before = snapshots.slice(0, 1 + (cut % snapshots.length));
        const state = through(before, inMemory).at(-1)?.state as MonitorState;
        const next = snapshots[before.length];
        if (next === undefined) return;
        expect(evaluate(throughBytes(state), next).state).toEqual(evaluate(state, next).state);
      }),
      { numRuns: 100 },
    );
  });

  test('is the same at once but for that pace', () => {
    const bare = ({ memory, incidents }: MonitorState) => ({
      incidents,
      memory: {
        ...memory,
        logs: { ...memory.logs, tracks: memory.logs.tracks.map((track) => ({ ...track, producedPerMs: 0 })) },
      },
    });
    expect(bare(throughBytes(grown))).toEqual(bare(grown));
  });
});

describe('bytes that are no state', () => {
  /** Whatever they are: a fault that says so, or a state that the next poll can go on from. */
  function survives(bytes: Uint8Array): void {
    let state: MonitorState;
    try {
      state = unpackState(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(StateFileError);
      expect((error as Error).message).not.toBe('');
      return;
    }
    expect(state.memory.groups).toBeInstanceOf(Map);
    expect(state.memory.logs.series).toBeInstanceOf(Array);
    expect(packState(state)).toBeInstanceOf(Uint8Array);
  }

  const bytes = packState(grown);
  const plain = zstdDecompressSync(bytes);

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('{"schema":"lagwarden.state/1"}')],
    ['another zstd file', zstdCompressSync(Buffer.from('hello'))],
    ['a MessagePack of something else', pack([1, 2, 3])],
    ['null', pack(null)],
  ])('%s is refused', (_, garbage) => {
    expect(() => unpackState(garbage)).toThrow(StateFileError);
  });

  test('a file that was cut short is refused, wherever', () => {
    for (let length = 0; length < bytes.length; length += 1 + (bytes.length >> 6)) {
      expect(() => unpackState(bytes.subarray(0, length))).toThrow(StateFileError);
    }
  });

  test('flipped bits, in the file and beneath its compression', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        (beneath, flips) => {
          const damaged = Uint8Array.from(beneath ? plain : bytes);
          for (const [at, mask] of flips)
            damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ mask;
          survives(beneath ? zstdCompressSync(damaged) : damaged);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('a column of the wrong length, rows beyond the table, a name that is not there', () => {
    const cases: ((state: Stored) => void)[] = [
      (state) => {
        state['rows'] = 1;
      },
      (state) => {
        state.history['committed'] = { length: 2, same: 0n };
      },
      (state) => {
        state['names'] = [];
      },
      (state) => {
        (state.groups[0] as { base: number }).base = 1_000_000;
      },
      (state) => {
        (state.groups[0] as { runs: number[] }).runs = [0, 0, 2 ** 40];
      },
      (state) => {
        state['rows'] = 2 ** 45;
      },
      (state) => {
        state.history['lost'] = { length: 2 ** 40, same: 0n };
      },
      // A few bytes that would fill the memory.
      (state) => {
        state['rows'] = 2 ** 30;
      },
    ];
    for (const damage of cases) {
      const state = stored(bytes);
      damage(state);
      expect(() => unpackState(pack(state))).toThrow(StateFileError);
    }
  });
});

describe('versions', () => {
  test('keys and columns of a newer one are passed over', () => {
    const state = stored(packState(grown));
    const newer = {
      ...state,
      later: { deep: [1, 2] },
      history: { ...state.history, mood: { length: 3, same: 1 } },
      groups: state.groups.map((group) => ({
        ...group,
        colour: 'red',
        life: { ...(group['life'] as object), mood: 1 },
      })),
    };
    expect(unpackState(pack(newer))).toEqual(throughBytes(grown));
  });

  test('a column and facts that an older one did not write begin empty', () => {
    const state = stored(packState(grown));
    const { rewoundAt: _, ...history } = state.history;
    const groups = state.groups.map((group) => {
      const { firstSeenAt } = group['life'] as { firstSeenAt: number };
      return { ...group, life: { firstSeenAt } };
    });
    const { memory } = unpackState(pack({ ...state, history, groups }));
    expect([...memory.history.rewoundAt]).toEqual(new Array(memory.history.size).fill(0));
    expect([...memory.groups.values()].map(({ life }) => life)).toMatchObject([
      { runs: 0, lastLifeAt: null, absences: [] },
      { runs: 0, lastLifeAt: null, absences: [] },
    ]);
  });

  test('another schema is refused by its name', () => {
    const state = { ...stored(packState(grown)), schema: 'lagwarden.state/2' };
    expect(() => unpackState(pack(state))).toThrow(
      new StateFileError('it is "lagwarden.state/2", and this version reads lagwarden.state/1'),
    );
  });
});

test('a realistic estate takes 40 bytes a group-partition at most', () => {
  const [groups, partitions, polls] = [100, 50, 90];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const rates = Array.from({ length: 20 * partitions }, () => random(2_000));
  const ends = rates.map(() => BigInt(1_000_000 + random(1_000_000_000)));
  const lags = Array.from({ length: groups * partitions }, () => BigInt(random(500)));
  const numbers = Array.from({ length: partitions }, (_, i) => i);
  let state: MonitorState | null = null;
  for (let poll = 0; poll < polls; poll++) {
    const topics = Array.from({ length: 20 }, (_, t) => {
      const logs = numbers.map((partition) => {
        const slot = t * partitions + partition;
        const end = (ends[slot] ?? 0n) + BigInt((rates[slot] ?? 0) + random(50));
        ends[slot] = end;
        const at = toOffset(end);
        return [
          partition,
          { partition, leader: 1, start: toOffset(end - 900_000n), stable: at, end: at, unread: null },
        ] as const;
      });
      return [
        `topic-${t}`,
        { name: `topic-${t}`, id: `id-${t}`, config: null, partitions: new Map(logs) },
      ] as const;
    });
    const snapshot: Snapshot = {
      cluster: { name: 'orders-prod', id: 'c' },
      at: Date.UTC(2026, 2, 1) + poll * 60_000 + random(900),
      brokers: [1, 2, 3],
      topics: new Map(topics),
      groups: Array.from({ length: groups }, (_, g) => ({
        group: `application-${g}`,
        type: 'classic' as const,
        state: 'Stable',
        coordinator: 1,
        members: [],
        commits: [
          {
            topic: `topic-${g % 20}`,
            partitions: numbers,
            offsets: numbers.map((p) =>
              toOffset(
                (ends[(g % 20) * partitions + p] ?? 0n) -
                  (lags[g * partitions + p] ?? 0n) -
                  BigInt(random(40)),
              ),
            ),
          },
        ],
        unread: null,
      })),
      unread: [],
      dated: [],
    };
    state = evaluate(state, snapshot).state;
  }
  const perGroupPartition = packState(state as MonitorState).length / (groups * partitions);
  expect(perGroupPartition).toBeLessThanOrEqual(40);
});
