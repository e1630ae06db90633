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
