import type { AddTagsToResourceMessage, TagListMessage } from '@aws-sdk/client-elasticache';
import { readTags } from '../rules/parameterValidation.ts';
import { getTaggable } from '../rules/tags.ts';
import type { Store } from '../state/store.ts';

/** Adds tags to a replication group, a subnet group or a parameter group. Replaces tags with the same key. */
export function AddTagsToResource(store: Store, { ResourceName, Tags }: AddTagsToResourceMessage): TagListMessage {
  const resource = getTaggable(store, ResourceName);
  resource.tags = readTags(store, Tags, resource.tags);
  return { TagList: resource.tags };
}
