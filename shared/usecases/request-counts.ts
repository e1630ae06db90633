/** Requests by Kafka's name of the API, two counts as one. */
export function addCounts(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const both = new Map(a);
  for (const [api, count] of b) both.set(api, (both.get(api) ?? 0) + count);
  return both;
}
