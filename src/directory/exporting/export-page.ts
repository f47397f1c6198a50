import { InvalidInput, RolegateError } from '../../policy/errors.ts';
import type { Revision } from '../directory.ts';
import type { DirectoryDocument } from '../document.ts';
import { currentRevision, hasChangedSince } from '../gather/revision-rows.ts';
import type { Database, Sql } from '../prisma/database.ts';
import type { KeyedRow } from './exported.ts';
import { type ExportedKind, isExportedKind, KINDS } from './kinds.ts';

/** Some entities of one kind, in the order of their names. */
export interface ExportPage {
  readonly kind: ExportedKind;
  /** Of `kind` alone. */
  readonly document: DirectoryDocument;
  readonly count: number;
  /** The state that this was read from. */
  readonly revision: Revision;
  /** Where the next page begins; null: this is the last one. */
  readonly next: string | null;
}

/** Reads the directory as documents, page by page: everything but credentials, sessions and the audit trail. */
export interface DirectoryExports {
  /** The page at `place`; null: the first. Throws CONFLICT if the directory is not what it was at `since`. */
  page(place: string | null, since: Revision | null): Promise<ExportPage>;
  /** All pages, of one state of the directory, each when `take` is done with the one before. */
  all(take: (page: ExportPage) => Promise<void>): Promise<void>;
}

/** Entities of one page: bounds the memory that an export needs, here and in the database. */
const PAGE = 250;

/** In the order of an export. */
export const EXPORTED_KINDS: readonly ExportedKind[] = Object.keys(KINDS).filter(isExportedKind);

interface Place {
  readonly kind: ExportedKind;
  /** The key of the entity before it; empty: there is none. */
  readonly after: string;
}

function readPlace(text: string): Place | null {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  return isExportedKind(kind) ? { kind, after: text.slice(colon + 1) } : null;
}

/** The place behind an entity, or at the beginning of the next kind. */
function placeAfter(kind: ExportedKind, rows: readonly KeyedRow[]): string | null {
  const last = rows.length < PAGE ? undefined : rows.at(-1);
  if (last !== undefined) return `${kind}:${last.key}`;
  const next = EXPORTED_KINDS[EXPORTED_KINDS.indexOf(kind) + 1];
  return next === undefined ? null : `${next}:`;
}

async function readPage(sql: Sql, { kind, after }: Place, revision: Revision): Promise<ExportPage> {
  const { select, input } = KINDS[kind];
  const rows = await sql.query<KeyedRow>(select, [after, PAGE]);
  const document = { [kind]: rows.map((row) => input(row)) };
  return { kind, document, count: rows.length, revision, next: placeAfter(kind, rows) };
}

const FIRST: Place = { kind: 'services', after: '' };

export function directoryExports(database: Database): DirectoryExports {
  return {
    page: (text, since) =>
      database.transaction('read', async (sql) => {
        const place = text === null ? FIRST : readPlace(text);
        if (place === null) throw new InvalidInput('after', '`after` is not a place in an export');
        if (since !== null && (await hasChangedSince(sql, since))) {
          throw new RolegateError('CONFLICT', 'the directory has changed since the export began: begin again');
        }
        return readPage(sql, place, since ?? (await currentRevision(sql)));
      }),
    all: (take) =>
      database.transaction('read', async (sql) => {
        const revision = await currentRevision(sql);
        let place: Place | null = FIRST;
        while (place !== null) {
          const page = await readPage(sql, place, revision);
          await take(page);
          place = page.next === null ? null : readPlace(page.next);
        }
      }),
  };
}
