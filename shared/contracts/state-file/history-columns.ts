import { HistoryTable, historyColumns } from '../../domain/memory/history.ts';
import {
  type PackedColumn,
  packNumbers,
  packOffsets,
  unpackNumbers,
  unpackOffsets,
} from '../packed-columns.ts';
import { StateFileError } from './state-file-error.ts';
import type { StoredState } from './stored-state.ts';

/** Columns of offsets, each with the column that it is near to. Every other column holds numbers. */
const offsetColumns = {
  committed: null,
  restLag: null,
  restLagBefore: 'restLag',
  olderFirstLag: 'restLag',
  olderLeastLag: 'restLag',
  olderCommitted: 'committed',
  newerFirstLag: 'restLag',
  newerLeastLag: 'restLag',
  newerCommitted: 'committed',
  mark: null,
  rewoundFrom: null,
  rewoundTo: null,
  lost: null,
  lostFrom: null,
  lostTo: null,
} as const satisfies Partial<Record<keyof HistoryTable, keyof HistoryTable | null>>;
type OffsetColumn = keyof typeof offsetColumns;

/** Columns of instants: stored as how long before the poll they were, plus one, and 0 for never. */
const instantColumns: ReadonlySet<string> = new Set([
  'firstSeenAt',
  'progressAt',
  'olderAt',
  'newerAt',
  'datedFrom',
  'datedTo',
  'rewoundAt',
  'lostAt',
]);

/** The table by columns. */
export function storedHistory(history: HistoryTable, at: number): StoredState['history'] {
  const packed: StoredState['history'] = {};
  for (const column of historyColumns) {
    if (isOffsetColumn(column)) {
      const near = offsetColumns[column];
      packed[column] = packOffsets(history[column], near === null ? null : history[near]);
    } else {
      const values = history[column];
      packed[column] = packNumbers(instantColumns.has(column) ? before(values, at) : values);
    }
  }
  return packed;
}

/** @throws StateFileError where the columns do not make one table */
export function readHistory({
  rows,
  history,
  at,
}: Pick<StoredState, 'rows' | 'history' | 'at'>): HistoryTable {
  const table = new HistoryTable(rows);
  for (const column of historyColumns) {
    const packed = history[column] as PackedColumn | undefined;
    // Written by a version that did not know the column yet: it starts empty.
    if (packed === undefined) continue;
    if (packed.length !== rows) {
      throw new StateFileError(`column ${column} has ${packed.length} rows, expected ${rows}`);
    }
    if (isOffsetColumn(column)) {
      const near = offsetColumns[column];
      table[column].set(unpackOffsets(packed, near === null ? null : table[near]));
    } else {
      const values = unpackNumbers(packed);
      table[column].set(
        instantColumns.has(column) ? values.map((value) => (value === 0 ? 0 : at - (value - 1))) : values,
      );
    }
  }
  return table;
}

function isOffsetColumn(column: string): column is OffsetColumn {
  return column in offsetColumns;
}

function before(values: ArrayLike<number>, at: number): Float64Array {
  return Float64Array.from(values, (value) => (value === 0 ? 0 : Math.max(0, at - value) + 1));
}
