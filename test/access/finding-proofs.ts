/** What findings say, said by other questions. */
import { expect } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { Finding } from '../../src/access/findings/finding.ts';
import type { CheckedRequest } from '../../src/access/policy-checks/request.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { parseArn } from '../../src/policy/arn.ts';
import { isList, isObject, type JsonValue } from '../../src/policy/json.ts';
import { readPolicy } from '../../src/policy/load.ts';
import { MalformedPolicy } from '../../src/policy/malformed-policy.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { NOON } from '../support/questions.ts';
import { isGranted } from './policy-checks/granted.ts';

const WAYS = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

export interface Proving {
  readonly catalog: Catalog;
  readonly access: Access;
  /** What the directory holds. */
  readonly document: DirectoryDocument;
  /** Requests for what a document of this kind may say something about. */
  readonly requests: (kind: PolicyKind) => readonly CheckedRequest[];
}

/** Expects that the finding is proved by decisions. */
export async function expectProof(proving: Proving, finding: Finding): Promise<void> {
  const { catalog, document } = proving;
  const place = [finding.kind, finding.arn, finding.policyName, finding.outsider?.value];
  const proved = (what: unknown): void => expect([...place, what]).toEqual([...place, true]);
  switch (finding.kind) {
    case 'PUBLIC_ACCESS':
    case 'CROSS_ACCOUNT_ACCESS': {
      const { outsider, actions, resource, accountId } = finding;
      if (outsider === null || resource === null) throw new Error('an outsider, and what it is let in to');
      // Whom the directory holds is no outsider of the ordinary question: found is what its account could allow.
      const isOfAccount = ({ arn }: { readonly arn: string }): boolean => parseArn(arn)?.accountId === accountId;
      const { users = [], roles = [] } = document;
      const alone = { ...document, users: users.filter(isOfAccount), roles: roles.filter(isOfAccount) };
      const access = createAccess(new MemoryDirectory(alone, catalog), catalog);
      // The first of the actions is the one that was asked on the resource.
      const question = { action: actions[0] ?? '', resource, resourceAccount: accountId, context: new Map(), path: '' };
      const { outsiders } = await access.whoCan(question, { limit: 1, conditional: true }, NOON);
      const told = outsiders.find(({ kind, value }) => kind === outsider.kind && value === outsider.value);
      expect([...place, told?.conditional]).toEqual([...place, outsider.conditional]);
      return;
    }
    case 'DANGEROUS_GRANT':
    case 'DATA_EXFILTRATION': {
      const { witness, actions } = finding;
      const text = finding.statements[0]?.documentText ?? '';
      proved(witness !== null && isGranted(catalog, 'identity', text, witness) === true);
      proved(actions.includes(witness?.action ?? ''));
      return;
    }
    case 'UNUSED_ROLE':
      for (const action of WAYS) {
        const question = { action, resource: finding.arn, resourceAccount: null, context: new Map(), path: '' };
        const { total, outsiders } = await proving.access.whoCan(question, { limit: 1, conditional: true }, NOON);
        proved(total + outsiders.length === 0);
      }
      return;
    case 'GRANTS_NOTHING': {
      const text = finding.statements[0]?.documentText ?? '';
      for (const request of proving.requests('identity'))
        proved(isGranted(catalog, 'identity', text, request) !== true);
      return;
    }
    case 'SHADOWED_STATEMENT': {
      const [narrow] = finding.statements;
      const kind = KINDS[narrow?.layer ?? ''] ?? 'identity';
      const text = narrow?.documentText ?? '';
      const without = withoutStatement(text, narrow?.index ?? -1);
      for (const request of proving.requests(kind))
        proved(isGranted(catalog, kind, text, request) === isGranted(catalog, kind, without, request));
      return;
    }
    case 'UNREADABLE_DOCUMENT':
      proved(textsAt(proving.document, finding.arn).some(([text, kind]) => !isWhole(text, kind)));
      return;
    default:
      finding.kind satisfies never;
  }
}

const KINDS: Readonly<Record<string, PolicyKind>> = { TRUST_POLICY: 'trust', RESOURCE_POLICY: 'resource' };

/** The policies that something has of its own; of a managed policy its default version. */
function textsAt(
  { users = [], roles = [], groups = [], policies = [], resources = [] }: DirectoryDocument,
  arn: string,
): readonly (readonly [text: string, kind: PolicyKind])[] {
  const inline = [...users, ...roles, ...groups].flatMap((one) => (one.arn === arn ? (one.inlinePolicies ?? []) : []));
  const managed = policies.flatMap((one) => (one.arn === arn ? (one.versions ?? []) : []));
  return [
    ...[...inline, ...managed].map(({ document }) => [document, 'identity'] as const),
    ...roles.flatMap((one) => (one.arn === arn ? [[one.trustPolicy, 'trust'] as const] : [])),
    ...resources.flatMap((one) => (one.arn === arn && one.policy != null ? [[one.policy, 'resource'] as const] : [])),
  ];
}

function withoutStatement(text: string, index: number): string {
  const document = JSON.parse(text) as JsonValue;
  if (!isObject(document)) return text;
  const { Statement: list = [], ...others } = document;
  const statements = isList(list) ? list : [list];
  return JSON.stringify({ ...others, Statement: statements.filter((_one, at) => at !== index) });
}

/** Whether the text can be read completely. */
function isWhole(text: string, kind: PolicyKind): boolean {
  try {
    const { closed, faults } = readPolicy(text, kind);
    return !closed && faults.length === 0;
  } catch (error) {
    if (error instanceof MalformedPolicy) return false;
    throw error;
  }
}
