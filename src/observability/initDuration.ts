let duration: number | undefined;

/** Records that the init of the container ends now. Each call replaces the one before. */
export function recordInitEnd(): void {
  duration = Math.round(process.uptime() * 1_000);
}

/** Returns the milliseconds from the start of Node.js to the end of the init, once: for the first request of a container. */
export function takeInitDuration(): number | undefined {
  const taken = duration;
  duration = undefined;
  return taken;
}
