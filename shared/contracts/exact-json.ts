declare global {
  interface JSON {
    /** A number's own text, written as it is (TC39 proposal-json-parse-with-source; Node 22). */
    rawJSON(text: string): unknown;
  }
}

/** JSON in which whole numbers of any size stand exactly: a `bigint` is written as a plain integer. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'bigint' ? JSON.rawJSON(part.toString()) : part,
  );
}

/** No number of fewer digits is rounded. */
const manyDigits = /\d{16}/;

/**
 * What the text says, whole numbers exactly: those that a `number` would round come as `bigint`.
 *
 * @throws SyntaxError where it is no JSON
 */
export function parseExactly(text: string): unknown {
  // Looking at each number's own text takes several times as long.
  if (!manyDigits.test(text)) return JSON.parse(text);
  const exactly = (_key: string, value: unknown, { source }: { readonly source: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value;
  // The third argument (TC39 proposal-json-parse-with-source) is not in TypeScript's library yet.
  return JSON.parse(text, exactly as (key: string, value: unknown) => unknown);
}
