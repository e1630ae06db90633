/** Waits for a condition, looking every few milliseconds. Throws, naming it, when it has not come true in time. */
export async function until(what: string, isTrue: () => boolean, deadlineMs = 4000): Promise<void> {
  const giveUpAt = performance.now() + deadlineMs;
  while (!isTrue()) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
