import { setTimeout as delay } from 'node:timers/promises';
import { loopback } from './broker-settings.ts';

/** By name of the request ('Metadata', 'OffsetFetch', …), how many were answered. */
export type RequestCounts = Map<string, number>;

const answerWithinMs = 10_000;
const counters = 'kafka.network:type=RequestMetrics,name=RequestsPerSec,request=*,version=*/Count';
/** What brokers and controllers keep sending each other in an idle cluster. */
const background = new Set([
  'AlterPartition',
  'BrokerHeartbeat',
  'BeginQuorumEpoch',
  'EndQuorumEpoch',
  'Fetch',
  'FetchFollower',
  'FetchSnapshot',
  'Vote',
]);

/** Jolokia's policy: counters may be read, nothing may be changed. */
export const readOnlyPolicy =
  '<restrict><commands><command>read</command><command>version</command></commands></restrict>\n';

/**
 * Sums the brokers' own request counters, read over HTTP from the JMX agent of each, so that no Kafka request is
 * made. A broker counts a request only just after its answer has left: the counters are read until two readings
 * agree on everything that clients send, at most 20 times while clients are busy. Throws if a broker does not answer.
 */
export async function readRequestCounts(jmxPorts: readonly number[]): Promise<RequestCounts> {
  let previous = await sumOf(jmxPorts);
  for (let round = 0; round < 20; round++) {
    await delay(20);
    const current = await sumOf(jmxPorts);
    if (sameOfClients(previous, current)) return current;
    previous = current;
  }
  return previous;
}

async function sumOf(jmxPorts: readonly number[]): Promise<RequestCounts> {
  const sum: RequestCounts = new Map();
  for (const counts of await Promise.all(jmxPorts.map(countsOf)))
    for (const [request, count] of counts) sum.set(request, (sum.get(request) ?? 0) + count);
  return sum;
}

async function countsOf(jmxPort: number): Promise<[request: string, count: number][]> {
  const response = await fetch(`http://${loopback}:${jmxPort}/jolokia/read/${counters}`, {
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const body = (await response.json()) as {
    readonly status: number;
    readonly error?: string;
    readonly value?: Readonly<Record<string, { readonly Count: number }>>;
  };
  // No counter at all is 404 to Jolokia: nothing was asked yet.
  if (body.status === 404) return [];
  if (body.status !== 200 || body.value === undefined)
    throw new Error(
      `the JMX agent at ${loopback}:${jmxPort} answered ${body.status}: ${body.error ?? 'no value'}`,
    );
  return Object.entries(body.value).map(([name, { Count }]) => [
    /[:,]request=([^,]+)/.exec(name)?.[1] ?? name,
    Count,
  ]);
}

function sameOfClients(a: RequestCounts, b: RequestCounts): boolean {
  return [...b].every(([request, count]) => background.has(request) || a.get(request) === count);
}
