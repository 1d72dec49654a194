declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB of its own, in memory unless `path` names a folder. */
  export default function dynalite(options?: { createTableMs?: number; path?: string }): Server;
}
