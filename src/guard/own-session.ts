const ownSessions = new WeakSet<object>();

/**
 * Marks a session in an answer as just made or ended by the caller, who may be somebody else by then. Returns the
 * session.
 */
export function callersOwn<T extends object>(session: T): T {
  ownSessions.add(session);
  return session;
}

export function isCallersOwn(session: unknown): boolean {
  return typeof session === 'object' && session !== null && ownSessions.has(session);
}
