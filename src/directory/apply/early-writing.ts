import type { WritingSql } from '../prisma/database.ts';
import type { ChangeSet, Row } from './change-set.ts';
import type { TableName } from './tables.ts';
import { type CopiedRows, copyRows, documentsToCopy, newDocuments, rowsToCopy, upsertRows } from './write.ts';

/** What rows of IAM's entities refer to, beside each other and texts. In the order of their references, as below. */
const BEFORE: readonly TableName[] = ['Organization', 'OrganizationalUnit', 'Account'];

/** The rows of new entities of IAM. */
const EARLY: readonly TableName[] = [
  'ManagedPolicy',
  'PolicyVersion',
  'Group',
  'User',
  'Role',
  'GroupMembership',
  'InlinePolicy',
  'PolicyAttachment',
];

/** What is written at once: texts of policies, and rows that refer to them. */
interface Part {
  readonly documents: readonly CopiedRows[];
  readonly rows: readonly CopiedRows[];
}

/**
 * Writes new rows of one part while the next are planned: this process and the server then work at the same time. Only where nothing is
 * renamed or removed, so that a new row cannot need the place of one that is still there.
 */
export class EarlyWriting {
  readonly #sql: WritingSql;
  readonly #changes: ChangeSet;
  readonly #onRows: (done: number, taken: number) => void;
  readonly #written = new Map<TableName, number>();
  #taken = 0;
  #last: Promise<void> = Promise.resolve();
  /** Its first half: texts of policies. */
  #texts: Promise<void> = Promise.resolve();
  #isBegun = false;
  #failure: unknown = null;

  /** `onRows` is told how many rows are written, of those that were taken out of the changes until then. */
  constructor(sql: WritingSql, changes: ChangeSet, onRows: (done: number, taken: number) => void = () => undefined) {
    this.#sql = sql;
    this.#changes = changes;
    this.#onRows = onRows;
  }

  /** Rows that are written, by their tables. */
  get written(): ReadonlyMap<TableName, number> {
    return this.#written;
  }

  get rows(): number {
    return Array.from(this.#written.values()).reduce((sum, rows) => sum + rows, 0);
  }

  /** From now on rows are written early. What they refer to is planned; it is written again with the rest. */
  async begin(): Promise<void> {
    for (const table of BEFORE) await upsertRows(this.#sql, table, this.#changes.upserts.get(table) ?? []);
    this.#isBegun = true;
  }

  /** Begins to write what is planned by now. Waits for what was begun before: one part is written while one is planned. */
  async next(): Promise<void> {
    if (!this.#isBegun) return;
    const rows = EARLY.map((table) => [table, this.#changes.takeInserts(table)] as const);
    for (const [, taken] of rows) this.#taken += taken.length;
    const part = await this.#prepare(rows);
    await this.#last;
    this.#texts = this.#copy(part.documents);
    this.#last = this.#texts.then(() => this.#write(part.rows));
    // Whoever waits for it is told.
    this.#last.catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  /** Waits for all that was begun. */
  async end(): Promise<void> {
    await this.#last;
  }

  /** Why nothing more can be written in this transaction, whatever statements say after that; otherwise `said`. */
  async causeOf(said: unknown): Promise<unknown> {
    await this.#last.catch(() => undefined);
    return this.#failure ?? said;
  }

  /** Makes all ready while what was begun before is written, so that the database has not to wait for this process. */
  async #prepare(tables: readonly (readonly [TableName, readonly Row[]])[]): Promise<Part> {
    const rows: CopiedRows[] = [];
    for (const [table, list] of tables) rows.push(...(await rowsToCopy(this.#sql, table, list)));
    const documents = await this.#changes.documents(tables.map(([, list]) => list));
    const texts = await documentsToCopy(documents);
    // The last part may have brought some of them.
    await this.#texts;
    return { documents: await newDocuments(this.#sql, texts), rows };
  }

  async #copy(parts: readonly CopiedRows[]): Promise<void> {
    for (const part of parts) await copyRows(this.#sql, part);
  }

  async #write(parts: readonly CopiedRows[]): Promise<void> {
    for (const part of parts) {
      await copyRows(this.#sql, part);
      this.#written.set(part.table, (this.#written.get(part.table) ?? 0) + part.rows);
      this.#onRows(this.rows, this.#taken);
    }
  }
}
