import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { formatKeyPath, type KeyPath } from './key-path.ts';
import { type LineAndColumn, lineFinder } from './line-finder.ts';
import { quoted } from './received.ts';

/** Limits on a file that may be hostile; a configuration of 500 policies stays far below all of them. */
export const limits = {
  /** Characters: the parser's worst case at this size takes a second or two. */
  characters: 256 * 1024,
  /** Uses of `*alias`. */
  aliases: 100,
  /** Values after aliases are expanded. */
  values: 20_000,
  /** Levels of nesting; the contract needs 6. */
  depth: 32,
  /** Syntax errors reported; what follows the first few is their echo. */
  syntaxErrors: 10,
} as const;

/** Something wrong at a place in the text, given as an offset in UTF-16 units. */
export type Misreading = { readonly path: KeyPath; readonly offset: number; readonly message: string };

/** Where a key and its value begin in the text. */
export type Place = { readonly keyOffset: number; readonly valueOffset: number };

/** A YAML text as plain data, with the place of every key, and with all that YAML itself finds wrong. */
export type YamlDocument = {
  readonly value: unknown;
  /** False where the text could not be understood, so that `value` says nothing. */
  readonly readable: boolean;
  readonly misreadings: readonly Misreading[];
  /** Where a path stands; for a path that is absent, the nearest map or list that holds it. */
  readonly placeOf: (path: KeyPath) => Place;
  readonly lineAndColumn: (offset: number) => LineAndColumn;
};

/**
 * Reads YAML 1.2 with the core schema: dates stay text, `yes` stays text, merge keys and custom tags are
 * refused. Never throws.
 */
export function readYaml(text: string): YamlDocument {
  const misreadings: Misreading[] = [];
  const places = new Map<string, Place>([['', { keyOffset: 0, valueOffset: 0 }]]);
  const document = {
    misreadings,
    placeOf: (path: KeyPath) => placeOf(places, path),
    lineAndColumn: lineFinder(text),
  };
  const unreadable = (offset: number, message: string) => {
    misreadings.push({ path: [], offset, message });
    return { ...document, value: undefined, readable: false };
  };

  if (text.length > limits.characters) {
    return unreadable(
      0,
      `${text.length} characters; allowed: up to ${limits.characters}; is this the right file?`,
    );
  }
  let parsed: ReturnType<typeof parseDocument>;
  try {
    parsed = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (cause) {
    return unreadable(0, `not readable as YAML: ${String(cause).slice(0, 200)}`);
  }
  for (const error of [...parsed.errors, ...parsed.warnings].slice(0, limits.syntaxErrors)) {
    misreadings.push({ path: [], offset: error.pos[0], message: syntaxMessage(error) });
  }
  if (parsed.errors.length > 0) return { ...document, value: undefined, readable: false };
  if (parsed.contents === null || (isScalar(parsed.contents) && parsed.contents.value === null)) {
    return unreadable(0, 'empty file; write {} for the defaults alone, or remove the file');
  }
  const walk = new Walk(misreadings, places);
  const value = walk.read(parsed.contents, [], 0);
  return { ...document, value, readable: !walk.exhausted };
}

const quoteStar = 'text that begins with * must be quoted: "*"';

function syntaxMessage(error: { readonly code: string; readonly message: string }): string {
  if (error.code === 'MULTIPLE_DOCS')
    return 'a second document begins here (---); one file holds one document';
  if (error.code === 'TAB_AS_INDENT') return 'a tab is used to indent; YAML allows only spaces: replace it';
  if (error.code === 'RESOURCE_EXHAUSTION') return `nested too deeply; allowed: ${limits.depth} levels`;
  if (error.code === 'BAD_ALIAS') return `an alias without a name; ${quoteStar}`;
  if (error.code === 'TAG_RESOLVE_FAILED') return 'tags (!…) are not supported; remove it';
  return `not valid YAML: ${error.message.slice(0, 200)}`;
}

function placeOf(places: ReadonlyMap<string, Place>, path: KeyPath): Place {
  for (let length = path.length; length > 0; length -= 1) {
    const place = places.get(formatKeyPath(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return places.get('') ?? { keyOffset: 0, valueOffset: 0 };
}

/** One pass over the nodes, in the order of the text, within the limits. */
class Walk {
  /** Set when a limit was met: what was read so far is not the whole. */
  exhausted = false;
  readonly #misreadings: Misreading[];
  readonly #places: Map<string, Place>;
  readonly #anchors = new Map<string, Node>();
  readonly #expanding = new Set<Node>();
  #aliases = 0;
  #values = 0;

  constructor(misreadings: Misreading[], places: Map<string, Place>) {
    this.#misreadings = misreadings;
    this.#places = places;
  }

  read(node: unknown, path: KeyPath, offset: number): unknown {
    if (this.exhausted) return null;
    this.#values += 1;
    if (this.#values > limits.values) return this.#exhaust(path, offset, `more than ${limits.values} values`);
    if (path.length > limits.depth)
      return this.#exhaust(path, offset, `nested deeper than ${limits.depth} levels`);
    if (isAlias(node)) return this.#alias(node.source, path, startOf(node, offset));
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined && this.#expanding.size === 0) this.#anchors.set(node.anchor, node);
    }
    if (isMap(node)) return this.#map(node.items, path, startOf(node, offset));
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item, [...path, index], offset));
    return isScalar(node) ? node.value : null;
  }

  #item(item: unknown, path: KeyPath, offset: number): unknown {
    const at = startOf(item, offset);
    this.#places.set(formatKeyPath(path), { keyOffset: at, valueOffset: at });
    return this.read(item, path, at);
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: KeyPath, offset: number): unknown {
    const values: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const { key, value } of items) {
      if (this.exhausted) break;
      const keyOffset = startOf(key, offset);
      const name = isAlias(key) ? undefined : isScalar(key) ? String(key.value) : undefined;
      if (name === undefined) {
        this.#misread(path, keyOffset, 'an alias or a list stands as a key; write the key out');
        continue;
      }
      const here = [...path, name];
      const problem = keyProblem(name, seen);
      if (problem !== undefined) {
        this.#misread(here, keyOffset, problem);
        continue;
      }
      seen.add(name);
      this.#places.set(formatKeyPath(here), { keyOffset, valueOffset: startOf(value, keyOffset) });
      values[name] = this.read(value, here, startOf(value, keyOffset));
    }
    return values;
  }

  #alias(name: string, path: KeyPath, offset: number): unknown {
    const target = this.#anchors.get(name);
    this.#aliases += 1;
    if (target === undefined) {
      this.#misread(path, offset, `the alias ${quoted(`*${name}`)} has no anchor before it; ${quoteStar}`);
      return null;
    }
    if (this.#aliases > limits.aliases)
      return this.#exhaust(path, offset, `more than ${limits.aliases} aliases`);
    if (this.#expanding.has(target)) return this.#exhaust(path, offset, 'an alias inside its own anchor');
    this.#expanding.add(target);
    const value = this.read(target, path, offset);
    this.#expanding.delete(target);
    return value;
  }

  #exhaust(path: KeyPath, offset: number, message: string): null {
    this.exhausted = true;
    this.#misread(path, offset, `${message}; write it plainly`);
    return null;
  }

  #misread(path: KeyPath, offset: number, message: string): void {
    this.#misreadings.push({ path, offset, message });
  }
}

function keyProblem(name: string, seen: ReadonlySet<string>): string | undefined {
  if (seen.has(name)) return 'this key stands twice in the same map; keep one of the two';
  if (name === '<<') return 'merge keys (<<) are not supported; write the keys out';
  return name === '__proto__' ? 'this name cannot be used as a key; choose another' : undefined;
}

function startOf(node: unknown, otherwise: number): number {
  const range = (node as Node | null)?.range;
  return range?.[0] ?? otherwise;
}
