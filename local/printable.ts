/** Returns text of a request so that it can be printed: no control characters, and at most 200 characters. */
export const toPrintable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) || '(empty)';
