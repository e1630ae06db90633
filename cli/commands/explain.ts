import { nearestName } from '../../shared/contracts/config/nearest-name.ts';
import { Fault } from '../../shared/domain/fault.ts';
import type { ClusterPoll } from '../../shared/usecases/poll-cluster.ts';
import { terminalSafe } from '../../shared/views/escape.ts';
import { explanation } from '../../shared/views/explain.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import { KeptState } from '../kept-state.ts';
import { pollTarget } from '../polling.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { paint, print, terminalWidth } from '../terminal.ts';

export interface ExplainOptions extends Omit<TargetOptions, 'group'> {
  /** Whose memory it is explained with; absent: one look. */
  readonly state?: string;
}

/** Reads the cluster once and tells all that is held of one group, in words. Changes no memory. */
export async function explain(group: string, options: ExplainOptions): Promise<number> {
  const target = resolveTarget(options, process.env);
  const tell = (text: string) => void process.stderr.write(`lagwarden: ${terminalSafe(text)}\n`);
  const { state } = await KeptState.open(options.state, target.clusterName, tell);
  const watchesGroup = (name: string) => name === group || target.watchesGroup(name);
  const polling = pollTarget({ ...target, watchesGroup }, { dates: (name) => name === group });
  try {
    const { observation, evaluation } = await polling.poll(state, target.rules);
    if (evaluation === null)
      throw new UsageError('--state: its memory is of a time yet to come; check the clock');
    const finding = evaluation.findings.find(({ snapshot }) => snapshot.group === group);
    if (finding === undefined) throw notFound(group, observation.snapshot);
    const brokers = target.connection.bootstrap.map(({ host, port }) => address(host, port)).join(',');
    const { tls, sasl } = target.connection.login;
    const needsLogin = tls !== null || sasl !== null;
    const input = { snapshot: observation.snapshot, finding, brokers, hasMemory: state !== null, needsLogin };
    await print(explanation(input, { width: terminalWidth(), paint }));
    return exitCode.done;
  } finally {
    polling.close();
  }
}

function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A group that is not there is a mistake, unless whoever lists it could not be asked. */
function notFound(group: string, { groups, unread }: ClusterPoll['observation']['snapshot']): Error {
  const name = JSON.stringify(group);
  const silent = unread.filter(({ scope }) => scope === 'broker');
  if (silent.length > 0) {
    return new Fault(
      'unreachable',
      `group ${name} was not seen, and not every broker could list its groups`,
      {
        remedy: 'lagwarden doctor tells why',
      },
    );
  }
  const nearest = nearestName(
    group,
    groups.map((one) => one.group),
  );
  const guess = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`;
  return new UsageError(terminalSafe(`no group ${name} with commits or members was seen${guess}`));
}
