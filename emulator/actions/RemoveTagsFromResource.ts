import type { RemoveTagsFromResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { getTaggableGroup } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/** Takes tags off a replication group. Throws TagNotFound for a key it does not have. */
export function RemoveTagsFromResource(
  store: Store,
  { ResourceName, TagKeys = [] }: RemoveTagsFromResourceMessage,
): TagListMessage {
  const group = getTaggableGroup(store, ResourceName);
  const unknown = TagKeys.find((key) => !group.tags.some(({ Key }) => Key === key));
  if (unknown !== undefined) throw new Fault('TagNotFoundFault', `Tag not found: ${unknown}`); // UNV text
  group.tags = group.tags.filter(({ Key = '' }) => !TagKeys.includes(Key));
  return { TagList: group.tags };
}
