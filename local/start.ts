import { enableCompileCache } from 'node:module';

// Before anything else is loaded: it keeps the compiled code and the sources without their types for the next start.
enableCompileCache();
await import('./main.ts');
