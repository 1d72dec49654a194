declare module 'cluster-key-slot' {
  /** Returns the slot of a key. */
  export default function calculateSlot(key: string | Uint8Array): number;
}
