import { html } from 'htm/preact';

/** How good a status is. Each has a colour and a mark, so that no reader depends on colours. */
type Level = 'good' | 'busy' | 'bad' | 'plain';

const marks: Readonly<Record<Level, string>> = { good: '✓', busy: '◌', bad: '!', plain: '·' };

const levels: Readonly<Record<string, Level>> = {
  available: 'good',
  'primary-only': 'good',
  associated: 'good',
  SUCCEEDED: 'good',
  DONE: 'good',
  accepted: 'good',
  FAILED: 'bad',
  REFUSED: 'bad',
  refused: 'bad',
  failed: 'bad',
  notApplied: 'bad',
  unknown: 'bad',
  STOPPED: 'plain',
  WAITING: 'plain',
  deleted: 'plain',
};

/** Shows a status of AWS or of this API: a mark and the word. A status that the page does not know is one of a change. */
export function Status({ of: status = 'unknown' }: { readonly of?: string | undefined }) {
  const level = levels[status] ?? (/fail/.test(status) ? 'bad' : 'busy');
  return html`<span class="status ${level}"><span aria-hidden="true">${marks[level]}</span> ${status.toLowerCase().replaceAll('_', ' ')}</span>`;
}
