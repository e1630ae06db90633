import type * as z from 'zod';
import { type KeyPath, valueAt } from './key-path.ts';
import { nearestName } from './nearest-name.ts';
import { quoted } from './received.ts';

/** One thing that is wrong in a configuration file, and where. */
export type ConfigFault = {
  /** The file's name, as it was given. */
  readonly source: string;
  /** `policies[0].patience`; empty for the file as a whole. */
  readonly path: string;
  /** Both counted from 1; the column in UTF-16 units, as editors count. */
  readonly line: number;
  readonly column: number;
  /** What is wrong, the value received, what is allowed, what to do. Safe for a terminal. */
  readonly message: string;
};

/** A fault before its place in the text is known. `atKey`: it is about the key rather than its value. */
export type SchemaFault = { readonly path: KeyPath; readonly atKey: boolean; readonly message: string };

type Issue = z.core.$ZodIssue;

/** What zod found, one fault for each key, with the branch of a union that was meant. */
export function schemaFaults(issues: readonly Issue[], root: unknown, base: KeyPath = []): SchemaFault[] {
  return issues.flatMap((issue): SchemaFault[] => {
    const path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    if (issue.code === 'unrecognized_keys') {
      const known = issue.message.split(', ');
      return issue.keys.map((key) => ({
        path: [...path, key],
        atKey: true,
        message: unknownKey(key, known),
      }));
    }
    if (issue.code === 'invalid_key') {
      return [{ path, atKey: true, message: issue.issues[0]?.message ?? issue.message }];
    }
    if (issue.code === 'invalid_union') {
      const meant = meantBranch(issue.errors, valueAt(root, path));
      if (meant !== undefined) return schemaFaults(meant, root, path);
    }
    const value = valueAt(root, path);
    return [{ path, atKey: value === null || value === undefined, message: issue.message }];
  });
}

/** Formats faults one a line: `lagwarden.yaml:12:5 policies[0].patiense: unknown key; …`. */
export function formatConfigFaults(faults: readonly ConfigFault[]): string {
  return faults
    .map(({ source, line, column, path, message }) => {
      const where = path === '' ? '' : ` ${path}`;
      return `${source}:${line}:${column}${where}: ${message}`;
    })
    .join('\n');
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const guess = nearest === undefined ? '' : `did you mean ${quoted(nearest)}? `;
  return `unknown key; ${guess}allowed: ${known.join(', ')}`;
}

/** For a map, the branch that takes maps, that is the one whose faults are inside it. */
function meantBranch(branches: readonly Issue[][], value: unknown): Issue[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return branches.find((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
}
