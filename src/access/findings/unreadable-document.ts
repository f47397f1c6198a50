import type { DocumentFinding } from '../../validation/validate-policy.ts';
import { type NewFinding, NOTHING_ELSE } from './finding.ts';
import { type FoundDocument, named } from './found-document.ts';

/** `unreadable`: what cannot be read, and where; empty: the content is not known. */
export function unreadableDocument(document: FoundDocument, unreadable: readonly DocumentFinding[]): NewFinding {
  const why = unreadable[0]?.message ?? 'its content is not known';
  return {
    ...NOTHING_ELSE,
    kind: 'UNREADABLE_DOCUMENT',
    weight: 'MEDIUM',
    arn: document.arn,
    accountId: document.accountId,
    policyName: document.policyName,
    message: `${named(document)} cannot be read completely: ${why}`,
    unreadable,
  };
}
