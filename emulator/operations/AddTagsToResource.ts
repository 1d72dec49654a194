import type { AddTagsToResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { readTags } from '../parameters.ts';
import type { Store } from '../store.ts';
import { tagged } from '../tags.ts';

/** Adds tags to a replication group, or gives tags of the same key another value. */
export function AddTagsToResource(store: Store, { ResourceName, Tags }: AddTagsToResourceMessage): TagListMessage {
  const group = tagged(store, ResourceName);
  group.tags = readTags(store, Tags, group.tags);
  return { TagList: group.tags };
}
