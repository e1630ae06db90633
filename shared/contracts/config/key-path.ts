import { quoted } from './received.ts';

/** Where in the file something stands: keys, and positions in lists counted from 0. Empty: the file itself. */
export type KeyPath = readonly (string | number)[];

/** `policies[0].match.groups`; a key that is no plain word is quoted and escaped: `channels["on call"]`. */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${quoted(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** The value at a path of parsed YAML; `undefined` where there is none. Looks at own keys only. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
