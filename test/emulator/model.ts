import { readFileSync } from 'node:fs';
import { actions } from '../../emulator/actions/index.ts';

/** The actions of the emulator. */
export const actionNames = Object.keys(actions) as (keyof typeof actions)[];

/** Returns the class names of the modeled errors of an action, from the documentation of the SDK's command. */
export function modeledFaults(operation: string): string[] {
  const file = new URL(
    `../../node_modules/@aws-sdk/client-elasticache/dist-types/commands/${operation}Command.d.ts`,
    import.meta.url,
  );
  const names = [...readFileSync(file, 'utf8').matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'ElastiCacheServiceException');
}
