import { existsSync } from 'node:fs';

/** The path of Chromium. Undefined if it is not installed. The headless shell is the same engine for half of the CPU time. */
export const browserPath = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);

/** The end of the title of a test that needs Chromium. */
export const skipReason = browserPath ? '' : ' (skipped: needs Chromium; apt-get install chromium-headless-shell)';
