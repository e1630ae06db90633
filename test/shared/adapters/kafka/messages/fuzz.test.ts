import { Reader } from '@platformatic/kafka';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireReader } from '../../../../../shared/adapters/kafka/wire.ts';
import { Fault } from '../../../../../shared/domain/fault.ts';
import { type Subject, subjects } from './fuzz-subjects.ts';

/** Damaged answers tried for each message: 1,000 in the test run, more by `npm run test:fuzz`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 1_000);

/** What one damaged answer may make us allocate at the most, beyond what the collector is slow to take. */
const mostBytes = 64 * 1024 * 1024;

/** What reading a few hundred bytes may take at the most, on a machine that others load too. */
const mostMs = 1000;

/** Bytes changed, a piece cut out, repeated or put in, the end missing: or no answer at all, but noise. */
function damaged(answer: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.nat(answer.length - 1);
  const changed = fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = Buffer.from(answer);
    for (const [where, value] of changes) copy[where] = value;
    return copy;
  });
  const cut = at.map((size) => answer.subarray(0, size));
  const moved = fc.tuple(at, at, at).map(([from, to, where]) => {
    const piece = answer.subarray(Math.min(from, to), Math.max(from, to));
    return Buffer.concat([answer.subarray(0, where), piece, answer.subarray(where)]);
  });
  const noise = fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some));
  return fc.oneof({ weight: 6, arbitrary: changed }, cut, moved, noise);
}

/** The value that all the bytes make, or `null` where they make none. Only a Fault may say so, by its code. */
function decode(
  { message, version, ours, refusals = ['garbled'] }: Subject<unknown>,
  answer: Buffer,
): { value: unknown } | null {
  const from = new WireReader(answer);
  try {
    const value = ours(message.decode(from, version));
    return from.remaining === 0 ? { value } : null;
  } catch (error) {
    if (error instanceof Fault && refusals.includes(error.code)) return null;
    throw error;
  }
}

/** The same by the other client; what it throws on (errors inside sound answers, too) is not compared. */
function decodeByOracle(
  { oracle, version, theirs }: Subject<unknown>,
  answer: Buffer,
): { value: unknown } | null {
  const from = Reader.from(answer);
  try {
    const value = theirs(withinError(() => oracle(0, 0, version, from)));
    return from.remaining === 0 ? { value } : null;
  } catch {
    return null;
  }
}

function withinError(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Error && 'response' in error) return error.response;
    throw error;
  }
}

describe.each(subjects)('damaged answers of $name v$version', (one) => {
  test('the undamaged one means the same to both', () => {
    expect(decode(one, one.answer)).toEqual(decodeByOracle(one, one.answer));
    expect(decode(one, one.answer)).not.toBeNull();
  });

  test('give what another client reads, or a clear fault, and cost little time and memory', {
    timeout: 600_000,
  }, () => {
    let compared = 0;
    fc.assert(
      fc.property(damaged(one.answer), (answer) => {
        const before = process.memoryUsage().rss;
        const startedAt = performance.now();
        const ours = decode(one, answer);
        expect(process.memoryUsage().rss - before).toBeLessThan(mostBytes);
        expect(performance.now() - startedAt).toBeLessThan(mostMs);
        if (ours === null) return;
        const theirs = decodeByOracle(one, answer);
        if (theirs === null) return;
        compared += 1;
        expect(ours).toEqual(theirs);
      }),
      { numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns / 20);
  });
});
