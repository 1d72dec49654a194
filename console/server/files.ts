// Replaced at build time by build/plugins/inlineConsole.ts.
import { bundleConsole } from '../../build/console.ts';

/** The files of the console. */
export const files = await bundleConsole();
