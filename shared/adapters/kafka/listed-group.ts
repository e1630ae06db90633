import type { BrokerId } from '../../domain/offset.ts';
import type { GroupType } from '../../domain/snapshot.ts';
import type { ListedGroup } from '../../ports/cluster-reader.ts';
import type { ListedGroupAnswer } from './messages/list-groups.ts';

/** A group as listed by the broker that thereby coordinates it. */
export function toListedGroup(listed: ListedGroupAnswer, coordinator: BrokerId): ListedGroup {
  return { group: listed.group, type: groupType(listed), state: listed.state ?? '', coordinator };
}

function groupType(listed: ListedGroupAnswer): GroupType {
  switch ((listed.type ?? listed.protocolType).toLowerCase()) {
    case 'classic':
      return 'classic';
    case 'consumer':
      // As a type it means KIP-848; as a protocol it is what every consumer, old or new, declares.
      return listed.type === null ? 'unknown' : 'consumer';
    case 'share':
      return 'share';
    case 'streams':
      return 'streams';
    default:
      return 'unknown';
  }
}
