import { StoreUnavailable } from '../store-unavailable.ts';

/** What is wrong with the place where the database keeps its files. */
export type StorageFailure = 'full' | 'damaged' | 'failing';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, and those of Node. */
const CODES: Readonly<Record<string, StorageFailure>> = {
  '53100': 'full',
  ENOSPC: 'full',
  EDQUOT: 'full',
  XX001: 'damaged',
  XX002: 'damaged',
  '58P01': 'damaged',
  '58030': 'failing',
  EIO: 'failing',
  EROFS: 'failing',
};

const SENTENCES: Readonly<Record<StorageFailure, string>> = {
  full: "there is no space left for the directory's database: nothing can be changed until there is",
  damaged:
    "files of the directory's database are damaged or missing: `rolegate check` says which, and `rolegate restore` puts a backup " +
    'into an empty place',
  failing: "files of the directory's database cannot be read or written",
};

/** Codes of the errors: DIRECTORY_FULL, DIRECTORY_DAMAGED, DIRECTORY_FAILING. */
export function storageError(failure: StorageFailure, cause: unknown): StoreUnavailable {
  return new StoreUnavailable(`DIRECTORY_${failure.toUpperCase()}`, SENTENCES[failure], { cause });
}

/** Null: `error` is about something else. Prisma's adapters put the database's own code into `cause`. */
export function storageFailureOf(error: unknown): StorageFailure | null {
  for (let each: unknown = error, depth = 0; typeof each === 'object' && each !== null && depth < 8; depth++) {
    for (const name of ['code', 'originalCode']) {
      const code: unknown = Reflect.get(each, name);
      const failure = typeof code === 'string' ? CODES[code] : undefined;
      if (failure !== undefined) return failure;
    }
    each = Reflect.get(each, 'cause');
  }
  return null;
}
