import { type ConfigFault, schemaFaults } from './config/config-fault.ts';
import { type Config, configSchema } from './config/config-schema.ts';
import { contradictions } from './config/contradictions.ts';
import { formatKeyPath, type KeyPath } from './config/key-path.ts';
import { escapeControls } from './config/received.ts';
import { readYaml, type YamlDocument } from './config/yaml-document.ts';

/** A configuration, or everything that is wrong with the file, in the order of its lines. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** What holds where there is no file. */
export const defaultConfig: Config = configSchema.parse({});

/**
 * Parses the text of `lagwarden.yaml`. Pure: it reads no file, clock or environment, and no text makes it throw.
 * All faults are reported at once; only where the YAML itself cannot be understood does the rest go unchecked.
 *
 * @param source the name of the file, for the faults
 */
export function parseConfig(text: string, source: string): ConfigResult {
  const document = readYaml(text);
  const faults = document.misreadings.map(({ path, offset, message }) =>
    fault(document, source, path, offset, message),
  );
  if (document.readable) {
    const parsed = configSchema.safeParse(document.value);
    const found = [
      ...(parsed.success ? [] : schemaFaults(parsed.error.issues, document.value)),
      ...contradictions(document.value).map((one) => ({ ...one, atKey: false })),
    ];
    const misread = new Set(faults.map((one) => one.path));
    for (const { path, atKey, message } of found) {
      if (misread.has(formatKeyPath(path))) continue;
      const { keyOffset, valueOffset } = document.placeOf(path);
      faults.push(fault(document, source, path, atKey ? keyOffset : valueOffset, message));
    }
    if (parsed.success && faults.length === 0) return { ok: true, config: parsed.data };
  }
  return { ok: false, faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function fault(
  document: YamlDocument,
  source: string,
  path: KeyPath,
  offset: number,
  message: string,
): ConfigFault {
  return {
    source,
    path: formatKeyPath(path),
    ...document.lineAndColumn(offset),
    message: escapeControls(message),
  };
}
