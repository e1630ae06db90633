import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { parseSnapshotLine } from '../../shared/contracts/parse-snapshot-line.ts';
import { toSnapshotLine } from '../../shared/contracts/snapshot-file.ts';
import { statusDocumentSchema } from '../../shared/contracts/status-document.ts';
import { type Evaluation, evaluate, type MonitorState } from '../../shared/domain/evaluate.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { BuiltCommand } from '../support/built-command.ts';
import { parseExactly } from '../support/parse-exactly.ts';
import { randomTimeline } from '../support/random-timeline.ts';
import { snapshotsOf } from '../support/scenario.ts';
import { silence } from '../support/snapshot-notation.ts';

let lagwarden: BuiltCommand;
beforeAll(() => {
  lagwarden = new BuiltCommand();
});
afterAll(() => lagwarden.dispose());

const replay = (args: string, input?: string) =>
  lagwarden.run(['replay', ...args.split(' ')], input === undefined ? {} : { input });
const lineOf = (snapshot: Snapshot) => `${stringifyExactly(toSnapshotLine(snapshot))}\n`;
const recordingOf = (snapshots: readonly Snapshot[]) => snapshots.map(lineOf).join('');
const lines = (text: string) => text.split('\n').slice(0, -1);

/** A reader that hangs after forty minutes and goes on an hour later, seen once a minute. */
const outage = snapshotsOf(`
  orders-0  end: 1000 +50*120  committed: 990 +50*40 +0*60 6040 +50*19  owner: a`);

/** As a real poll writes it: whatever is unread is named in the list as well. */
function named(snapshot: Snapshot): Snapshot {
  const logs = [...snapshot.topics.values()].flatMap(({ name, partitions }) =>
    [...partitions.values()].flatMap(({ partition, unread }) =>
      unread === null ? [] : [{ scope: 'partition' as const, topic: name, partition, ...unread }],
    ),
  );
  const groups = snapshot.groups.flatMap(({ group, unread }) =>
    unread === null ? [] : [{ scope: 'group' as const, group, ...silence }],
  );
  return { ...snapshot, unread: [...snapshot.unread, ...logs, ...groups] };
}

/** Commits of one topic in one list, as a poll reads them. */
function gathered(snapshot: Snapshot): Snapshot {
  const groups = snapshot.groups.map((group) => ({
    ...group,
    commits: [...Map.groupBy(group.commits, ({ topic }) => topic)].map(([topic, all]) => ({
      topic,
      partitions: all.flatMap(({ partitions }) => partitions),
      offsets: all.flatMap(({ offsets }) => Array.from(offsets)),
    })),
  }));
  return { ...snapshot, groups };
}

function evaluated(snapshots: readonly Snapshot[]): Pick<Evaluation, 'findings' | 'transitions'>[] {
  let state: MonitorState | null = null;
  return snapshots.map((snapshot) => {
    const { findings, transitions, ...rest }: Evaluation = evaluate(state, snapshot);
    state = rest.state;
    return { findings, transitions };
  });
}

test('through a recording come the same findings and transitions as live', () => {
  fc.assert(
    fc.property(randomTimeline, (timeline) => {
      const live = timeline.map(named);
      const recorded = lines(recordingOf(live)).map((line, i) => {
        const parsed = parseSnapshotLine(line, i + 1);
        if (!parsed.ok) throw new Error(parsed.fault);
        return parsed.snapshot;
      });
      expect(evaluated(recorded)).toEqual(evaluated(live.map(gathered)));
    }),
    { numRuns: 50 },
  );
});

describe('for people', () => {
  test('what changed, then what would have paged', async () => {
    lagwarden.write('outage.jsonl', recordingOf(outage));
    const { code, stdout, stderr } = await replay('outage.jsonl');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = lines(stdout);
    expect(told.map((line) => / {2}(\w+ → \w+) {2}/.exec(line)?.[1]).filter(Boolean)).toEqual([
      'ok → pending',
      'pending → firing',
      'firing → resolved',
    ]);
    expect(stdout).toContain(
      '\n\norders-prod: 121 snapshots, 2026-03-01T00:15:00Z to 2026-03-01T02:15:00Z\n1 incident: 1 critical\n',
    );
    expect(stdout).toMatch(/\nbilling +1 +\S+.* stalled\n$/);
  });

  test('--config tries other thresholds', async () => {
    lagwarden.write('patient.yaml', 'policies: [{ match: { groups: ["*"] }, patience: 6h }]\n');
    const { stdout } = await replay('- --config patient.yaml', recordingOf(outage));
    expect(stdout).toContain('\nno incident');
  });

  test('./lagwarden.yaml is read where it is here, groups that it leaves out included', async () => {
    lagwarden.write('lagwarden.yaml', 'groups: { exclude: ["bill*"] }\n');
    try {
      expect((await replay('-', recordingOf(outage))).stdout).toContain('no incident');
    } finally {
      lagwarden.remove('lagwarden.yaml');
    }
  });

  test('several clusters have a memory and a summary each', async () => {
    const other = outage.map((snapshot) => ({ ...snapshot, cluster: { name: 'clicks', id: null } }));
    const mixed = outage.flatMap((snapshot, i) => [snapshot, other[i] as Snapshot]);
    const { stdout } = await replay('-', recordingOf(mixed));
    expect(stdout.match(/: 121 snapshots/g)).toHaveLength(2);
    expect(stdout).toMatch(/Z {2}clicks billing {2}pending → firing/);
    expect(stdout).toMatch(/Z {2}orders-prod billing {2}pending → firing/);
  });

  test('an empty recording says so', async () => {
    expect(await replay('-', '')).toEqual({ code: 0, stdout: 'no snapshot in it\n', stderr: '' });
  });
});

describe('--json', () => {
  test('one document a snapshot, without what no recording tells', async () => {
    const { code, stdout } = await replay('- --json', recordingOf(outage));
    expect(code).toBe(0);
    const documents = lines(stdout).map((line) =>
      statusDocumentSchema.parse(
        parseExactly(line, ['start', 'committed', 'stable', 'end', 'lag', 'recordsLost', 'at']),
      ),
    );
    expect(documents).toHaveLength(121);
    expect(documents.every(({ durationMs, requests }) => durationMs === 0 && requests.total === 0)).toBe(
      true,
    );
    expect(documents.flatMap(({ transitions }) => transitions?.map(({ to }) => to))).toEqual([
      'pending',
      'firing',
      'resolved',
    ]);
  }, 30_000);

  test.each(['', ' --json'])(
    'the same bytes twice, from a file and from standard input (%s)',
    async (json) => {
      const [timeline = []] = fc.sample(randomTimeline, { numRuns: 1, seed: 42 });
      lagwarden.write('random.jsonl', recordingOf(timeline));
      const runs = [
        await replay(`random.jsonl${json}`),
        await replay(`random.jsonl${json}`),
        await replay(`-${json}`, recordingOf(timeline)),
      ];
      expect(runs[0]?.stdout).not.toBe('');
      expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    },
  );
});

describe('lines', () => {
  test('a snapshot that is not newer is skipped with a note', async () => {
    const [first, second] = outage as [Snapshot, Snapshot];
    const { code, stdout, stderr } = await replay('-', recordingOf([second, first, second]));
    expect(code).toBe(0);
    expect(stdout).toContain('orders-prod: 1 snapshot,');
    expect(lines(stderr)).toEqual([
      'lagwarden: line 2 skipped: its snapshot of 2026-03-01T00:15:00Z is not newer than the one before, of 2026-03-01T00:16:00Z',
      expect.stringMatching(/^lagwarden: line 3 skipped/),
    ]);
  });

  test('blank lines, a last line without its end, and line breaks of Windows are fine', async () => {
    const text = `\n${recordingOf(outage.slice(0, 3)).trimEnd().replaceAll('\n', '\r\n\r\n')}`;
    expect(await replay('-', text)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(': 3 snapshots'),
    });
  });

  test('a name may hold what Unicode calls the end of a line', async () => {
    const [first] = outage as [Snapshot];
    const odd = { ...first, groups: first.groups.map((group) => ({ ...group, group: 'a\u2028b' })) };
    expect(await replay('-', lineOf(odd))).toMatchObject({ code: 0, stderr: '' });
  });

  test.each(['', ' --json'])(
    'one that is no snapshot ends it with 2, and nothing was printed (%s)',
    async (json) => {
      const good = recordingOf(outage.slice(0, 5));
      const cut = lineOf(outage[5] as Snapshot).slice(0, 40);
      const negative = lineOf(outage[6] as Snapshot).replace('"offset":1290', '"offset":-1');
      for (const [bad, message] of [
        [cut, /^lagwarden: standard input: line 6: this is no JSON: /],
        [
          negative,
          /^lagwarden: standard input: line 6: groups\[0\]\.commits\[0\]\.offset: expected a whole number.*got -1\n/,
        ],
      ] as const) {
        const { code, stdout, stderr } = await replay(`-${json}`, `${good}${bad}\n${good}`);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toMatch(message);
      }
    },
  );

  test('a file that is not there', async () => {
    expect(await replay('gone.jsonl')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^lagwarden: cannot read the recording gone\.jsonl: ENOENT/),
    });
  });
});

describe('--fail-on', () => {
  test.each([
    ['critical', 4],
    ['warning', 4],
  ])('%s: 4 where a group was that bad in any snapshot', async (severity, code) => {
    expect(await replay(`- --fail-on ${severity}`, recordingOf(outage))).toMatchObject({ code });
  });

  test('0 where none was', async () => {
    expect(await replay('- --fail-on warning', recordingOf(outage.slice(0, 20)))).toMatchObject({ code: 0 });
  });
});
