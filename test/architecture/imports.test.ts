import { existsSync, readFileSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { describe, expect, test } from 'vitest';
import { root, sourceFiles } from './source-files.ts';

// Tests may import everything, and use `await using`, which dependency-cruiser cannot parse.
const folders = ['shared', 'functions', 'cli', 'local', 'infra', 'bench'];
const planted = 'test/architecture/planted/';
const configuration = await extractDepcruiseConfig(`${root}.dependency-cruiser.mjs`);
const rules = (configuration.forbidden ?? []).map(({ name }) => name ?? '');

async function importsBelow(baseDir: string, exclude?: string): Promise<ICruiseResult> {
  const present = folders.filter((folder) => existsSync(`${baseDir}${folder}`));
  const { output } = await cruise(present, {
    ...configuration.options,
    ...(exclude === undefined ? {} : { exclude: { path: exclude } }),
    baseDir,
    validate: true,
    ruleSet: configuration,
  });
  if (typeof output === 'string') throw new Error(`expected a result, got text: ${output}`);
  return output;
}

const firings = ({ summary }: ICruiseResult): readonly string[] =>
  summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);

describe('the tree', async () => {
  const result = await importsBelow(root, `^${planted}`);

  test('keeps every import rule of .dependency-cruiser.mjs', () => {
    const faults = result.summary.violations.map(
      ({ from, to, rule }) =>
        `${from} → ${to} breaks ${rule.name}. ${configuration.forbidden?.find(({ name }) => name === rule.name)?.comment}`,
    );
    expect(faults).toEqual([]);
  });

  test('was read as a whole: a parser that understands nothing would find no fault either', () => {
    const read = new Set(result.modules.map(({ source }) => source));
    const unread = sourceFiles(...folders).filter((file) => !read.has(file));
    expect(unread).toEqual([]);
    expect(read.size).toBeGreaterThanOrEqual(sourceFiles('shared', 'cli').length);
  });
});

describe('the planted violations', async () => {
  const found = firings(await importsBelow(`${root}${planted}`));
  const sources = sourceFiles(planted.slice(0, -1));

  /** What the files say about themselves: `// plants <rule>` in their first line. */
  const announced = sources.flatMap((file) => {
    const rule = /^\/\/ plants (\S+)/.exec(readFileSync(`${root}${file}`, 'utf8'))?.[1];
    return rule === undefined ? [] : [`${file.slice(planted.length)} breaks ${rule}`];
  });

  test.each(rules)('%s can fire', (rule) => {
    expect(found.filter((firing) => firing.endsWith(` breaks ${rule}`))).not.toEqual([]);
  });

  test('each is found, by the rule that it announces', () => {
    expect(announced.filter((firing) => !found.includes(firing))).toEqual([]);
  });

  test('nothing else is found: a rule that also hits sound imports would be switched off soon', () => {
    // Packages that are not installed are unresolved as well; that is no fault of the rule they are planted for.
    const unannounced = found.filter((firing) => !announced.includes(firing));
    expect(unannounced.filter((firing) => !firing.endsWith(' breaks no-unresolved'))).toEqual([]);
  });

  test('every rule has a name of its own and tells the reader what to do instead', () => {
    expect(new Set(rules).size).toBe(rules.length);
    expect(rules).not.toContain('');
    expect(configuration.forbidden?.filter(({ comment = '' }) => comment.length < 40)).toEqual([]);
  });
});
