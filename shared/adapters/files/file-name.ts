import { createHash } from 'node:crypto';

/** Longest encoded name: file systems allow 255 bytes, and what is added to it takes some. */
const longest = 180;

/** Written as they are on every file system; all else, capitals included, is told apart by case on some only. */
const plain = /[^a-z0-9._-]/g;

/**
 * Any text as part of a file's name, the same on every file system: everything but small letters, digits, `.`, `_` and `-`
 * as `%` and four hexadecimal digits of each UTF-16 unit. Of a text that becomes too long the beginning is kept and a
 * hash stands for the rest.
 */
export function toFileName(text: string): string {
  const encoded = text.replace(plain, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (encoded.length <= longest) return encoded;
  const hash = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
  return `${encoded.slice(0, longest - 65)}~${hash}`;
}

/** The text that the name stands for; `null` where a hash stands for a part of it, or nobody wrote it this way. */
export function fromFileName(name: string): string | null {
  if (!/^(?:[a-z0-9._-]|%[0-9a-f]{4})*$/.test(name)) return null;
  return name.replace(/%([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}
