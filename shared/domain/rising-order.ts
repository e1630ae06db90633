/**
 * The places of the numbers in rising order: the lowest stands at `numbers[order[0]]`. `null` where they rise already.
 * Equal numbers keep their order.
 */
export function risingOrder(numbers: readonly number[]): readonly number[] | null {
  if (rises(numbers)) return null;
  return [...numbers.keys()].sort((a, b) => (numbers[a] as number) - (numbers[b] as number));
}

function rises(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++) {
    if ((numbers[i] as number) < (numbers[i - 1] as number)) return false;
  }
  return true;
}
