import { ValidationError } from '../../../session/errors.ts';
import { quoted, violated } from '../../wire/read-input.ts';

/** What the inputs of all of IAM's lists have. */
export interface Paged {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** The place of an entry in a list. It remains a place when the entry is gone. */
export interface Place {
  readonly key: string;
  /** Left out: no two entries have the same key. */
  readonly id?: string;
}

/** A page of a list, and what all outputs say of it. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly truncation: { readonly IsTruncated: boolean; readonly Marker?: string };
}

const DEFAULT_ITEMS = 100;
const MOST_ITEMS = 1_000;

/**
 * One page of a list. `operation`: IAM's name, to which a marker belongs. `read` gives at most `limit` entries behind a place;
 * null: from the beginning. Throws ValidationError.
 */
export async function paged<Entry extends Place>(
  operation: string,
  { Marker, MaxItems = DEFAULT_ITEMS }: Paged,
  read: (page: { readonly after: Place | null; readonly limit: number }) => Promise<readonly Entry[]>,
): Promise<Page<Entry>> {
  checkItems(MaxItems);
  const after = Marker === undefined ? null : placeOf(operation, Marker);
  const found = await read({ after, limit: MaxItems + 1 });
  const entries = found.slice(0, MaxItems);
  const last = found.length > MaxItems ? entries.at(-1) : undefined;
  if (last === undefined) return { entries, truncation: { IsTruncated: false } };
  return { entries, truncation: { IsTruncated: true, Marker: markerOf(operation, last) } };
}

function checkItems(items: number): void {
  if (items >= 1 && items <= MOST_ITEMS) return;
  const limit = items < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ITEMS}`;
  throw violated(quoted(String(items)), 'maxItems', `Member must have value ${limit}`);
}

/** A marker says where an entry stands, and not how many are before it: the list may change between two pages. */
function markerOf(operation: string, { key, id = '' }: Place): string {
  return Buffer.from(JSON.stringify([operation, key, id])).toString('base64url');
}

/** Longer than that of any place. */
const LONGEST_MARKER = 8_192;

function placeOf(operation: string, marker: string): Place {
  const place = marker.length > LONGEST_MARKER ? null : readMarker(marker);
  const [of, key, id] = Array.isArray(place) ? place : [];
  if (of !== operation || typeof key !== 'string' || typeof id !== 'string' || markerOf(of, { key, id }) !== marker) {
    throw invalidMarker();
  }
  return { key, id };
}

export function invalidMarker(): ValidationError {
  return new ValidationError('Invalid Marker', 'marker');
}

function readMarker(marker: string): unknown {
  try {
    return JSON.parse(Buffer.from(marker, 'base64url').toString());
  } catch {
    return null;
  }
}
