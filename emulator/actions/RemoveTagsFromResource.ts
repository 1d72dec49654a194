import type { RemoveTagsFromResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { getTaggableGroup } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/**
 * Removes tags from a replication group.
 * @throws Fault TagNotFoundFault
 */
export function RemoveTagsFromResource(
  store: Store,
  { ResourceName, TagKeys = [] }: RemoveTagsFromResourceMessage,
): TagListMessage {
  const group = getTaggableGroup(store, ResourceName);
  const unknown = TagKeys.find((key) => !group.tags.some(({ Key }) => Key === key));
  if (unknown !== undefined) throw new Fault('TagNotFoundFault', `Tag not found: ${unknown}`); // unverified: text
  group.tags = group.tags.filter(({ Key = '' }) => !TagKeys.includes(Key));
  return { TagList: group.tags };
}
