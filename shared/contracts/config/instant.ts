import * as z from 'zod';
import { expects } from './expectation.ts';

const schema = z.iso.datetime({
  offset: true,
  error: expects({
    what: 'an instant',
    allowed: 'ISO-8601 with date, time and zone, on a day that exists',
    example: '2026-12-24T22:00:00Z or 2026-12-24T23:00:00+01:00',
    advise: (value) =>
      typeof value === 'string' && /T[\d:.]+$/.test(value)
        ? 'the zone is missing, and nobody could tell which was meant: end it in Z or in an offset such as +01:00'
        : undefined,
  }),
});

/** Milliseconds since 1970 of an instant as `lagwarden.yaml` writes it; `null` for anything else. */
export function instantMs(value: unknown): number | null {
  return schema.safeParse(value).success ? Date.parse(String(value)) : null;
}

/** An instant with its zone, in the file ISO-8601, in the parsed configuration milliseconds since 1970. */
export function instant() {
  return schema.transform((value) => Date.parse(value));
}
