import type { DirectoryDocument } from '../directory/document.ts';
import { InvalidInput } from '../policy/errors.ts';
import { AuthorizationDetailsReader } from './authorization-details-reader.ts';
import { describeJson, parseBoundedJson } from './bounded-json.ts';
import { NO_END } from './details-pages.ts';
import { findAnswers } from './find-answers.ts';
import { GroupNames } from './groups.ts';
import { findHome } from './home.ts';
import { isTruncated } from './truncation.ts';
import { Warnings } from './warnings.ts';

/** 32 MiB of ASCII: the export of an account at its quotas is half of that. */
export const MAX_IMPORT_CHARACTERS = 33_554_432;

const LIMITS = { characters: MAX_IMPORT_CHARACTERS, depth: 64, values: 1_000_000 };
const EXPECTED = 'the JSON that `aws iam get-account-authorization-details` prints';

/** The result of an import, and what it could not understand. */
export interface ParsedImport {
  readonly document: DirectoryDocument;
  readonly warnings: readonly string[];
}

/**
 * Reads an answer of IAM's GetAccountAuthorizationDetails: whole, one page of it, a list of pages, or answers within a
 * recording; without some of its lists; with policy documents as objects, JSON or URL-encoded text.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 *
 * Everything that can be stored is stored; a warning names the entity and element of what cannot be understood. Throws
 * InvalidInput on `document` if it is too large, not JSON, or no such answer.
 *
 * A list that the export lacks is left out of the document, so that stored data stays. An entity's own lists are complete,
 * and replace stored data.
 */
export function parseAccountAuthorizationDetails(text: string): ParsedImport {
  const json = parseBoundedJson(text, 'document', EXPECTED, LIMITS);
  const answers = findAnswers(json);
  if (answers.length === 0) {
    const message = `\`document\` is not ${EXPECTED}: expected \`UserDetailList\`, \`GroupDetailList\`, \`RoleDetailList\` or \`Policies\` (with \`PolicyVersionList\`), found ${describeJson(json)}`;
    throw new InvalidInput('document', message);
  }
  const warnings = new Warnings();
  // A page followed by another one is complete together with it; only the last one can leave something out.
  const last = answers.at(-1);
  if (last !== undefined && isTruncated(last)) warnings.add('document', 'IsTruncated', NO_END);
  const groupNames = new GroupNames();
  const read = new AuthorizationDetailsReader(answers, warnings, findHome(answers), groupNames).read();
  const absent = groupNames.absent();
  const groups = absent.length > 0 ? { groups: [...(read.groups ?? []), ...absent] } : {};
  return { document: { ...read, ...groups }, warnings: warnings.list() };
}
