/** A timer that comes later than this says that the process stood still: stopped, frozen between two calls, or starved. */
const punctualityMs = 50;

/**
 * Calls back after so many milliseconds of running, to end the wait for somebody else. When a process goes on after it
 * was stopped, all of its timers are due at once and come before the answers that have arrived meanwhile: time that was
 * lost is given back, and what has arrived is read first. In all at most the wait itself is given back, so that it ends
 * where the process is starved all the time, too.
 *
 * @returns cancels it; a second call does nothing.
 */
export function wakeAfter(waitMs: number, wake: () => void): () => void {
  let timer: NodeJS.Timeout;
  let immediate: NodeJS.Immediate | undefined;
  let mostGivenBackMs = waitMs;
  const arm = (ms: number) => {
    const dueAt = performance.now() + ms;
    timer = setTimeout(() => {
      const lateMs = performance.now() - dueAt;
      const givenBackMs = lateMs > punctualityMs ? Math.min(lateMs, mostGivenBackMs) : 0;
      mostGivenBackMs -= givenBackMs;
      if (givenBackMs > 0) arm(givenBackMs);
      else immediate = setImmediate(wake);
    }, ms);
  };
  arm(waitMs);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
