import { AUDIT_PATH } from '../../server/maintenance-route.ts';
import { openStore } from '../../server/services.ts';
import type { Settings } from '../../server/settings.ts';
import { type AuditExportEnd, auditLines } from '../../session/audit-lines.ts';
import { byteLines } from '../backup/lines.ts';
import { CommandFailed } from '../failure.ts';
import { isObject } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import { hereOrThere, orNullIfHeld, type RunningGateway } from '../running-gateway.ts';
import { counted, ProgressLine, type Terminal } from '../terminal.ts';
import type { AuditExportCommand } from './arguments.ts';
import { TrailFile } from './trail-file.ts';

/** `rolegate audit export`. Throws CommandFailed. */
export async function exportAuditTrail(
  { file: path, after: given }: AuditExportCommand,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  const file = path === null ? null : await TrailFile.open(path);
  const progress = new ProgressLine(terminal);
  try {
    if (given !== null && file !== null && file.last !== null) {
      throw new CommandFailed(
        `${plain(path ?? '')} ends with event ${file.last} and is gone on with from there: leave --after out`,
      );
    }
    const after = given ?? file?.last ?? 0n;
    const writing = new Writing(file, terminal, progress);
    progress.show('opening the audit trail');
    await hereOrThere(
      settings,
      () => exportHere(writing, settings, after),
      (gateway) => exportThere(writing, gateway, after),
    );
    progress.clear();
    report(writing, { path, after }, terminal);
  } finally {
    progress.clear();
    await file?.close();
  }
}

/** What happened goes to standard error where standard output has the events. */
function report(
  writing: Writing,
  { path, after }: { readonly path: string | null; readonly after: bigint },
  terminal: Terminal,
): void {
  const { end } = writing;
  if (end === null) {
    throw new CommandFailed(
      `the export was cut off behind event ${writing.last ?? after}: ${path === null ? `go on with --after ${writing.last ?? after}` : 'run it again to go on'}`,
    );
  }
  const removed = BigInt(end.removedUpTo);
  if (removed > after) {
    const which = after === 0n ? `events up to ${removed}` : `events between ${after} and ${removed + 1n}`;
    terminal.error(
      `${which} had been removed by the retention setting (ROLEGATE_AUDIT_DAYS): they are not in the export\n`,
    );
  }
  const told = `exported ${counted(end.events, 'event', 'events')}${path === null ? '' : ` to ${path}`}, up to event ${end.after}`;
  if (path === null) terminal.error(`${told}: go on with --after ${end.after}\n`);
  else terminal.out(`${told}\n`);
}

/** Writes the lines of an export as they come. */
class Writing {
  readonly #file: TrailFile | null;
  readonly #terminal: Terminal;
  readonly #progress: ProgressLine;
  #events = 0;
  last: string | null = null;
  /** What the last line says; null: it has not come. */
  end: AuditExportEnd | null = null;

  constructor(file: TrailFile | null, terminal: Terminal, progress: ProgressLine) {
    this.#file = file;
    this.#terminal = terminal;
    this.#progress = progress;
  }

  async take(line: string): Promise<void> {
    const about: unknown = JSON.parse(line);
    if (!isObject(about)) throw new CommandFailed('a line of the export is no event');
    if (about['end'] === true) {
      this.end = about as unknown as AuditExportEnd; // as: auditLines has written it
      return;
    }
    if (this.#file === null) {
      this.#terminal.out(`${line}\n`);
      await this.#terminal.drained?.();
    } else await this.#file.write(line);
    this.#events++;
    this.last = String(about['eventId']);
    this.#progress.count(() => `exporting: ${this.#events.toLocaleString('en')} events`);
  }
}

/** From the database itself; null if another process holds its folder. */
async function exportHere(writing: Writing, settings: Settings, after: bigint): Promise<true | null> {
  const store = await orNullIfHeld(openStore(settings));
  if (store === null) return null;
  try {
    for await (const line of auditLines(store.directory.exportedEvents(after), after)) await writing.take(line);
    return true;
  } finally {
    await store.directory.close();
  }
}

/** Through the gateway that holds the folder. What is cut off is told by the missing last line. */
async function exportThere(writing: Writing, gateway: RunningGateway, after: bigint): Promise<true> {
  const answer = await gateway.post(`${AUDIT_PATH}?after=${after}`);
  try {
    for await (const line of byteLines(answer)) await writing.take(line.toString('utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error;
  } finally {
    answer.destroy();
  }
  return true;
}
