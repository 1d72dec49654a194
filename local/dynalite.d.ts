declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates a DynamoDB server. It keeps its tables in memory, or in the folder `path`. */
  export default function dynalite(options?: { createTableMs?: number; path?: string }): Server;
}
