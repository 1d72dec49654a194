export async function sweep(..._: unknown[]): Promise<void> {}
