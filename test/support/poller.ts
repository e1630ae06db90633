// usage: poller.ts OPTIONS, a `PollerOptions` as JSON
// Polls once for every line of its standard input, and prints what it saw as a line of JSON, a `Polled`.
import { createInterface } from 'node:readline';
import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { toNodeAddress } from '../../shared/adapters/kafka/node-address.ts';
import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { poll } from './poll.ts';
import type { Polled, PollerOptions } from './polling-process.ts';
import { readingRows } from './readings.ts';

const { bootstrap, login, deadlineMs, ...patience }: PollerOptions = JSON.parse(process.argv[2] ?? '');
const reader = connectClusterReader({
  bootstrap: bootstrap.map(toNodeAddress),
  login: login ?? { tls: null, sasl: null },
  ...patience,
});

async function polled(): Promise<Polled> {
  const startedAt = performance.now();
  const tookMs = () => performance.now() - startedAt;
  try {
    const observation = await poll(reader, {}, deadlineMs);
    const { unread } = observation.snapshot;
    const requests = Object.fromEntries(observation.requests);
    return { rows: readingRows(observation), unread, requests, fault: null, tookMs: tookMs() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { rows: [], unread: [], requests: {}, fault: error.message, tookMs: tookMs() };
  }
}

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${stringifyExactly(await polled())}\n`);
}
reader.close();
