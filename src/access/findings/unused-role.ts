import type { DecideTools } from '../decide.ts';
import type { OneRevision } from '../scan.ts';
import { whoCan } from '../who-can.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, statementIn } from './found-document.ts';

const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/**
 * A role that nobody can assume in any way, not even under conditions: no principal of the directory, and no service, provider or
 * principal elsewhere that its trust policy lets in. Null: somebody can.
 */
export async function unusedRole(
  tools: DecideTools,
  document: FoundDocument,
  now: number,
  check: OneRevision,
): Promise<NewFinding | null> {
  const { arn, accountId, attached } = document;
  for (const action of WAYS) {
    const question = { action, resource: arn, resourceAccount: accountId, context: new Map(), path: '' };
    const options = { limit: 1, after: null, scope: null, conditional: true };
    const { total, outsiders, revision } = await whoCan(tools, question, options, now);
    check(revision);
    if (total + outsiders.length > 0) return null;
  }
  const allows = attached.policy.statements.filter((statement) => statement.allows);
  return {
    ...NOTHING_ELSE,
    kind: 'UNUSED_ROLE',
    weight: 'LOW',
    arn,
    accountId,
    message: `nobody can assume ${arn}`,
    actions: WAYS,
    resource: arn,
    statements: allows.map((statement) => statementIn(document, statement)),
  };
}
