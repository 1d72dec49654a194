export async function growth(..._: unknown[]): Promise<void> {}
