import { listMember } from './json.ts';

/** What a collection did, kept as `_collect.json` in its folder, so that an import can say what is missing. */
export interface CollectionRecord {
  /** ISO 8601. */
  readonly started: string;
  /** Null: it was interrupted, and can be continued. */
  readonly finished: string | null;
  readonly accounts: readonly CollectedAccount[];
  readonly leftOut: readonly LeftOut[];
}

export interface CollectedAccount {
  readonly account: string;
  /** Older answers of the account do not belong to the collection. */
  readonly started: string;
  readonly finished: string | null;
  /** The Regions that were asked, once it is finished. */
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
  if (!isObject(value) || !isInstant(value['started'])) return null;
  return {
    started: value['started'],
    finished: isInstant(value['finished']) ? value['finished'] : null,
    accounts: listMember(value, 'accounts').filter(isAccount),
    leftOut: listMember(value, 'leftOut').filter(isLeftOut),
  };
}

function isAccount(value: unknown): value is CollectedAccount {
  return (
    isObject(value) &&
    typeof value['account'] === 'string' &&
    isInstant(value['started']) &&
    Array.isArray(value['regions'])
  );
}

function isLeftOut(value: unknown): value is LeftOut {
  return isObject(value) && typeof value['account'] === 'string' && typeof value['code'] === 'string';
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
