import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { completeLock, type Lock, missingPackages } from '../../local/complete-lock.ts';
import { root, sourceFiles } from './source-files.ts';

const read = (file: string): string => readFileSync(`${root}${file}`, 'utf8');

describe('the runtime', () => {
  test('is the pinned Node 24, whatever Node the machine has', () => {
    // The `node` package places it by an install script; without scripts all would silently run on the machine's own.
    expect(process.version).toMatch(/^v24\./);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(read('package.json'));

  test('ships one bundle without run-time dependencies', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.files).toEqual(['dist']);
  });

  test('pins every tool to one exact version', () => {
    const loose = Object.entries<string>(manifest.devDependencies).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(loose).toEqual([]);
  });
});

describe('package-lock.json', () => {
  const text = read('package-lock.json');

  test('names no registry', () => {
    expect(text).not.toContain('"resolved"');
  });

  test('holds every platform package, or `npm ci` refuses it: npm run lock:complete', () => {
    expect(missingPackages(JSON.parse(text)).map(({ name }) => name)).toEqual([]);
  });

  test('a package that the lock lacks is found, and added for its own platform only', () => {
    const lock: Lock = {
      packages: {
        'node_modules/tool': {
          version: '2.0.0',
          dev: true,
          optionalDependencies: { '@tool/linux-x64-musl': '2.0.0', '@tool/linux-x64-gnu': '2.0.0' },
        },
        'node_modules/tool/node_modules/@tool/linux-x64-gnu': { version: '2.0.0' },
      },
    };
    const completed = completeLock(lock);
    expect(missingPackages(lock).map(({ name }) => name)).toEqual(['@tool/linux-x64-musl']);
    expect(completed.packages['node_modules/@tool/linux-x64-musl']).toEqual({
      version: '2.0.0',
      dev: true,
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    });
    expect(missingPackages(completed)).toEqual([]);
  });
});

describe('source files', () => {
  const production = sourceFiles('shared', 'cli', 'local', 'functions', 'infra');

  test('there are some', () => {
    expect(production.length).toBeGreaterThan(0);
  });

  test('none is longer than 350 lines: split it where two ideas share it', () => {
    const long = production
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, n]) => n > 350);
    expect(long).toEqual([]);
  });

  test('none is named by a role; a name says what lives there', () => {
    const vague = /(^|[-/.])(utils?|helpers?|commons?|misc|managers?|index)([-/.]|$)/;
    expect(
      sourceFiles('shared', 'cli', 'local', 'functions', 'infra', 'test', 'bench').filter((f) =>
        vague.test(f),
      ),
    ).toEqual([]);
  });

  test('all are named in kebab-case', () => {
    const named = /^([a-z0-9]+(-[a-z0-9]+)*\/)+[a-z0-9]+(-[a-z0-9]+)*(\.(test|case|d))?\.ts$/;
    expect(
      sourceFiles('shared', 'cli', 'local', 'functions', 'infra', 'test', 'bench').filter(
        (f) => !named.test(f),
      ),
    ).toEqual([]);
  });

  test('zod is imported whole: the named import drags every locale into the bundle', () => {
    const named = /import\s+(type\s+)?(\{[^}]*\bz\b[^}]*\}|z)\s+from\s+'zod'/;
    expect(named.test("import { z } from 'zod'")).toBe(true);
    expect(named.test("import * as z from 'zod'")).toBe(false);
    expect(production.filter((file) => named.test(read(file)))).toEqual([]);
  });

  test('the rules and the order of things draw no lots', () => {
    const random = /\bMath\.random\b/;
    expect(sourceFiles('shared/domain', 'shared/usecases').filter((file) => random.test(read(file)))).toEqual(
      [],
    );
  });
});
