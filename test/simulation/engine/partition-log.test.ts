import { describe, expect, test } from 'vitest';
import { PartitionLog } from './partition-log.ts';

const minuteMs = 60_000;

function log(): PartitionLog {
  return new PartitionLog(1, 0, 100);
}

describe('a log', () => {
  test('without transactions is stable and readable to its end', () => {
    const plain = log();
    plain.append(5);
    expect(plain).toMatchObject({ end: 105, stable: 105, readable: 105 });
  });

  test('keeps readers before an open transaction, and gives its marker an offset', () => {
    const written = log();
    written.beginTransaction(5);
    expect(written).toMatchObject({ end: 105, stable: 100, readable: 100 });
    written.endTransaction(true);
    expect(written).toMatchObject({ end: 106, stable: 106, readable: 105 });
  });

  test('has nothing to read in an aborted transaction', () => {
    const written = log();
    written.beginTransaction(5);
    written.endTransaction(false);
    expect(written).toMatchObject({ end: 106, stable: 106, readable: 100 });
  });

  test('is held where a transaction hangs, whatever is committed behind it', () => {
    const held = log();
    held.hangTransaction(3);
    held.beginTransaction(5);
    held.endTransaction(true);
    expect(held).toMatchObject({ end: 109, stable: 100, readable: 100 });
    held.abortHung();
    expect(held).toMatchObject({ end: 110, stable: 110, readable: 108 });
  });

  test('expires by whole segments', () => {
    const old = log();
    for (let minute = 0; minute <= 60; minute++) {
      old.dates.note(minute * minuteMs, old.end);
      old.append(10);
    }
    old.expire(60 * minuteMs, 25 * minuteMs, 10 * minuteMs);
    expect(old.start).toBe(100 + 30 * 10);
    old.expire(60 * minuteMs, 0, minuteMs);
    expect(old.start).toBe(700);
  });

  test('truncated ends lower and knows no dates of what is gone', () => {
    const cut = log();
    cut.dates.note(0, 50);
    cut.dates.note(minuteMs, 100);
    cut.truncateTo(60);
    expect(cut).toMatchObject({ end: 60, stable: 60, readable: 60 });
    expect(cut.dates.writtenAt(70)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('dates of records', () => {
  test('lie evenly between two minutes', () => {
    const { dates } = log();
    dates.note(0, 100);
    dates.note(minuteMs, 160);
    expect(dates.endAt(minuteMs / 2)).toBe(130);
    expect(dates.writtenAt(130)).toBe(minuteMs / 2);
  });

  test('a record behind a flat stretch was written after it', () => {
    const { dates } = log();
    dates.note(0, 100);
    for (let minute = 1; minute <= 10; minute++) dates.note(minute * minuteMs, 100);
    dates.note(11 * minuteMs, 110);
    expect(dates.writtenAt(100)).toBe(10 * minuteMs);
    expect(dates.endAt(9 * minuteMs)).toBe(100);
  });

  test('what is not written yet lies in the future', () => {
    const { dates } = log();
    dates.note(0, 100);
    expect(dates.writtenAt(100)).toBe(Number.POSITIVE_INFINITY);
  });
});
