/**
 * Bundles the command into dist/ (or into the folder given), so that the package needs nothing at run time:
 *
 * - `lagwarden.js`, what `bin` names: refuses a Node that is too old, then loads the rest;
 * - `lagwarden-cli.js`, everything else;
 * - `THIRD-PARTY-NOTICES.txt`, the licences of what was bundled.
 */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const target = resolve(root, process.argv[2] ?? 'dist');
const oldestNode = manifest.engines.node.replace('>=', '');

/**
 * A file of its own, in syntax that any Node with ES modules can parse: the imports of the bundle are linked
 * before its first line runs, and a Node that lacks one of them would stop there with a syntax error.
 */
const loader = `#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
const [oldestMajor, oldestMinor] = [${oldestNode.split('.').join(', ')}];
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  console.error(
    'lagwarden needs Node >= ${oldestNode}, this is ' + process.version +
      '; install Node 24, or in a clone run: npx lagwarden',
  );
  process.exitCode = 1;
} else {
  await import('./lagwarden-cli.js');
}
`;

await rm(target, { recursive: true, force: true });
await mkdir(target);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['cli/lagwarden.ts'],
  outfile: join(target, 'lagwarden-cli.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: `node${oldestNode}`,
  minify: true,
  // Error classes are told apart by name in logs and in JSON.
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // kafkajs is CommonJS and calls require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
});
await writeFile(join(target, 'lagwarden.js'), loader);
await chmod(join(target, 'lagwarden.js'), 0o755);
await writeFile(join(target, 'THIRD-PARTY-NOTICES.txt'), await notices(Object.keys(metafile.inputs)));

/** The licence text of every package that a bundled file comes from. */
async function notices(files: readonly string[]): Promise<string> {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts: string[] = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, 'utf8'));
    const licenceFile = (await readdir(`${root}${folder}`)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = licenceFile ? await readFile(`${root}${folder}/${licenceFile}`, 'utf8') : '';
    texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
