import type { RemoveTagsFromResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { Fault } from '../protocol/fault.ts';
import { getTaggable } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/**
 * Removes tags from a replication group, a subnet group or a parameter group.
 * @throws Fault TagNotFoundFault
 */
export function RemoveTagsFromResource(
  store: Store,
  { ResourceName, TagKeys = [] }: RemoveTagsFromResourceMessage,
): TagListMessage {
  const resource = getTaggable(store, ResourceName);
  const { tags = [] } = resource;
  const unknown = TagKeys.find((key) => !tags.some(({ Key }) => Key === key));
  if (unknown !== undefined) throw new Fault('TagNotFoundFault', `Tag not found: ${unknown}`); // unverified: text
  resource.tags = tags.filter(({ Key = '' }) => !TagKeys.includes(Key));
  return { TagList: resource.tags };
}
