import { existsSync } from 'node:fs';

/** The path of Chromium. Undefined if it is not installed. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** The end of the title of a test that needs Chromium. */
export const skipReason = browserPath ? '' : ' (skipped: needs Chromium; apt-get install chromium)';
