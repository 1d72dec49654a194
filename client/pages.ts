import type { Operations } from './operations.ts';
import type { CallOptions, Name } from './request.ts';

/** The operations that return pages. */
export type PagedName = {
  [N in Name]: Operations[N]['output'] extends { readonly Marker?: string }
    ? Operations[N]['input'] extends { readonly Marker?: string }
      ? N
      : never
    : never;
}[Name];

type Call<N extends Name> = (
  input: Operations[N]['input'],
  options?: CallOptions,
) => Promise<Operations[N]['output'] & { readonly Marker?: string }>;

/** Yields the pages of a list, from `Marker` of the input on. A page is requested when the iteration continues. */
export async function* pages<N extends Name>(
  call: Call<N>,
  input: Operations[N]['input'],
  options?: CallOptions,
): AsyncGenerator<Operations[N]['output']> {
  let marker: string | undefined;
  do {
    const page = await call({ ...input, ...(marker && { Marker: marker }) }, options);
    yield page;
    marker = page.Marker;
  } while (marker);
}
