import { hash } from 'node:crypto';
import { InvalidInput } from '../../policy/errors.ts';
import { MAX_DOCUMENT_LENGTH } from '../../policy/load.ts';
import type { CountedKind } from '../directory.ts';
import { isStorable } from '../storable.ts';
import { inTurn } from './batches.ts';
import { Counting, type Outcome } from './counts.ts';
import { ManyTexts } from './many-texts.ts';
import { RowIds } from './row-ids.ts';
import type { TableName } from './tables.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A rename of a row's id: the row stays, and so does what refers to it. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

export function sha256(text: string): string {
  // Of many texts, with half the work of `createHash`.
  return hash('sha256', text);
}

/** Columns that refer to the text of a policy. */
const HASHES = ['documentHash', 'trustPolicyHash', 'policyHash'] as const;

/** Everything that one document changes, collected before anything is written. */
export class ChangeSet {
  readonly upserts = new Map<TableName, Row[]>();
  /** Rows whose keys no stored row has: the database need not look for one. */
  readonly inserts = new Map<TableName, Row[]>();
  /** By key. */
  readonly deletions = new Map<TableName, Row[]>();
  readonly renames = new Map<TableName, Rename[]>();
  readonly warnings: string[] = [];
  readonly counts = new Counting();
  readonly #counted = new ManyTexts<true>();
  #hashes: ReadonlyMap<string, string> = new Map();
  #given: Pick<ReadonlySet<string>, 'has'> = new Set();
  /** Names of stored texts to those of the same texts without white space. */
  readonly #compact = new ManyTexts<string>();
  readonly #texts = new ManyTexts<string>();
  readonly #rowIds = new RowIds();
  readonly #touched = new ManyTexts<{ readonly entity: string; readonly entityId: string }>();

  get isEmpty(): boolean {
    return this.#touched.size === 0;
  }

  get touched(): readonly { readonly entity: string; readonly entityId: string }[] {
    return [...this.#touched.values()];
  }

  /** Whether nothing that is stored loses its key or its place. */
  get onlyAdds(): boolean {
    return this.deletions.size === 0 && this.renames.size === 0;
  }

  /** Texts of policies that these rows refer to; left out: all that are to be written. What an unchanged row refers to is stored already. */
  async documents(
    of: Iterable<readonly Row[]> = [...this.upserts.values(), ...this.inserts.values()],
  ): Promise<readonly Row[]> {
    const hashes = new Set<string>();
    for (const rows of of) {
      await inTurn(rows, (row) => {
        for (const column of HASHES) if (typeof row[column] === 'string') hashes.add(row[column]);
      });
    }
    const documents: Row[] = [];
    await inTurn(hashes, (hash) => {
      const text = this.#texts.get(hash);
      if (text !== undefined) documents.push({ hash, text });
    });
    return documents;
  }

  upsert(table: TableName, row: Row): void {
    push(this.upserts, table, row);
  }

  /** A row with a new key. */
  insert(table: TableName, row: Row): void {
    push(this.inserts, table, row);
  }

  /** Takes the rows with new keys of a table out of the set: whoever takes them writes them. */
  takeInserts(table: TableName): readonly Row[] {
    const rows = this.inserts.get(table) ?? [];
    this.inserts.delete(table);
    return rows;
  }

  /** For a row that has no name of its own. */
  newId(): string {
    return this.#rowIds.next();
  }

  /** Rows that will be written, new ones included. */
  written(table: TableName): readonly Row[] {
    return [...(this.upserts.get(table) ?? []), ...(this.inserts.get(table) ?? [])];
  }

  delete(table: TableName, key: Row): void {
    push(this.deletions, table, key);
  }

  rename(table: TableName, rename: Rename): void {
    push(this.renames, table, rename);
  }

  /** `hashes`: names of texts that are known already; `given`: these names. */
  beginPart(hashes: ReadonlyMap<string, string>, given: Pick<ReadonlySet<string>, 'has'>): void {
    this.#hashes = hashes;
    this.#given = given;
  }

  /** Whether the part has a text with this name. */
  isGiven(hash: string): boolean {
    return this.#given.has(hash);
  }

  /** Notes that the stored text `hash` is that of the name `compact` but for white space. */
  sameText(hash: string, compact: string): void {
    this.#compact.set(hash, compact);
  }

  /** Its rows are written; what they touched and became stays. */
  endPart(): void {
    for (const rows of [this.upserts, this.inserts, this.deletions, this.renames, this.#texts, this.#compact])
      rows.clear();
  }

  /** Records that answers about this entity may differ from now on. */
  touch(entity: string, entityId: string): void {
    this.#touched.set(`${entity} ${entityId}`, { entity, entityId });
  }

  /** Counts what has become of an entity: in the first part that names it. */
  count(owner: string | null, kind: CountedKind, name: string, outcome: Outcome): void {
    const key = `${kind} ${name}`;
    if (this.#counted.has(key) && outcome === 'unchanged') return;
    this.#counted.set(key, true);
    this.counts.add(owner, kind, outcome);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  /**
   * The name of a policy's text: that of the stored text if they are the same but for white space. Throws when the text cannot be
   * stored; `where` names it.
   */
  document(text: string, where: string, stored: string | null = null): string {
    if (text.length > MAX_DOCUMENT_LENGTH) {
      const limit = `at most ${MAX_DOCUMENT_LENGTH} characters, this one ${text.length}`;
      throw new InvalidInput('document', `${where}: a policy document has ${limit}`);
    }
    if (!isStorable(text)) {
      const what = 'a policy document holds no U+0000 and no half of a surrogate pair';
      throw new InvalidInput('document', `${where}: ${what}`);
    }
    const hash = this.#hashes.get(text) ?? sha256(text);
    if (stored !== null && this.#compact.get(stored) === hash) return stored;
    this.#texts.set(hash, text);
    return hash;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
