import type { AddTagsToResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { readTags } from '../rules/parameterValidation.ts';
import { getTaggableGroup } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/** Adds tags to a replication group. Replaces tags with the same key. */
export function AddTagsToResource(store: Store, { ResourceName, Tags }: AddTagsToResourceMessage): TagListMessage {
  const group = getTaggableGroup(store, ResourceName);
  group.tags = readTags(store, Tags, group.tags);
  return { TagList: group.tags };
}
