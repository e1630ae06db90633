import { StateFileError } from './state-file-error.ts';

/** Names of topics, each written once. */
export class Names {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.all.length);
    return this.all.push(name) - 1;
  }
}

/** @throws StateFileError for a number that stands for none */
export function nameOf(names: readonly string[], number: number): string {
  const name = names[number];
  if (name === undefined) throw new StateFileError(`name ${number} is beyond the ${names.length} names`);
  return name;
}
