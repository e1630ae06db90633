import * as z from 'zod';
import type { Selector } from '../domain/selector.ts';
import { fieldPath, shown } from './value-in-fault.ts';

const instant = z.iso.datetime({ error: 'expected an instant in UTC, such as 2026-03-01T03:00:00.000Z' });
const patterns = z
  .array(z.string({ error: 'expected a pattern' }), {
    error: 'expected a list of patterns, such as ["orders-*"]',
  })
  .min(1, { error: 'expected one pattern at least' });

const muteSchema = z.strictObject(
  {
    match: z.strictObject({ clusters: patterns, groups: patterns, topics: patterns }),
    from: instant,
    to: instant,
    why: z.string({ error: 'expected a reason' }).min(1, { error: 'expected a reason' }),
  },
  { error: 'expected a mute, with match, from, to and why, and nothing else' },
);

/** Mutes set at run time. Strict, like the configuration: a mute that was misread would page, or hide, the wrong one. */
const muteFileSchema = z.strictObject(
  {
    schema: z.literal('lagwarden.mutes/1', { error: 'expected "lagwarden.mutes/1"' }),
    mutes: z.array(muteSchema, { error: 'expected a list of mutes' }),
  },
  { error: 'expected an object with schema and mutes, and nothing else' },
);

/** A mute as the file holds it; instants in milliseconds since 1970. */
export interface WrittenMute {
  readonly match: Selector;
  readonly fromMs: number;
  readonly toMs: number;
  readonly why: string;
}

/** Why a file of mutes cannot be used. */
export class MuteFileError extends Error {
  override readonly name = 'MuteFileError';
}

/** @throws MuteFileError naming the field */
export function parseMuteFile(text: string): WrittenMute[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MuteFileError(`this is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = muteFileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    const where = path.length === 0 ? '' : `${fieldPath(path)}: `;
    throw new MuteFileError(`${where}${issue?.message}, got ${shown(value, path)}`);
  }
  return parsed.data.mutes.map(({ match, from, to, why }) => ({
    match,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    why,
  }));
}

/** The text of the file, for people to read as well. */
export function writeMuteFile(mutes: readonly WrittenMute[]): string {
  const written = mutes.map(({ match: { clusters, groups, topics }, fromMs, toMs, why }) => ({
    match: { clusters, groups, topics },
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    why,
  }));
  return `${JSON.stringify({ schema: 'lagwarden.mutes/1', mutes: written }, null, 2)}\n`;
}
