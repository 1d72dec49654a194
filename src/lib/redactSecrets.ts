/**
 * Returns the error of an AWS call without the password in the `input` of the call, for logs and responses. The message of AWS,
 * or of a proxy, may repeat the request.
 */
export function redactSecrets(error: Error, input: object): Error {
  const { AuthToken: secret } = input as { readonly AuthToken?: string };
  if (!secret) return error;
  const message = [secret, encodeURIComponent(secret)].reduce(
    (text, form) => text.replaceAll(form, '(hidden)'),
    error.message,
  );
  return Object.assign(new Error(message), { name: error.name });
}
