import type { ListTagsForResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { getTaggableGroup } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/** Returns the tags of a replication group. */
export function ListTagsForResource(store: Store, { ResourceName }: ListTagsForResourceMessage): TagListMessage {
  return { TagList: getTaggableGroup(store, ResourceName).tags };
}
