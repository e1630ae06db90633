import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { evaluate, type MonitorState } from '../../../shared/domain/evaluate.ts';
import { toOffset } from '../../../shared/domain/offset.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { offsetLine } from '../../../shared/views/explain/offset-line.ts';
import { shellWord } from '../../../shared/views/explain/shell-word.ts';
import { explanation } from '../../../shared/views/explain.ts';
import { randomSnapshot } from '../../support/random-snapshot.ts';
import { snapshotsOf } from '../../support/scenario.ts';
import { member, snapshotOf } from '../../support/snapshot-notation.ts';

/** Every group of the last snapshot explained, one after the other. */
function explained(snapshots: readonly Snapshot[], { width = 100, needsLogin = false } = {}): string[] {
  let state: MonitorState | null = null;
  let findings: readonly Parameters<typeof explanation>[0]['finding'][] = [];
  for (const snapshot of snapshots) ({ state, findings } = evaluate(state, snapshot));
  const snapshot = snapshots.at(-1) as Snapshot;
  const hasMemory = snapshots.length > 1;
  return findings.map((finding) =>
    explanation(
      { snapshot, finding, brokers: 'b-1:9092,b-2:9092', hasMemory, needsLogin },
      { width, paint: (text) => text },
    ),
  );
}

const reading = (start: number, committed: number, stable: number, end: number) => ({
  topic: 'orders',
  partition: 0,
  start: toOffset(BigInt(start)),
  committed: toOffset(BigInt(committed)),
  stable: toOffset(BigInt(stable)),
  end: toOffset(BigInt(end)),
  lag: BigInt(end - committed),
  owner: null,
});

describe('the line from start to end', () => {
  test('is drawn to scale', () => {
    expect(offsetLine(reading(0, 20, 40, 40), 41)).toEqual([
      '                    ▼ committed 20',
      '├───────────────────●━━━━━━━━━━━━━━━━━━━┤',
      '▲ start 0                        end 40 ▲',
    ]);
  });

  test('shows what an open transaction holds', () => {
    expect(offsetLine(reading(0, 10, 20, 40), 41)).toEqual([
      '          ▼ committed 10',
      '├─────────●━━━━━━━━━░░░░░░░░░░░░░░░░░░░░┤'.slice(0, 41),
      '▲ start 0           ▲ stable 20  end 40 ▲',
    ]);
  });

  test('shows what was deleted unread, and a commit beyond the end', () => {
    expect(offsetLine(reading(20, 0, 40, 40), 41)[1]).toBe('●×××××××××××××××××××├━━━━━━━━━━━━━━━━━━━┤');
    expect(offsetLine(reading(0, 40, 20, 20), 41)[1]).toBe('├───────────────────┤???????????????????●');
  });

  test('of an empty log is a point, and of an unread one nothing', () => {
    expect(offsetLine(reading(5, 5, 5, 5), 41)).toEqual(['▼ committed 5', '●', '▲ start 5', '▲ end 5']);
    expect(offsetLine({ ...reading(0, 0, 0, 0), end: null }, 41)).toEqual([]);
  });

  test('is never wider than it may be, whatever the offsets', () => {
    const offset = fc.bigInt(0n, 2n ** 63n - 1n).map(toOffset);
    fc.assert(
      fc.property(
        offset,
        offset,
        offset,
        offset,
        fc.integer({ min: 50, max: 120 }),
        (start, committed, stable, end, width) => {
          const line = { ...reading(0, 0, 0, 0), start, committed, stable, end, lag: end - committed };
          for (const row of offsetLine(line, width)) expect(stringWidth(row)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe('a group', () => {
  const poison = explained(
    snapshotsOf(
      'orders-0  end: 1000 +50*59  committed: 990 +50*20  owner: a\norders-1  end: 500 +5*59  committed: 500 +5*59  owner: a',
    ),
  )[0] as string;

  test('with a record that it cannot process gets the command to look at it', () => {
    expect(poison).toContain('orders-0  stalled');
    expect(poison).toContain(
      'kafka-console-consumer.sh --bootstrap-server b-1:9092,b-2:9092 --topic orders --partition 0 --offset 1990 --max-messages 1',
    );
    expect(poison).toMatch(
      /evidence {2}its commit was last seen to move at 2026-03-01T00:35:00Z; records have waited/,
    );
    expect(poison).toMatch(/--shift-by 1 --dry-run/);
  });

  test('says what each word means', () => {
    for (const word of [
      'An offset is',
      'start:',
      'committed: the NEXT record',
      'stable:',
      'end:',
      'lag: end − committed',
    ]) {
      expect(poison.replace(/\s+/g, ' ')).toContain(word);
    }
  });

  test('seen once is told how to know more', () => {
    const [once] = explained([snapshotOf({ orders: ['0..10'] }, { billing: { commits: { orders: [4] } } })]);
    expect(once).toContain('This is one look without memory.');
    expect(poison).not.toContain('one look without memory');
  });

  test('behind a login says that the tools need one too', () => {
    const seen = [snapshotOf({ orders: ['0..10'] }, { billing: { commits: { orders: [4] } } })];
    expect(explained(seen, { needsLogin: true })[0]).toContain('--command-config FILE');
    expect(explained(seen)[0]).not.toContain('--command-config');
  });

  test('of many partitions shows the worst eight', () => {
    const logs = Array.from({ length: 20 }, () => '0..10');
    const commits = logs.map((_, i) => (i === 13 ? 0 : 9));
    const [text = ''] = explained([
      snapshotOf({ orders: logs }, { billing: { commits: { orders: commits } } }),
    ]);
    const titles = text.split('\n').filter((line) => /^orders-\d+ {2}/.test(line));
    expect(titles).toHaveLength(8);
    expect(titles[0]).toMatch(/^orders-13 /);
    expect(text).toContain('… and 12 more, none of them worse');
  });

  test('never suggests a command that changes anything', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const text of explained([snapshot])) {
          const resets = text.split('\n').filter((line) => line.includes('--reset-offsets'));
          expect(resets.filter((line) => !line.endsWith('--dry-run') || line.includes('--execute'))).toEqual(
            [],
          );
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('hostile names', () => {
  const hostile = "o'r\u001b[2J; rm -rf ~\n$(x)";

  test('are shown and not obeyed, also in a command', () => {
    const [text = ''] = explained([
      snapshotOf(
        { [hostile]: ['0..10'] },
        {
          [hostile]: {
            commits: { [hostile]: [4] },
            members: [member({ [hostile]: [0] }, { clientId: hostile })],
          },
        },
      ),
    ]);
    expect(text).not.toContain('\u001b');
    expect(text).toContain("--group 'o'\\''r\\u{1b}[2J; rm -rf ~\\u{a}$(x)'");
  });

  test.each([
    ['orders.v2', 'orders.v2'],
    ['a b', "'a b'"],
    ['', "''"],
    ['-rf', "'-rf'"],
    ["it's", "'it'\\''s'"],
  ])('%s is one word for a shell', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  test('whatever the snapshot, nothing but text, and no line but a command is too wide', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const text of explained([snapshot], { width: 80 })) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
          const wide = text
            .split('\n')
            .filter((line) => stringWidth(line) > 80 && !/^ {14}(kafka|lagwarden)/.test(line));
          expect(wide).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
