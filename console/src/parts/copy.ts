import { html } from 'htm/preact';
import { announce } from '../announce.ts';

/** Shows a button that copies a text. `of` names the text for screen readers. */
export function Copy({ text, of }: { readonly text: string; readonly of: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text); // undefined at an origin that is not secure
      announce(`Copied: ${of}.`);
    } catch {
      announce('The browser did not allow the copy. Select the text instead.');
    }
  };
  return html`<button type="button" class="small copy" aria-label=${`Copy ${of}`} onClick=${copy}>Copy</button>`;
}
