import type { DirectoryDocument } from '../directory/document.ts';
import { InvalidInput } from '../policy/errors.ts';

/** Characters. */
const MAX_LENGTH = 128;

/**
 * The document with a name for its one account; `name` null: as it is. Throws InvalidInput on `accountName`, if the document
 * has not exactly one.
 */
export function withAccountName(document: DirectoryDocument, name: string | null): DirectoryDocument {
  if (name === null) return document;
  // PostgreSQL cannot store U+0000, and UTF-8 cannot encode half of a surrogate pair.
  if (name.trim() === '' || name.length > MAX_LENGTH || /\p{Cc}|\p{Surrogate}/u.test(name)) {
    throw new InvalidInput(
      'accountName',
      `\`accountName\` must have 1 to ${MAX_LENGTH} characters, none of them a control character`,
    );
  }
  const accounts = document.accounts ?? [];
  const [account] = accounts;
  if (account === undefined || accounts.length > 1) {
    throw new InvalidInput(
      'accountName',
      `\`accountName\` needs an export of one account; this one has ${accounts.length}`,
    );
  }
  return { ...document, accounts: [{ ...account, name }] };
}
