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

/** What the database, or a library before it, says in an error. */
interface Said {
  readonly code: string;
  /** Of an error of Prisma's adapters; otherwise empty. */
  readonly kind: string;
}

/** All that an error says. Prisma's adapters put what the database said into `cause`, Prisma's client that into `meta`. */
export function* saidIn(error: unknown): Generator<Said> {
  for (let each: unknown = error, depth = 0; typeof each === 'object' && each !== null && depth < 8; depth++) {
    const kind: unknown = Reflect.get(each, 'kind');
    for (const name of ['code', 'originalCode']) {
      const code: unknown = Reflect.get(each, name);
      yield { code: typeof code === 'string' ? code : '', kind: typeof kind === 'string' ? kind : '' };
    }
    const meta: unknown = Reflect.get(each, 'meta');
    const ofAdapter: unknown = typeof meta === 'object' && meta !== null && Reflect.get(meta, 'driverAdapterError');
    each = typeof ofAdapter === 'object' ? ofAdapter : Reflect.get(each, 'cause');
  }
}

/** Null: `error` is about something else. */
export function storageFailureOf(error: unknown): StorageFailure | null {
  for (const { code } of saidIn(error)) {
    const failure = CODES[code];
    if (failure !== undefined) return failure;
  }
  return null;
}
