import type { Check, CheckName } from '../domain/diagnosis.ts';
import type { ConnectionDoctor, DoctorAddress } from '../ports/connection-doctor.ts';

/**
 * Walks the way to the cluster step by step: for each address name, port, TLS, login, versions; then, once, whether all
 * advertised brokers can be reached and what the login may see. After the first step of an address that fails, the rest
 * of it is not tried: it would fail for the same reason. Checks are given as they are done.
 */
export async function* diagnoseCluster(
  doctor: ConnectionDoctor,
  addresses: readonly DoctorAddress[],
): AsyncGenerator<Check> {
  let arrived = false;
  for (const address of addresses) {
    const steps: readonly (() => Promise<Check>)[] = [
      () => doctor.checkName(address),
      () => doctor.checkPort(address),
      () => doctor.checkTls(address),
      () => doctor.checkLogin(address),
      () => doctor.checkVersions(address),
    ];
    let failed = false;
    for (const step of steps) {
      const check = await step();
      yield check;
      failed = check.outcome === 'failed';
      if (failed) break;
    }
    arrived ||= !failed;
  }
  if (!arrived) {
    yield notTried('brokers');
    yield notTried('rights');
    return;
  }
  yield* await doctor.checkBrokers();
  yield* await doctor.checkRights();
}

function notTried(check: CheckName): Check {
  return { check, subject: 'cluster', outcome: 'skipped', finding: 'not tried: no address led to a broker' };
}
