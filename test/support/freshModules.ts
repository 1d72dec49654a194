import { afterAll, vi } from 'vitest';

// Test files share a process, so that packages are loaded once. Each file loads the modules of the project again, because
// src/config.ts reads the environment once. After each file, its mocks, the environment and `Date` are restored.

const environment = { ...process.env };
const { Date: date } = globalThis;

vi.resetModules();

afterAll(() => {
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  globalThis.Date = date;
});
