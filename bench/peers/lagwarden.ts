// usage: lagwarden.ts BOOTSTRAP POLLS lag|whole
import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { toLogin } from '../../shared/adapters/kafka/logins.ts';
import { toNodeAddress } from '../../shared/adapters/kafka/node-address.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { measure, measureGroups } from '../../shared/domain/reading.ts';
import { observeCluster } from '../../shared/usecases/observe-cluster.ts';
import { printPolls } from './poll-line.ts';
import { sumLag } from './sum-lag.ts';

const [bootstrap = '', polls = '1', what = 'lag'] = process.argv.slice(2);
const reader = connectClusterReader({
  bootstrap: bootstrap.split(',').map(toNodeAddress),
  login: toLogin({ kind: 'none' }),
});
const whole = what === 'whole';
const scope = {
  clusterName: 'bench',
  watchesGroup: () => true,
  watchesTopic: () => true,
  starts: whole,
  stable: whole,
  members: whole,
};
await printPolls(Number(polls), async () => {
  const { snapshot, requests } = await observeCluster(
    reader,
    scope,
    systemClock,
    AbortSignal.timeout(60_000),
  );
  const sent = [...requests.values()].reduce((sum, count) => sum + count, 0);
  // The whole reading keeps every row, as kadm's Lag() does; the others sum as they go.
  return { ...sumLag(whole ? measure(snapshot) : measureGroups(snapshot)), requests: sent };
});
reader.close();
