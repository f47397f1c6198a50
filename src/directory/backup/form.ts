import { RolegateError } from '../../policy/errors.ts';

// A backup is lines of JSON, packed with gzip:
//   {"form":"rolegate-backup","version":1,…}      the header
//   {"table":"User","count":250}                  what the next line holds, for each page of each table
//   [{"id":"AIDA…",…},…]                          its rows, as PostgreSQL writes them as JSON
//   {"rows":{"User":1234,…}}                      how many there are in all
//   {"keys":{…}}                                  the wrapped keys, if it has them
//   {"sha256":"…"}                                of all lines before it, line ends included

/** What the first line of a backup says. */
export interface BackupHeader {
  readonly form: 'rolegate-backup';
  readonly version: number;
  /** ISO 8601. */
  readonly writtenAt: string;
  /** The state of the directory in it. */
  readonly revision: string;
  /** SHA-256 of the newest master key that its secrets are derived from; null: it never had one. */
  readonly masterKeyFingerprint: string | null;
  /** Of all its generations that are not retired, the newest last. */
  readonly masterKeyFingerprints: readonly string[];
  /** The schema of its rows. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
}

/** How many rows of each table there are. */
export type RowCounts = Readonly<Record<string, number>>;

export const BACKUP_VERSION = 1;

/** What is read is no backup, or not a whole one. */
export function damaged(message: string, cause?: unknown): RolegateError {
  return new RolegateError('BACKUP_DAMAGED', message, { cause });
}

/** The object of a line. Throws BACKUP_DAMAGED. */
export function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw damaged('the backup is damaged: a line of it is not JSON', cause);
  }
  throw damaged('the backup is damaged: a line of it is not what its place asks for');
}

/** Throws BACKUP_DAMAGED if it is the first line of something else, BACKUP_TOO_NEW. */
export function headerOf(line: string): BackupHeader {
  const { form, version, writtenAt, revision, masterKeyFingerprint, masterKeyFingerprints, migrations } =
    beginningOf(line);
  if (form !== 'rolegate-backup' || typeof version !== 'number') throw noBackup();
  if (version > BACKUP_VERSION) {
    throw new RolegateError(
      'BACKUP_TOO_NEW',
      `the backup was written by a newer version of Rolegate (form ${version}): restore it with that version`,
    );
  }
  if (typeof writtenAt !== 'string' || typeof revision !== 'string' || !Array.isArray(migrations)) throw noBackup();
  const newest = typeof masterKeyFingerprint === 'string' ? masterKeyFingerprint : null;
  return {
    form,
    version,
    writtenAt,
    revision,
    masterKeyFingerprint: newest,
    // Backups of before there were generations have none.
    masterKeyFingerprints: Array.isArray(masterKeyFingerprints)
      ? masterKeyFingerprints.map(String)
      : [newest].filter((each) => each !== null),
    migrations: migrations.map(migrationOf),
  };
}

function beginningOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(line);
  } catch {
    throw noBackup();
  }
}

function migrationOf(value: unknown): BackupHeader['migrations'][number] {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('checksum' in value)) throw noBackup();
  return { name: String(value.name), checksum: String(value.checksum) };
}

export function noBackup(): RolegateError {
  return damaged('it is not a backup of Rolegate');
}
