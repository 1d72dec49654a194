import type { ListTagsForResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import type { Store } from '../store.ts';
import { tagged } from '../tags.ts';

/** The tags of a replication group. */
export function ListTagsForResource(store: Store, { ResourceName }: ListTagsForResourceMessage): TagListMessage {
  return { TagList: tagged(store, ResourceName).tags };
}
