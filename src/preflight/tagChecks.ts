import { type Check, checkRule } from '../problems/check.ts';

/** Checks the keys of requested tags: each once, and none with the prefix aws:, which AWS reserves (AWS General Reference, tagging). */
export function checkTagKeys(tags: readonly { readonly Key: string }[] = [], pointer: string): Check[] {
  const keys = tags.map(({ Key }) => Key);
  const wrong = keys.filter((key, index) => /^aws:/i.test(key) || keys.indexOf(key) !== index);
  const details = {
    pass: 'Each tag key is given once, and none starts with aws:.',
    fail: `AWS takes each tag key once, and none that starts with aws:. Leave out ${wrong.join(', ')}.`,
  };
  return tags.length > 0 ? [checkRule('tag-keys', wrong.length === 0, details, `${pointer}/Tags`)] : [];
}
