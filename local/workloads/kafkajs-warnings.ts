/**
 * kafkajs 2.2.4 computes some of its timers in the past, and Node 24 warns of each. The customers' applications of the
 * demo live in this process, so that these warnings would bury what it says; every other warning is shown as usual.
 */
export function hideNegativeTimerWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') for (const listener of listeners) listener(warning);
  });
}
