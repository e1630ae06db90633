import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Unread } from '../../../shared/domain/unread.ts';
import { randomSnapshot } from '../../support/random-snapshot.ts';
import { type GroupNote, member, silence, snapshotOf } from '../../support/snapshot-notation.ts';
import { tableOf } from '../../support/status-table.ts';

describe('hostile names', () => {
  const names = [
    'esc\u001b[2J\u001b[31m',
    'line\nbreak\r',
    'bidi\u202eoverride',
    'half\ud83e',
    'zero\u200bwidth\u200d',
    'x'.repeat(1000),
    '👨‍👩‍👧🦜🇩🇪',
    '配送サービス',
    'e\u0301\u0323\u0300',
    '\u0007',
    ' ',
    '',
  ];
  const hostile = (width: number, partitions: boolean) => {
    const groups = names.map((name): [string, GroupNote] => [
      name,
      { commits: { [name]: [1, 1] }, members: [member({ [name]: [0] }, { clientId: name, host: name })] },
    ]);
    const topics = Object.fromEntries(names.map((name) => [name, ['0..10', '7..10']]));
    const unread = names.flatMap((name): Unread[] => [
      { scope: 'topic', topic: name, ...silence },
      { scope: 'group', group: name, reason: 'kafka-error', detail: name },
      { scope: 'partition', topic: name, partition: 1, group: name, ...silence },
    ]);
    const snapshot = snapshotOf(topics, Object.fromEntries(groups), unread);
    return tableOf({ ...snapshot, cluster: { name: names.join(), id: null } }, { width, partitions });
  };

  test.each([60, 80, 100, 160])(
    'never reach the terminal raw or break the alignment, at %d cells',
    (width) => {
      for (const partitions of [false, true]) {
        const table = hostile(width, partitions);
        expect(table.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        const [titles = '', ...rows] = table
          .split('\n')
          .filter((line) => /^(?:[✗!·○✓] | {3}VERDICT {2,})/u.test(line));
        const end = titles.indexOf('LAG') + 3;
        for (const row of rows.filter((line) => line.startsWith('✗'))) {
          expect(cellsUpTo(row, end)).toMatch(/ 18$/);
        }
      }
    },
  );

  /** The part of a line that fills so many cells. */
  function cellsUpTo(line: string, cells: number): string {
    let text = '';
    for (const { segment } of new Intl.Segmenter().segment(line)) {
      if (stringWidth(text) >= cells) break;
      text += segment;
    }
    return text;
  }
});

describe('of any snapshot', () => {
  const layout = fc.record({ width: fc.integer({ min: 60, max: 200 }), partitions: fc.boolean() });

  test('no line is wider than the terminal, and nothing raw comes through', () => {
    fc.assert(
      fc.property(randomSnapshot, layout, (snapshot, options) => {
        const table = tableOf(snapshot, options);
        for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(options.width);
        expect(table.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  test('the same input gives the same output', () => {
    fc.assert(
      fc.property(randomSnapshot, layout, (snapshot, options) => {
        const again = { ...snapshot, groups: snapshot.groups.toReversed() };
        expect(tableOf(again, options)).toBe(tableOf(snapshot, options));
      }),
    );
  });

  test('every group is listed or counted, and nothing unread goes unmentioned', () => {
    fc.assert(
      fc.property(randomSnapshot, fc.nat(3), (snapshot, quietGroups) => {
        const table = tableOf(snapshot, { quietGroups, width: 400 });
        const listed = table.match(/^[✗!·○✓] /gmu)?.length ?? 0;
        const summed = Number(table.match(/… and (\d+) more group/)?.[1] ?? 0);
        expect(listed + summed).toBe(snapshot.groups.length);
        for (const part of snapshot.unread) expect(table).toContain(part.detail);
        if (snapshot.unread.length > 0)
          expect(table).toContain(`could not be read: ${snapshot.unread.length} part`);
      }),
    );
  });

  test('colour adds nothing but colour', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        const painted = tableOf(snapshot, { paint: (text, tone) => `<${tone}>${text}</>` });
        expect(painted.replaceAll(/<(?:critical|warning|info|ok|faint|strong|plain)>|<\/>/g, '')).toBe(
          tableOf(snapshot),
        );
      }),
    );
  });
});
