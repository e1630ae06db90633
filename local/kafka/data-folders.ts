import { randomBytes } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dataFolder } from './broker-settings.ts';

/** The cluster whose folders they are: it can run Kafka's own tools. */
interface Owner {
  readonly folder: string;
  tool(
    mainClass: string,
    args: readonly string[],
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
}

/** Formats the first broker's folder by Kafka's own tool; the others differ from it by two ids only. */
export async function formatDataFolders(
  cluster: Owner,
  brokerIds: readonly number[],
  propertiesFile: string,
  {
    features,
    users,
  }: { readonly features: readonly string[]; readonly users: Readonly<Record<string, string>> },
): Promise<void> {
  const [first, ...others] = brokerIds as [number, ...number[]];
  const { stdout, stderr, exitCode } = await cluster.tool('kafka.tools.StorageTool', [
    ...['format', '--cluster-id', kafkaUuid(), '--config', propertiesFile],
    ...features.flatMap((feature) => ['--feature', feature]),
    ...Object.entries(users).flatMap(([user, password]) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name="${user}",password="${password}"]`,
      ]),
    ),
  ]);
  if (exitCode !== 0) throw new Error(`Kafka could not format its data folder:\n${stdout}${stderr}`);
  for (const id of others) {
    const folder = dataFolder(cluster.folder, id);
    await cp(dataFolder(cluster.folder, first), folder, { recursive: true });
    const file = path.join(folder, 'meta.properties');
    const ids = (await readFile(file, 'utf8'))
      .replace(/^node\.id=.*$/m, `node.id=${id}`)
      .replace(/^directory\.id=.*$/m, `directory.id=${kafkaUuid()}`);
    await writeFile(file, ids);
  }
}

/** Kafka's text form of 16 random bytes; a leading `-` would look like an option. */
function kafkaUuid(): string {
  for (;;) {
    const uuid = randomBytes(16).toString('base64url');
    if (!uuid.startsWith('-')) return uuid;
  }
}
