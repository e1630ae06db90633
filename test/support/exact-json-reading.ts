/** Parses JSON with every whole number as `bigint` under the keys named, and every other value as usual. */
export function parseExactly(text: string, exactKeys: ReadonlySet<string>): unknown {
  return (JSON.parse as ParseWithSource)(text, (key, value, { source }) =>
    typeof value === 'number' && exactKeys.has(key) ? BigInt(source as string) : value,
  );
}

/** TC39 proposal-json-parse-with-source, in Node 22 and later. */
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;
