import { signal } from '@preact/signals';

/** The text in the live region of the page. */
export const announcement = signal('');

/** Announces a text to screen readers, and shows it for some seconds. */
export function announce(text: string): void {
  announcement.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => (announcement.value = ''), 8_000);
}

let timer: ReturnType<typeof setTimeout> | undefined;
