import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KafkaCluster, KafkaClusterOptions } from './cluster.ts';
import type { SecuredListener } from './listeners.ts';

/** Listeners for a try by hand, by the name that the command line gives them. */
export const listenersByKind = {
  tls: { name: 'tls', tls: 'valid' },
  mtls: { name: 'mtls', tls: 'valid', wantsClientCertificate: true },
  scram: { name: 'scram', tls: 'valid', sasl: ['SCRAM-SHA-512', 'SCRAM-SHA-256'] },
  plain: { name: 'plain', tls: 'valid', sasl: ['PLAIN'] },
  iam: { name: 'iam', tls: 'valid', sasl: ['OAUTHBEARER'] },
} as const satisfies Record<string, SecuredListener>;

export type ListenerKind = keyof typeof listenersByKind;

const user = 'ops';
const password = 'ops-password';
const awsKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-the-example', region: 'eu-west-1' };

/** Whom the brokers let in: no secrets, since nobody else can reach these listeners. */
export const tryOutAccounts: Pick<KafkaClusterOptions, 'users' | 'awsKey'> = {
  users: { [user]: password },
  awsKey,
};

/** Throws a `RangeError` that lists the allowed kinds. */
export function readListenerKinds(kinds: readonly string[]): ListenerKind[] {
  const known = Object.keys(listenersByKind);
  for (const kind of kinds)
    if (!known.includes(kind)) throw new RangeError(`--listener '${kind}': allowed are ${known.join(', ')}`);
  return [...new Set(kinds)] as ListenerKind[];
}

/** The command that looks at the cluster through a listener; writes the files that it names. */
export async function commandFor(kind: ListenerKind, cluster: KafkaCluster): Promise<string> {
  const { ca, client } = cluster.certificates;
  const look = (login: string) =>
    `npx lagwarden status --brokers ${cluster.bootstrapOf(kind)} --auth ${login} --ca ${ca}`;
  switch (kind) {
    case 'tls':
      return look('tls');
    case 'mtls':
      return `${look('mtls')} --cert ${client.cert} --key ${client.key}`;
    case 'scram':
    case 'plain': {
      const passwordFile = path.join(cluster.folder, 'password');
      await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
      const login = look(kind === 'plain' ? 'plain' : 'scram-sha-512');
      return `${login} --username ${user} --password-file ${passwordFile}`;
    }
    case 'iam': {
      const { accessKeyId, secretAccessKey, region } = awsKey;
      const env = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${region}`;
      return `${env} ${look('iam')}`;
    }
  }
}
