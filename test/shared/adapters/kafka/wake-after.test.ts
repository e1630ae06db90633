import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { wakeAfter } from '../../../../shared/adapters/kafka/wake-after.ts';

const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const woken = (ms: number) =>
  new Promise<number>((resolve) => wakeAfter(ms, () => resolve(performance.now())));

test('wakes after its time', async () => {
  const startedAt = performance.now();
  expect((await woken(60)) - startedAt).toBeGreaterThanOrEqual(59);
});

test('gives back the time in which the process stood still, at most once its own', async () => {
  const startedAt = performance.now();
  const slow = woken(400);
  const quick = woken(100);
  block(600);
  expect((await quick) - startedAt, '500 ms late, so 100 ms more').toBeGreaterThanOrEqual(699);
  expect((await slow) - startedAt, '200 ms late, so 200 ms more').toBeGreaterThanOrEqual(799);
});

test('wakes in a process that is late all the time', async () => {
  let isStarved = true;
  // 300 ms end 60 ms before such a turn does, and these again 60 ms before the next.
  const turn = () => {
    block(120);
    if (isStarved) setImmediate(turn);
  };
  const relief = setTimeout(() => {
    isStarved = false;
  }, 4000);
  const waking = woken(300).then(() => isStarved);
  turn();
  expect(await waking).toBe(true);
  isStarved = false;
  clearTimeout(relief);
});

test('hears what has arrived before it wakes, also where it is hardly late', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ours = connect(port, '127.0.0.1');
  const [theirs] = (await once(server, 'connection')) as [Socket];
  const order: string[] = [];
  ours.on('data', () => order.push('answer'));
  const waking = woken(20).then(() => order.push('wake'));
  theirs.write('it is in the kernel at once');
  block(30);
  await waking;
  expect(order).toEqual(['answer', 'wake']);
  ours.destroy();
  theirs.destroy();
  server.close();
});

test('does nothing once cancelled, not even between its timer and the waking', async () => {
  let count = 0;
  const cancel = wakeAfter(10, () => count++);
  const laterCancel = wakeAfter(10, () => count++);
  cancel();
  cancel();
  setTimeout(laterCancel, 10);
  // Both are due in one turn now, wherever between them the clock has ticked.
  block(30);
  await woken(80);
  expect(count).toBe(0);
});
