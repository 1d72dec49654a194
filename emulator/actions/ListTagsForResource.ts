import type { ListTagsForResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { getTaggable } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/** Returns the tags of a replication group, a subnet group or a parameter group. */
export function ListTagsForResource(store: Store, { ResourceName }: ListTagsForResourceMessage): TagListMessage {
  return { TagList: getTaggable(store, ResourceName).tags ?? [] };
}
