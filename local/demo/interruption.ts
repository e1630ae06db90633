/** Fires at the first Ctrl-C, end of the terminal or request to end, and when nobody reads the tables any more. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Interrupted());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  process.stdout.on('error', interrupt);
  return interrupted.signal;
}

class Interrupted extends Error {
  override readonly name = 'Interrupted';
  override readonly message = 'interrupted';
}

/** The promise, or the signal's reason as soon as it fires; what was promised then goes on unheard. */
export async function unlessInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: fired, reject } = Promise.withResolvers<never>();
  const fire = () => reject(signal.reason);
  signal.addEventListener('abort', fire);
  try {
    return await Promise.race([promise, fired]);
  } finally {
    signal.removeEventListener('abort', fire);
  }
}
