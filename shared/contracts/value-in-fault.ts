import { stringifyExactly } from './exact-json.ts';

/** A field of a document as a fault names it: `groups[3].commits[0].offset`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** Characters of a value that a fault quotes. */
const mostCharacters = 60;

/** What stands at the path, as JSON, cut short; `nothing` where the field is missing. */
export function shown(document: unknown, path: readonly PropertyKey[]): string {
  let value = document;
  for (const key of path) {
    const isInside = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = isInside ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  if (value === undefined) return 'nothing';
  const json = stringifyExactly(value);
  return json.length <= mostCharacters ? json : `${json.slice(0, mostCharacters)}…`;
}
