// What judging costs beside reading: measure, remember, judge and incidents at several sizes, and the stored state.
// Milliseconds of CPU, garbage collection included; each the median of many polls of one process.
//
// usage: npm run bench:verdicts -- [--polls 20]
import { parseArgs } from 'node:util';
import { FakeCluster } from '../local/fake-cluster/cluster.ts';
import { describeEstate } from '../local/fake-cluster/estate.ts';
import { packState, unpackState } from '../shared/contracts/state-file.ts';
import type { MonitorState } from '../shared/domain/evaluate.ts';
import { advanceIncidents, noIncidents } from '../shared/domain/incident.ts';
import { judge } from '../shared/domain/judge.ts';
import type { ClusterMemory } from '../shared/domain/memory/cluster-memory.ts';
import { remember } from '../shared/domain/memory/remember.ts';
import { defaultPolicy } from '../shared/domain/policy.ts';
import { measure } from '../shared/domain/reading.ts';
import { freshReader, poll } from '../test/support/poll.ts';
import { type Motion, SyntheticPolls } from './verdicts/synthetic-estate.ts';

/** Polls that are not counted: code compiles, and groups get a past. */
const warmUpPolls = 50;

const { values } = parseArgs({ options: { polls: { type: 'string', default: '20' } } });
const polls = Number(values.polls);

/** Groups on 20 topics of 10 partitions each, 500 topics in all. */
const estateOf = (groups: number) => ({ groups, topics: 500, partitionsPerTopic: 10, topicsPerGroup: 20 });

interface Cost {
  readonly measure: number;
  readonly remember: number;
  readonly judge: number;
  readonly incidents: number;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** CPU that this takes, in milliseconds, and what it gives. */
function costOf<T>(work: () => T): readonly [number, T] {
  const before = cpuMs();
  const result = work();
  return [cpuMs() - before, result];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function costAt(groups: number, motion: Motion): { cost: Cost; state: MonitorState } {
  const estate = new SyntheticPolls({ ...estateOf(groups), motion });
  const policyFor = () => defaultPolicy;
  let memory: ClusterMemory | null = null;
  let incidents = noIncidents;
  const seen = {
    measure: [] as number[],
    remember: [] as number[],
    judge: [] as number[],
    incidents: [] as number[],
  };
  for (let i = 0; i < warmUpPolls + polls; i++) {
    const snapshot = estate.at(i);
    const [measureMs, readings] = costOf(() => measure(snapshot));
    const [rememberMs, next] = costOf(() => remember(memory, snapshot, readings, policyFor));
    const [judgeMs, findings] = costOf(() => judge(readings, next, snapshot, policyFor));
    memory = next;
    const [incidentsMs, advanced] = costOf(() =>
      advanceIncidents(incidents, {
        at: snapshot.at,
        clusterName: snapshot.cluster.name,
        findings,
        everyBrokerRead: true,
        policyFor,
        mutes: [],
        maintenance: null,
        watchedMs: 60_000,
      }),
    );
    incidents = advanced.state;
    if (i < warmUpPolls) continue;
    seen.measure.push(measureMs);
    seen.remember.push(rememberMs);
    seen.judge.push(judgeMs);
    seen.incidents.push(incidentsMs);
  }
  const cost = {
    measure: median(seen.measure),
    remember: median(seen.remember),
    judge: median(seen.judge),
    incidents: median(seen.incidents),
  };
  return { cost, state: { memory: memory as unknown as ClusterMemory, incidents } };
}

/** CPU of reading the same estate from a stand-in, whose own answers are part of it: an upper bound. */
async function readingCost(groups: number): Promise<number> {
  const cluster = await FakeCluster.start(3);
  describeEstate(cluster, estateOf(groups));
  const reader = freshReader(cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(','));
  const seen: number[] = [];
  for (let i = 0; i < 10 + polls; i++) {
    const before = cpuMs();
    await poll(reader);
    if (i >= 10) seen.push(cpuMs() - before);
  }
  reader.close();
  await cluster.stop();
  return median(seen);
}

function line(cells: readonly (string | number)[]): void {
  process.stdout.write(
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell)).join(' | ')} |\n`,
  );
}

line(['group-partitions', 'groups are', 'measure', 'remember', 'judge', 'incidents', 'µs a group-partition']);
line(['---', '---', '---', '---', '---', '---', '---']);
const reading = await readingCost(500);
const told = (groups: number, motion: Motion) => {
  const { cost, state } = costAt(groups, motion);
  const { measure: measured, remember: remembered, judge: judged, incidents } = cost;
  const whole = measured + remembered + judged + incidents;
  const each = ((1_000 * whole) / (groups * 200)).toFixed(2);
  line([String(groups * 200), motion, measured, remembered, judged, incidents, each]);
  return { state, ratio: (remembered + judged) / reading };
};
told(50, 'mixed');
const { state, ratio } = told(500, 'mixed');
for (const motion of ['moving', 'caught-up', 'stuck', 'falling-behind'] as const) told(500, motion);
told(1_500, 'mixed');
const [packMs, packed] = costOf(() => packState(state));
const [unpackMs] = costOf(() => unpackState(packed));
process.stdout.write(
  `\nreading 100,000 group-partitions from the stand-in: ${reading.toFixed(0)} ms, its answers included\n` +
    `(remember + judge) / reading, mixed: ${ratio.toFixed(2)}\n` +
    `state of 100,000 group-partitions: ${(packed.byteLength / 1e6).toFixed(2)} MB, ` +
    `packed in ${packMs.toFixed(0)} ms, unpacked in ${unpackMs.toFixed(0)} ms\n`,
);
