import { type Expectation, list, text } from './expectation.ts';

/** A cluster's or channel's name: it becomes part of S3 keys, schedule names and deduplication keys. */
export function plainName(what: string, example: string) {
  return text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    what,
    allowed: '1 to 64 letters, digits, dots, underscores and hyphens, the first a letter or digit',
    example,
  });
}

/** Patterns for names, with `*` and `?` (see `compileGlob`). */
export function patterns(example: string) {
  const expectation: Expectation = {
    what: 'a list of patterns',
    allowed: 'quoted names in which * is any run of characters and ? is one',
    example: `["${example}"]`,
  };
  const pattern = text(/./u, { ...expectation, what: 'a pattern', example: `"${example}"` });
  return list(pattern, expectation);
}

/** The name or ARN of a secret in Secrets Manager. What looks like the secret itself is refused unseen. */
export function secretName(example: string) {
  return text(/^(?!https?:)[A-Za-z0-9/_+=.@:-]{1,2048}$/, {
    what: 'the name or ARN of a secret in Secrets Manager',
    allowed: 'letters, digits and /_+=.@:-',
    example,
    secret: true,
    advise: (value) =>
      typeof value === 'string' && /^https?:/.test(value)
        ? `a URL is the secret itself: store it in Secrets Manager and write its name, for example ${example}`
        : undefined,
  });
}

/** The path of a PEM file. */
export function pemFile(what: string, example: string) {
  return text(/^[^\n\0]+$/, {
    what: `the path of ${what} (a PEM file)`,
    example,
    secret: true,
    advise: (value) =>
      typeof value === 'string' && value.includes('-----BEGIN')
        ? `this is the content of the file: save it and write its path, for example ${example}`
        : undefined,
  });
}
