/** JSON back to data, whole numbers of the named keys as `bigint`, read from the number's own text. */
export function parseExactly(text: string, bigintKeys: readonly string[]): unknown {
  const revive = (key: string, value: unknown, context: { readonly source: string }): unknown =>
    typeof value === 'number' && bigintKeys.includes(key) ? BigInt(context.source) : value;
  // TypeScript does not know the third argument yet (TC39 proposal-json-parse-with-source).
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

/** The keys of a value's objects, in their order, arrays by their first element: `cluster{name id brokers[]}`. */
export function keyOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length === 0 ? '' : keyOrder(value[0])}]`;
  if (value === null || typeof value !== 'object') return '';
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}${keyOrder(part)}`)
    .join(' ')} }`;
}
