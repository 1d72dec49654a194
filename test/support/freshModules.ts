import { afterAll, vi } from 'vitest';

// Test files share a process, so that packages are loaded once. Each file loads the modules of the project for itself, as
// src/config.ts reads the environment once, and leaves the environment and the globals as they were.

const environment = { ...process.env };
const { Date: date } = globalThis;

vi.resetModules();

afterAll(() => {
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  globalThis.Date = date;
});
