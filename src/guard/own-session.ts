const ownSessions = new WeakSet<object>();

/** Says of a session in an answer that its caller has just made or ended it, whoever the caller is by then. Returns it. */
export function callersOwn<T extends object>(session: T): T {
  ownSessions.add(session);
  return session;
}

export function isCallersOwn(session: unknown): boolean {
  return typeof session === 'object' && session !== null && ownSessions.has(session);
}
