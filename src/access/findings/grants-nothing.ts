import type { Catalog } from '../../catalog/catalog.ts';
import type { Steps } from '../../policy/steps.ts';
import type { CheckedDocument } from '../policy-checks/checked-document.ts';
import { searchGrant } from '../policy-checks/search.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named, statementIn } from './found-document.ts';

/**
 * Whether the document has Allows and grants no request at all: they match no action or resource that exists, or a Deny of the document
 * takes everything back. False where that is not certain.
 */
export function* isWithoutGrant(catalog: Catalog, document: CheckedDocument, now: number): Steps<boolean> {
  if (!document.statements.some(({ statement }) => statement.allows)) return false;
  const every = { actions: null, resources: null, byStrangers: false } as const;
  const outcome = yield* searchGrant({ catalog, kind: 'identity', after: document, before: null, now, ...every });
  return outcome.kind === 'none';
}

export function grantsNothing(document: FoundDocument, { statements }: CheckedDocument): NewFinding {
  return {
    ...NOTHING_ELSE,
    kind: 'GRANTS_NOTHING',
    weight: 'LOW',
    arn: document.arn,
    accountId: document.accountId,
    policyName: document.policyName,
    message: `${named(document)} has statements that allow, and grants no request`,
    statements: statements.flatMap(({ statement }) => (statement.allows ? [statementIn(document, statement)] : [])),
  };
}
