import { durationMs } from './duration.ts';
import { instantMs } from './instant.ts';
import { type KeyPath, valueAt } from './key-path.ts';
import { nearestName } from './nearest-name.ts';
import { quoted, received } from './received.ts';

/** A fault that two keys make together, at the path of the one to change. */
export type Contradiction = { readonly path: KeyPath; readonly message: string };

/**
 * Checks what concerns more than one key. It looks at the raw file, so that these faults are found beside all
 * others; what is absent or malformed it passes over, for the schema has spoken of it.
 */
export function contradictions(root: unknown): Contradiction[] {
  return [
    ...entries(root, ['clusters']).flatMap(clusterWithoutAddress),
    ...duplicateClusterNames(root),
    ...entries(root, ['clusters']).flatMap(halfClientCertificate),
    ...deadlineAfterNextPoll(root),
    ...unknownChannels(root),
    ...entries(root, ['policies']).flatMap(lossLimitsUpsideDown),
    ...channelsToNowhere(root),
    ...entries(root, ['mutes']).flatMap(muteThatEndsFirst),
  ];
}

type Entry = { readonly path: KeyPath; readonly value: unknown };

function entries(root: unknown, path: KeyPath): Entry[] {
  const value = valueAt(root, path);
  return Array.isArray(value) ? value.map((item, index) => ({ path: [...path, index], value: item })) : [];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function clusterWithoutAddress({ path, value }: Entry): Contradiction[] {
  if (!isMap(value) || Object.hasOwn(value, 'arn') || Object.hasOwn(value, 'brokers')) return [];
  return [
    { path, message: 'neither arn nor brokers; write at least one, for example brokers: [localhost:9092]' },
  ];
}

function duplicateClusterNames(root: unknown): Contradiction[] {
  const seen = new Map<unknown, KeyPath>();
  return entries(root, ['clusters']).flatMap(({ path, value }) => {
    const name = valueAt(value, ['name']);
    if (typeof name !== 'string' || name === '') return [];
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, path);
      return [];
    }
    return [
      { path: [...path, 'name'], message: `clusters[${before[1]}] is named ${quoted(name)} too; rename one` },
    ];
  });
}

function halfClientCertificate({ path, value }: Entry): Contradiction[] {
  const auth = valueAt(value, ['auth']);
  if (!isMap(auth) || auth['kind'] !== 'mtls') return [];
  const has = (key: string) => Object.hasOwn(auth, key);
  if (has('secret') && (has('cert') || has('key'))) {
    return [{ path: [...path, 'auth'], message: 'both secret and cert or key; write one or the other' }];
  }
  if (has('secret') || (has('cert') && has('key'))) return [];
  const missing = has('cert') ? 'key' : has('key') ? 'cert' : 'secret, or cert and key';
  return [{ path: [...path, 'auth'], message: `mtls needs a client certificate; add ${missing}` }];
}

function deadlineAfterNextPoll(root: unknown): Contradiction[] {
  const every = valueAt(root, ['poll', 'every']) ?? '1m';
  const deadline = valueAt(root, ['poll', 'deadline']);
  const [everyMs, deadlineMs] = [durationMs(every), durationMs(deadline)];
  if (everyMs === null || deadlineMs === null || deadlineMs < everyMs) return [];
  const message = `${received(deadline)} is not shorter than every (${received(every)}); polls would overlap`;
  return [{ path: ['poll', 'deadline'], message }];
}

function unknownChannels(root: unknown): Contradiction[] {
  const channels = valueAt(root, ['channels']);
  const known = isMap(channels) ? Object.keys(channels) : [];
  return entries(root, ['policies'])
    .flatMap(({ path }) => entries(root, [...path, 'notify']))
    .flatMap(({ path, value }) => {
      if (typeof value !== 'string' || value === '' || known.includes(value)) return [];
      const nearest = nearestName(value, known);
      const guess = nearest === undefined ? '' : `did you mean ${quoted(nearest)}? `;
      const defined =
        known.length === 0 ? 'none is defined: add it under channels' : known.map(quoted).join(', ');
      return [{ path, message: `no channel is named ${quoted(value)}; ${guess}channels: ${defined}` }];
    });
}

function lossLimitsUpsideDown({ path, value }: Entry): Contradiction[] {
  const critical = valueAt(value, ['timeToLoss', 'critical']);
  const warning = valueAt(value, ['timeToLoss', 'warning']);
  const [criticalMs, warningMs] = [durationMs(critical), durationMs(warning)];
  if (criticalMs === null || warningMs === null || criticalMs <= warningMs) return [];
  const message = `${received(critical)} is longer than warning (${received(warning)}); the warning must come first`;
  return [{ path: [...path, 'timeToLoss', 'critical'], message }];
}

function channelsToNowhere(root: unknown): Contradiction[] {
  const channels = valueAt(root, ['channels']);
  if (!isMap(channels)) return [];
  return Object.entries(channels).flatMap(([name, channel]) => {
    if (!isMap(channel)) return [];
    if (Object.hasOwn(channel, 'slack') || Object.hasOwn(channel, 'pagerduty') || channel['sns'] === true)
      return [];
    return [{ path: ['channels', name], message: 'leads nowhere; add slack, pagerduty or sns: true' }];
  });
}

function muteThatEndsFirst({ path, value }: Entry): Contradiction[] {
  const [fromMs, toMs] = [instantMs(valueAt(value, ['from'])), instantMs(valueAt(value, ['to']))];
  if (fromMs === null || toMs === null || fromMs < toMs) return [];
  return [{ path: [...path, 'to'], message: 'not later than from; swap the two, or correct the year' }];
}
