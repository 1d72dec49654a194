import { type Check, checkRule } from '../problems/check.ts';

/** Checks the keys of requested tags, if there are any: AWS keeps the prefix aws: for itself (AWS General Reference, tagging). */
export function checkTagKeys(tags: readonly { readonly Key: string }[] = [], pointer: string): Check[] {
  const reserved = tags.map(({ Key }) => Key).filter((key) => /^aws:/i.test(key));
  const details = {
    pass: 'No tag key starts with aws:.',
    fail: `AWS keeps keys that start with aws: for itself. Leave out ${reserved.join(', ')}.`,
  };
  return tags.length > 0 ? [checkRule('tag-keys', reserved.length === 0, details, `${pointer}/Tags`)] : [];
}
