import type { Catalog, CatalogAction } from '../../catalog/catalog.ts';
import { actionName } from '../../evaluation/layer-set.ts';
import { actionMatches } from '../../policy/action-pattern.ts';
import { resourceText } from '../../policy/arn.ts';
import type { Condition } from '../../policy/condition.ts';
import type { ContextReader } from '../../policy/context-key.ts';
import { type ResourcePattern, resourceMatches } from '../../policy/resource-pattern.ts';
import type { CompiledStatement } from '../../policy/statement.ts';
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
  if (document.statements.some(({ statement }) => grantsPlainly(catalog, document, statement))) return false;
  const every = { actions: null, resources: null, byStrangers: false } as const;
  const outcome = yield* searchGrant({ catalog, kind: 'identity', after: document, before: null, now, ...every });
  return outcome.kind === 'none';
}

/**
 * Whether an Allow without conditions grants something that no Deny of the document is about, as nearly all of them do: to see it takes
 * a small part of the time of a search. False proves nothing.
 */
export function grantsPlainly(catalog: Catalog, { statements }: CheckedDocument, allow: CompiledStatement): boolean {
  if (!allow.allows || allow.conditions.length > 0 || allow.resources === null || allow.resources.negated) return false;
  const denies = statements.filter(({ statement }) => !statement.allows);
  const isDenied = ({ actions, conditions }: CompiledStatement, action: CatalogAction): boolean =>
    !conditions.some(isAgainstPlainCalls) && actionMatches(actions, action.service, actionName(action));
  const { patterns } = allow.resources;
  return someNamed(catalog, allow).some(
    (action) =>
      // Some calls of IAM AWS itself refuses, whoever makes them.
      action.service !== 'iam' &&
      !denies.some(({ statement }) => isDenied(statement, action)) &&
      patterns.some((pattern) => pattern.everything || coversSome(catalog, action, pattern)),
  );
}

/**
 * Whether calls over TLS are free of a Deny with this condition: those that everybody makes. The value is one that every call has, and
 * that nothing else in the request follows from.
 */
function isAgainstPlainCalls({ operator, key, values }: Condition): boolean {
  if (key.name !== 'aws:securetransport' || values.length !== 1) return false;
  return /^bool(ifexists)?$/i.test(operator) && values[0]?.toLowerCase() === 'false';
}

/** Actions of a service that are looked through. */
const MOST_TRIED = 20;

/** Some actions that the statement names. */
function someNamed(catalog: Catalog, { actions }: CompiledStatement): readonly CatalogAction[] {
  const services = new Set(actions.patterns.map(({ service }) => service ?? 's3'));
  const tried = actions.negated ? ['s3', 'ec2', 'sqs'] : [...services].slice(0, MOST_TRIED);
  return tried.flatMap((service) => {
    const named = catalog
      .actionsOf(service)
      .find((action) => actionMatches(actions, action.service, actionName(action)));
    return named ?? [];
  });
}

/** Whether the action is asked on a resource that the pattern covers: one is made up from it. */
function coversSome(catalog: Catalog, action: CatalogAction, pattern: ResourcePattern): boolean {
  if (pattern.template !== null || action.wildcardOnly) return false;
  const [scheme = '', partition = '', service = '', region = '', account = '', ...rest] = pattern.parts;
  const filled = [
    scheme,
    partition.includes('*') ? 'aws' : partition,
    service.includes('*') ? action.service : service,
    region.includes('*') ? 'us-east-1' : region,
    account.includes('*') ? '111111111111' : account,
    ...rest.map((text) => text.replaceAll(/[*?]/g, 'x')),
  ].join(':');
  const resource = resourceText(filled);
  return catalog.fit(action, filled).kind === 'fits' && resourceMatches(pattern, resource, NO_CONTEXT) === 'match';
}

const NO_CONTEXT: ContextReader = { value: () => undefined };

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
