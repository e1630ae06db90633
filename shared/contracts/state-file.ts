import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import type * as z from 'zod';
import type { MonitorState } from '../domain/evaluate.ts';
import type { ClusterMemory } from '../domain/memory/cluster-memory.ts';
import { readGroup, rowsOf, storedGroup } from './state-file/groups.ts';
import { readHistory, storedHistory } from './state-file/history-columns.ts';
import { readLogs, storedSeries, storedTopic, storedTracks } from './state-file/log-columns.ts';
import { Names } from './state-file/names.ts';
import { StateFileError } from './state-file/state-file-error.ts';
import { type StoredState, schemaName, storedStateSchema } from './state-file/stored-state.ts';

/** No state that we write unpacks to more: what does is damaged, or made to harm. */
const largestBytes = 1 << 30;

const packr = new Packr({ useRecords: false, int64AsType: 'bigint', mapsAsObjects: true });

/** The bytes to store. */
export function packState(state: MonitorState): Uint8Array {
  return zstdCompressSync(packr.pack(toStored(state)));
}

/**
 * The state that these bytes hold.
 *
 * @throws StateFileError where they hold none that this version understands
 */
export function unpackState(bytes: Uint8Array): MonitorState {
  try {
    const stored = packr.unpack(zstdDecompressSync(bytes, { maxOutputLength: largestBytes })) as unknown;
    const parsed = storedStateSchema.safeParse(stored);
    if (!parsed.success) throw new StateFileError(firstFault(parsed.error, stored));
    const { incidents, ...memory } = parsed.data;
    return { memory: toMemory(memory), incidents };
  } catch (error) {
    if (error instanceof StateFileError) throw error;
    throw new StateFileError(`it cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
}

function firstFault(error: z.ZodError, stored: unknown): string {
  const schema = (stored as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'string' && schema !== schemaName) {
    return `it is ${JSON.stringify(schema)}, and this version reads ${schemaName}`;
  }
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`;
}

function toStored({ memory, incidents }: MonitorState): StoredState {
  const names = new Names();
  const { history, logs, at } = memory;
  return {
    schema: schemaName,
    at,
    steps: [...memory.steps],
    topics: [...logs.topics].map(([name, topic]) => storedTopic(names.of(name), topic)),
    tracks: storedTracks(logs.tracks),
    series: storedSeries(logs.series),
    groups: [...memory.groups].map(([name, group]) => storedGroup(name, group, names)),
    rows: history.size,
    history: storedHistory(history, at),
    names: names.all,
    incidents: {
      ...incidents,
      incidents: [...incidents.incidents],
      owedEnds: [...incidents.owedEnds],
      unannounced: [...incidents.unannounced],
    },
  };
}

function toMemory(stored: Omit<StoredState, 'incidents'>): ClusterMemory {
  const { at, steps, names, rows } = stored;
  const claimed = stored.groups.reduce((sum, { runs }) => sum + rowsOf(runs), 0);
  if (claimed > rows) throw new StateFileError(`its groups have ${claimed} rows, and the table has ${rows}`);
  const groups = new Map(stored.groups.map((group) => [group.name, readGroup(group, names)]));
  for (const [name, { base, keys }] of groups) {
    if (base + keys.partitions.length > rows) {
      throw new StateFileError(`group ${JSON.stringify(name)} has rows beyond the ${rows} of the table`);
    }
  }
  return { at, steps, logs: readLogs(stored), groups, history: readHistory(stored) };
}
