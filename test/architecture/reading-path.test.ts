import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from './source-files.ts';

/** What a function in the brokers' network has to load before it can read: every kilobyte is paid at each cold start. */
const mostBytes = 300_000;

test('the reading path, logins included, stays small when it is bundled', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `
        export { connectClusterReader } from './shared/adapters/kafka/cluster-reader.ts';
        export { toLogin } from './shared/adapters/kafka/logins.ts';
        export { cachedMskIamToken } from './shared/adapters/kafka/msk-iam-token.ts';
        export { observeCluster } from './shared/usecases/observe-cluster.ts';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(mostBytes);
  // The configuration's parser weighs more than all of the reading.
  const packages = Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/([^/]+)/.exec(file)?.[1] ?? [],
  );
  expect([...new Set(packages)]).toEqual(['kafkajs']);
});
