import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ephemeral ports of Linux and macOS, so that no outgoing connection takes a stopped broker's port. */
const lowestPort = 20_000;
const highestPort = 32_000;

/** Distinct TCP ports of 127.0.0.1 that nobody listened on a moment ago. Throws when none can be found. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries++) {
    if (tries > 200)
      throw new Error(`found no ${count} free ports from ${lowestPort} to ${highestPort} on 127.0.0.1`);
    const port = randomInt(lowestPort, highestPort + 1);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
