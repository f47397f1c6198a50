/**
 * A clock that never goes back, milliseconds since 1970. Where the machine's clock is set back, this one goes on at half its speed
 * until the other has caught up: what has expired stays so, and what begins after a revocation is later than it.
 */
export function steadyClock(
  wall: () => number = Date.now,
  /** Milliseconds since some instant, never backwards. */
  elapsed: () => number = () => performance.now(),
): () => number {
  let told = wall();
  let at = elapsed();
  return () => {
    const now = elapsed();
    told = Math.max(wall(), told + (now - at) / 2);
    at = now;
    return Math.floor(told);
  };
}
