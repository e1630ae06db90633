import type { BrokerId } from '../../domain/offset.ts';
import type { ListedGroup } from '../../ports/cluster-reader.ts';

/** Groups in one OffsetFetch or describe request: bounds one answer to a few megabytes on estates of any size. */
const groupsPerRequest = 1000;

/** Asks one broker for some of its groups; gives back those that it no longer coordinates. */
export type AskCoordinator = (broker: BrokerId, ids: readonly string[]) => Promise<readonly string[]>;

/** Asks each coordinator for all of its groups; gives back the groups that have moved away. */
export async function askInPortions(
  groups: readonly Pick<ListedGroup, 'group' | 'coordinator'>[],
  ask: AskCoordinator,
): Promise<string[]> {
  const portions: Promise<readonly string[]>[] = [];
  for (const [broker, listed] of Map.groupBy(groups, (group) => group.coordinator)) {
    for (let from = 0; from < listed.length; from += groupsPerRequest) {
      const portion = listed.slice(from, from + groupsPerRequest);
      portions.push(
        ask(
          broker,
          portion.map(({ group }) => group),
        ),
      );
    }
  }
  return (await Promise.all(portions)).flat();
}
