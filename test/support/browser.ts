import { existsSync } from 'node:fs';

/** The path of Chromium, or undefined. The headless shell has the same engine and takes half of the CPU time. */
export const browserPath = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);

/** The end of the title of a test that needs Chromium. */
export const skipReason = browserPath ? '' : ' (skipped: needs Chromium; apt-get install chromium-headless-shell)';
