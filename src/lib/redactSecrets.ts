/**
 * The error of a call to AWS, fit for logs and answers: where the call's `input` holds a password, its name and its words
 * without that. AWS, or whatever answers in its place, may say back what it was sent.
 */
export function redactSecrets(error: Error, input: object): Error {
  const { AuthToken: secret } = input as { readonly AuthToken?: string };
  if (!secret) return error;
  const words = [secret, encodeURIComponent(secret)].reduce(
    (text, form) => text.replaceAll(form, '(hidden)'),
    error.message,
  );
  return Object.assign(new Error(words), { name: error.name });
}
