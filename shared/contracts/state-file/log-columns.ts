import type { LogMemory, LogTrack, TopicLog } from '../../domain/memory/log-memory.ts';
import { noGap } from '../../domain/memory/widest-gap.ts';
import {
  type PackedColumn,
  packNumbers,
  packOffsets,
  unpackNumbers,
  unpackOffsets,
} from '../packed-columns.ts';
import { nameOf } from './names.ts';
import { StateFileError } from './state-file-error.ts';
import type { StoredState } from './stored-state.ts';

export function storedTopic(name: number, topic: TopicLog): StoredState['topics'][number] {
  const { id, oldId, generation, transactional, lastSeenAt, slots } = topic;
  return { name, id, oldId, generation, transactional, lastSeenAt, slots: [...slots].flat() };
}

export function storedTracks(tracks: readonly LogTrack[]): Record<string, PackedColumn> {
  const numbers = (pick: (track: LogTrack) => number) => packNumbers(tracks.map(pick));
  return {
    end: packOffsets(BigInt64Array.from(tracks, ({ end }) => end)),
    stable: packOffsets(
      BigInt64Array.from(tracks, ({ stable }) => stable),
      BigInt64Array.from(tracks, ({ end }) => end),
    ),
    flatPolls: numbers((track) => track.flatPolls),
    flatMs: numbers((track) => track.flatMs),
    stableStillMs: numbers((track) => track.stableStillMs),
    gapSpan: numbers((track) => track.stableGap.span),
    gapMs: numbers((track) => track.stableGap.widestMs[0]),
    gapBeforeMs: numbers((track) => track.stableGap.widestMs[1]),
    gapBeforeThatMs: numbers((track) => track.stableGap.widestMs[2]),
  };
}

/** Each row as how it differs from the one after it, which is near. */
export function storedSeries(series: LogMemory['series']): StoredState['series'] {
  return series.map(({ at, ends, starts }, i) => ({
    at,
    ends: packOffsets(ends, series[i + 1]?.ends ?? null),
    starts: packOffsets(starts, series[i + 1]?.starts ?? null),
  }));
}

/** @throws StateFileError where the columns do not fit together */
export function readLogs({
  topics,
  tracks,
  series,
  names,
}: Pick<StoredState, 'topics' | 'tracks' | 'series' | 'names'>): LogMemory {
  const numbers = (column: string) => {
    const packed = tracks[column] as PackedColumn | undefined;
    return packed === undefined ? null : unpackNumbers(packed);
  };
  const ends = unpackOffsets(tracks['end'] as PackedColumn);
  const stables = unpackOffsets(tracks['stable'] as PackedColumn, ends);
  const columns = {
    flatPolls: numbers('flatPolls'),
    flatMs: numbers('flatMs'),
    stableStillMs: numbers('stableStillMs'),
    gapSpan: numbers('gapSpan'),
    gapMs: numbers('gapMs'),
    gapBeforeMs: numbers('gapBeforeMs'),
    gapBeforeThatMs: numbers('gapBeforeThatMs'),
  };
  const readTracks: LogTrack[] = [];
  for (let i = 0; i < ends.length; i++) {
    const of = (column: keyof typeof columns) => columns[column]?.[i] ?? 0;
    const span = of('gapSpan');
    readTracks.push({
      end: ends[i] as bigint,
      stable: stables[i] as bigint,
      flatPolls: of('flatPolls'),
      flatMs: of('flatMs'),
      stableStillMs: of('stableStillMs'),
      // Worked out anew by the next poll.
      producedPerMs: 0,
      stableGap:
        span === 0 ? noGap : { span, widestMs: [of('gapMs'), of('gapBeforeMs'), of('gapBeforeThatMs')] },
    });
  }
  return {
    topics: new Map(
      topics.map((topic) => [nameOf(names, topic.name), readTopic(topic, readTracks.length)] as const),
    ),
    tracks: readTracks,
    series: readSeries(series),
  };
}

function readTopic(topic: StoredState['topics'][number], tracks: number): TopicLog {
  const { id, oldId, generation, transactional, lastSeenAt } = topic;
  const slots = new Map<number, number>();
  for (let i = 0; i + 1 < topic.slots.length; i += 2) {
    const slot = topic.slots[i + 1] as number;
    if (slot < 0 || slot >= tracks) throw new StateFileError(`slot ${slot} is beyond the ${tracks} logs`);
    slots.set(topic.slots[i] as number, slot);
  }
  return { id, oldId, generation, transactional, lastSeenAt, slots };
}

function readSeries(series: StoredState['series']): LogMemory['series'] {
  const rows: { at: number; ends: BigInt64Array; starts: BigInt64Array }[] = [];
  for (const { at, ends, starts } of series.toReversed()) {
    const after = rows.at(-1);
    rows.push({
      at,
      ends: unpackOffsets(ends as PackedColumn, after?.ends ?? null),
      starts: unpackOffsets(starts as PackedColumn, after?.starts ?? null),
    });
  }
  return rows.reverse();
}
