/** What a collection did, kept as `_collect.json` in its folder, so that an import can say what is missing. */
export interface CollectionRecord {
  /** Answers that are older than this do not belong to the collection. ISO 8601. */
  readonly started: string;
  /** Null: it was interrupted, and can be continued. */
  readonly finished: string | null;
  readonly accounts: readonly CollectedAccount[];
  readonly leftOut: readonly LeftOut[];
}

export interface CollectedAccount {
  readonly account: string;
  /** The Regions that were asked. */
  readonly regions: readonly string[];
}

/** A question without an answer. What is null was not part of it: an account alone could not be asked anything. */
export interface LeftOut {
  readonly account: string;
  readonly region: string | null;
  readonly service: string | null;
  readonly operation: string | null;
  readonly argument: string | null;
  /** AWS's code, such as AccessDenied. */
  readonly code: string;
  readonly message: string;
}

export const RECORD_FILE = '_collect.json';

/** Null: the text is no such record. */
export function parseRecord(text: string): CollectionRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('started' in value)) return null;
  const { started } = value;
  if (typeof started !== 'string' || Number.isNaN(Date.parse(started))) return null;
  const finished = 'finished' in value && typeof value.finished === 'string' ? value.finished : null;
  const accounts = 'accounts' in value && Array.isArray(value.accounts) ? value.accounts.filter(isAccount) : [];
  const leftOut = 'leftOut' in value && Array.isArray(value.leftOut) ? value.leftOut.filter(isLeftOut) : [];
  return { started, finished, accounts, leftOut };
}

function isAccount(value: unknown): value is CollectedAccount {
  return isObject(value) && typeof value['account'] === 'string' && Array.isArray(value['regions']);
}

function isLeftOut(value: unknown): value is LeftOut {
  return isObject(value) && typeof value['account'] === 'string' && typeof value['code'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
