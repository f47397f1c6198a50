import type { ExportedEvent, ExportedEvents } from '../directory/stores/audit-export.ts';

/** How an export of the audit trail ended. */
export interface AuditExportEnd {
  readonly end: true;
  readonly events: number;
  /** Number of the last event; that after which it began, if there was none: the next export goes on after it. */
  readonly after: string;
  /** The last event that the retention setting had removed; "0": none. Events behind the beginning that are not later are missing. */
  readonly removedUpTo: string;
}

/**
 * One event as a line of JSON, with GraphQL's names; times are ISO 8601 in UTC. `accountIds`: the accounts that it is about. `roleSessionId` is
 * the id of the session.
 */
export function auditLine({ sequence, at, lastAt, keyId, revision, parameters, ...event }: ExportedEvent): string {
  return JSON.stringify({
    eventId: String(sequence),
    at: new Date(at).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    ...event,
    accessKeyId: keyId,
    parameters: parameters ?? {},
    revision: revision === null ? null : String(revision),
  });
}

/** The lines of an export of all events after a number, and then of how it ended. */
export async function* auditLines(pages: AsyncIterable<ExportedEvents>, after: bigint): AsyncGenerator<string> {
  let events = 0;
  let last = after;
  let removedUpTo = 0n;
  for await (const page of pages) {
    removedUpTo = page.removedUpTo;
    for (const event of page.events) {
      events++;
      last = event.sequence;
      yield auditLine(event);
    }
  }
  const end: AuditExportEnd = { end: true, events, after: String(last), removedUpTo: String(removedUpTo) };
  yield JSON.stringify(end);
}
