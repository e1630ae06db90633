// One whole reading of a cluster, beside other clients on the same cluster in the same run: warm, cold, CPU, memory.
// Absolute times say more of the machine than of the client, so ratios are printed.
//
// usage: npm run bench:poll -- [--size S|M|L] [--polls 20] [--rounds 3] [--version 4.1]
import { parseArgs } from 'node:util';
import { startKafkaCluster } from '../local/kafka/cluster.ts';
import { describeAllGroups } from '../local/kafka/consumer-group-command.ts';
import { parseKafkaVersion } from '../local/kafka/version.ts';
import { consumerGroupCommand, runConsumerGroupCommand } from './consumer-group-command.ts';
import { estateSizes, fillEstate } from './estate.ts';
import { buildPeers, type Peer, runPeer } from './peers.ts';

type Measured = Pick<Peer, 'name' | 'reads'>;

/** Empty, 0 or NaN where nothing could be measured. */
interface Figures {
  warmWallMs: number[];
  warmCpuMs: number[];
  warmPeakMb: number;
  coldWallMs: number[];
  coldCpuMs: number[];
  coldPeakMb: number;
  requests: number | null;
  exact: boolean;
}

/** Polls at the start of a warm process that are not counted: connections open, code compiles. */
const warmUpPolls = 10;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'L' },
    polls: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    version: { type: 'string', default: '4.1' },
  },
});
const size = estateSizes.find(({ name }) => name === values.size);
if (size === undefined) throw new RangeError(`--size: S, M or L, not ${values.size}`);
const [polls, rounds] = [Number(values.polls), Number(values.rounds)];

const { peers, missing, remove } = await buildPeers();
process.stderr.write('starting three brokers…\n');
const cluster = await startKafkaCluster({ version: parseKafkaVersion(values.version), brokers: 3 });
try {
  await fillEstate(cluster, size);
  // Kafka's own tool says what is right.
  const truth = (await describeAllGroups(cluster)).filter((row) => row.lag !== null);
  const groupPartitions = truth.length;
  const lag = truth.reduce((sum, row) => sum + (row.lag ?? 0n), 0n);
  process.stderr.write(`${groupPartitions} group-partitions, lag ${lag}\n`);
  const figures = new Map<Measured, Figures>(peers.map((peer) => [peer, noFigures()]));
  const ofKafka = noFigures();
  figures.set(consumerGroupCommand, ofKafka);
  // Round by round, so that a slow minute of the machine falls on every peer.
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${peer.name}\n`);
      const own = figures.get(peer) ?? noFigures();
      const warm = await runPeer(peer, cluster.bootstrap, polls + warmUpPolls);
      for (const line of warm.lines.slice(warmUpPolls)) {
        own.warmWallMs.push(line.wallMs);
        own.warmCpuMs.push(line.cpuMs);
        own.requests = line.requests ?? null;
        own.exact &&= line.groupPartitions === groupPartitions && BigInt(line.lag) === lag;
        own.warmPeakMb = Math.max(own.warmPeakMb, line.peakMb);
      }
      for (let start = 0; start < 3; start++) {
        const cold = await runPeer(peer, cluster.bootstrap, 1);
        own.coldWallMs.push(cold.processWallMs);
        own.coldCpuMs.push(cold.lines[0]?.processCpuMs ?? Number.NaN);
        own.coldPeakMb = Math.max(own.coldPeakMb, cold.lines[0]?.peakMb ?? 0);
      }
    }
    process.stderr.write(`round ${round + 1} of ${rounds}: ${consumerGroupCommand.name}\n`);
    const run = await runConsumerGroupCommand(cluster);
    ofKafka.coldWallMs.push(run.wallMs);
    ofKafka.coldCpuMs.push(run.cpuMs);
    ofKafka.coldPeakMb = Math.max(ofKafka.coldPeakMb, run.peakMb);
    ofKafka.exact &&= run.groupPartitions === groupPartitions && run.lag === lag;
  }
  process.stdout.write(report(figures));
  for (const peer of missing) process.stdout.write(`not measured: ${peer}\n`);
} finally {
  await cluster.stop();
  await remove();
}

function noFigures(): Figures {
  return {
    warmWallMs: [],
    warmCpuMs: [],
    warmPeakMb: 0,
    coldWallMs: [],
    coldCpuMs: [],
    coldPeakMb: 0,
    requests: null,
    exact: true,
  };
}

function report(figures: ReadonlyMap<Measured, Figures>): string {
  const lines = [
    '| client | reads | warm wall ms | warm CPU ms | warm peak MB | cold wall ms | cold CPU ms | cold peak MB | requests | exact |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const [{ name, reads }, own] of figures) {
    const cells = [
      name,
      reads,
      figure(median(own.warmWallMs)),
      figure(median(own.warmCpuMs)),
      figure(own.warmPeakMb || Number.NaN),
      figure(median(own.coldWallMs)),
      figure(median(own.coldCpuMs)),
      figure(own.coldPeakMb || Number.NaN),
      own.requests ?? '–',
      own.exact ? 'yes' : 'NO',
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  lines.push('');
  for (const [ours, theirs] of comparisons(figures)) {
    const ratio = (pick: (own: Figures) => number[]) =>
      figure(median(pick(ours.own)) / median(pick(theirs.own)), 2);
    lines.push(
      `${ours.name} / ${theirs.name}: warm wall ${ratio((own) => own.warmWallMs)}, warm CPU ${ratio((own) => own.warmCpuMs)}, ` +
        `cold wall ${ratio((own) => own.coldWallMs)}, cold CPU ${ratio((own) => own.coldCpuMs)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Each of ours beside every peer that reads as much, and the whole reading beside the one that reads nearly as much. */
function* comparisons(figures: ReadonlyMap<Measured, Figures>) {
  const all = [...figures].map(([peer, own]) => ({ ...peer, own }));
  for (const ours of all.filter(({ name }) => name.startsWith('Lagwarden'))) {
    for (const theirs of all.filter(({ name }) => !name.startsWith('Lagwarden'))) {
      const alike = ours.reads === theirs.reads;
      const nearly = ours.reads.endsWith('too') && theirs.reads.endsWith('too');
      if (alike || nearly) yield [ours, theirs] as const;
    }
  }
}

/** A dash for what was not measured. */
function figure(value: number, digits = 0): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
