import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';

interface Props {
  readonly name: string;
  readonly children?: ComponentChildren;
  /** True if the value has a line of its own. */
  readonly isWide?: boolean;
}

/** Shows a name with its value, in a `dl`. */
export function Fact({ name, children, isWide = false }: Props) {
  return html`<div class=${isWide ? 'wide' : ''}><dt>${name}</dt><dd>${children}</dd></div>`;
}
