import * as z from 'zod';
import { nearestName } from './nearest-name.ts';
import { received } from './received.ts';

/** What a key wants, as the words of its error messages. */
export type Expectation = {
  /** With its article: "a duration". */
  readonly what: string;
  /** Which values are allowed, where `what` does not say it all. */
  readonly allowed?: string;
  /** One good value, as it would be written in YAML. */
  readonly example: string;
  /** The value may be a secret written in the wrong place: messages must not repeat it. */
  readonly secret?: boolean;
  /** Looks at a wrong value and says what to do about it, or nothing. */
  readonly advise?: (value: unknown) => string | undefined;
};

/** The three messages of a key: absent, empty, and not what is wanted. Given to zod as `error`. */
export function expects(expectation: Expectation): (issue: { readonly input?: unknown }) => string {
  const { what, allowed, example, secret, advise } = expectation;
  return ({ input }) => {
    if (input === undefined) return `required but absent; write ${what}, for example ${example}`;
    if (input === null || input === '' || isEmptyList(input)) {
      return `empty; write ${what}, for example ${example}`;
    }
    const shown = secret === true ? 'this value (not repeated here)' : received(input);
    const parts = [`${shown} is not ${what}`];
    if (allowed !== undefined) parts.push(`allowed: ${allowed}`);
    parts.push(advise?.(input) ?? `for example ${example}`);
    return parts.join('; ');
  };
}

/** Text that matches a pattern. */
export function text(pattern: RegExp, expectation: Expectation) {
  const error = expects({ advise: adviseQuotes, ...expectation });
  return z.string({ error }).regex(pattern, { error, abort: true });
}

/** A list with at least one entry. */
export function list<Item extends z.ZodType>(item: Item, expectation: Expectation) {
  const error = expects({ advise: (value) => adviseList(value, expectation.secret), ...expectation });
  return z.array(item, { error }).min(1, { error });
}

/** One of a closed list of words. */
export function oneOf<const Word extends string>(words: readonly Word[], what: string) {
  const [example = ''] = words;
  const advise = (value: unknown) => {
    const nearest = typeof value === 'string' ? nearestName(value, words) : undefined;
    return nearest === undefined ? undefined : `did you mean ${nearest}?`;
  };
  return z.enum(words, { error: expects({ what, allowed: words.join(', '), example, advise }) });
}

/** A whole number, at least `least`. */
export function wholeNumber(least: number, example: number) {
  const what = `a whole number from ${least} to ${Number.MAX_SAFE_INTEGER}`;
  const error = expects({ what, example: `${example}` });
  return z.int({ error }).min(least, { error });
}

/** true or false. */
export function flag() {
  const advise = (value: unknown) =>
    typeof value === 'string' && /^(yes|no|on|off)$/i.test(value)
      ? 'YAML 1.2 reads yes, no, on and off as text: write true or false'
      : undefined;
  return z.boolean({ error: expects({ what: 'true or false', example: 'false', advise }) });
}

/**
 * A map with known keys and no others. Where a key is unknown, the message is the list of the known ones: the
 * nearest of them is found when the fault is written (`config-fault.ts`).
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
  const keys = Object.keys(shape).join(', ');
  const wants = expects({ what, allowed: `the keys ${keys}`, example: `{ ${Object.keys(shape)[0]}: … }` });
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys : wants(issue)),
  });
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function adviseQuotes(value: unknown): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return `if it is meant as text, quote it: "${value}"`;
}

function adviseList(value: unknown, secret: boolean | undefined): string | undefined {
  if (typeof value !== 'string' || secret === true) return undefined;
  return `write a list: [${received(value)}]`;
}
