/** Accounts as AWS printed them, and questions about what stands in their policies. */
import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Catalog, CatalogAction } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { actionName } from '../../src/evaluation/layer-set.ts';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import { type ActionElement, actionMatches } from '../../src/policy/action-pattern.ts';
import { readPolicy } from '../../src/policy/load.ts';
import { MalformedPolicy } from '../../src/policy/malformed-policy.ts';
import type { CompiledStatement } from '../../src/policy/statement.ts';

const FOLDER = new URL('../data/account-authorization-details/', import.meta.url);

/** An account of the data, or several that stand in one file. */
export interface RealAccount {
  readonly name: string;
  readonly document: DirectoryDocument;
  /** ARNs of users and roles. */
  readonly principals: readonly string[];
  readonly roles: readonly string[];
  /** Of each account in it. */
  readonly accountIds: readonly string[];
  /** Texts of policies that users, groups and roles hold, each once. */
  readonly identityTexts: readonly string[];
  readonly trustTexts: readonly string[];
}

/** Those that hold somebody. */
export const REAL_ACCOUNTS: readonly RealAccount[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => realAccount(file))
  .filter(({ principals }) => principals.length > 0);

function realAccount(file: string): RealAccount {
  const { document } = parseAccountAuthorizationDetails(readFileSync(new URL(file, FOLDER), 'utf8'));
  const { users = [], roles = [], groups = [], policies = [], accounts = [] } = document;
  const inline = [...users, ...roles, ...groups].flatMap(({ inlinePolicies = [] }) =>
    inlinePolicies.map(({ document: text }) => text),
  );
  const managed = policies.flatMap(({ versions, defaultVersionId }) =>
    versions.flatMap(({ versionId, document: text }) => (versionId === defaultVersionId ? [text] : [])),
  );
  return {
    name: file.replace('.json', ''),
    document,
    principals: [...users, ...roles].map(({ arn }) => arn),
    roles: roles.map(({ arn }) => arn),
    accountIds: accounts.map(({ id }) => id),
    identityTexts: [...new Set([...inline, ...managed])],
    trustTexts: [...new Set(roles.map(({ trustPolicy }) => trustPolicy))],
  };
}

/** Its statements; none if it is no policy document. */
export function statementsOf(text: string, kind: 'identity' | 'trust'): readonly CompiledStatement[] {
  try {
    return readPolicy(text, kind).statements;
  } catch (error) {
    if (error instanceof MalformedPolicy) return [];
    throw error;
  }
}

/** An action on a resource. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
}

/** What statements of the policies in `texts` name: mostly it concerns somebody. `resources`: what is asked about beside. */
export function askedIn(catalog: Catalog, texts: readonly string[], resources: readonly string[]): fc.Arbitrary<Asked> {
  const statements = texts.flatMap((text) => statementsOf(text, 'identity'));
  const named = new Map<ActionElement, readonly CatalogAction[]>();
  const actionsOf = ({ actions }: CompiledStatement): readonly CatalogAction[] => {
    const known =
      named.get(actions) ?? all(catalog).filter((one) => actionMatches(actions, one.service, actionName(one)));
    named.set(actions, known);
    return known;
  };
  return fc
    .tuple(fc.constantFrom(...statements), fc.nat(), fc.nat(), fc.constantFrom(...resources), fc.boolean())
    .map(([statement, at, place, other, isOwn]): Asked | null => {
      const actions = actionsOf(statement);
      const action = actions[at % actions.length];
      if (action === undefined) return null;
      if (action.wildcardOnly) return { action: action.name, resource: '*' };
      const patterns = statement.resources?.patterns ?? [];
      const pattern = patterns[place % patterns.length];
      const written = pattern === undefined || pattern.everything ? null : filled(pattern.parts.join(':'));
      const candidates = [...(isOwn && written !== null ? [written] : []), other, ...resources, ...examplesOf(action)];
      const resource = candidates.find((arn) => catalog.fit(action, arn).kind === 'fits');
      return resource === undefined ? null : { action: action.name, resource };
    })
    .filter((one) => one !== null);
}

function all(catalog: Catalog): readonly CatalogAction[] {
  return [...catalog.services()].flatMap((service) => catalog.actionsOf(service));
}

/** A resource that a pattern covers. */
function filled(pattern: string): string {
  return pattern.replaceAll(/\$\{[^}]*\}/g, 'x').replaceAll(/[*?]/g, 'x');
}

/** One of each type that the action takes. */
function examplesOf({ resourceTypes }: CatalogAction): readonly string[] {
  const values: Readonly<Record<string, string>> = { Partition: 'aws', Region: 'eu-west-1', Account: '123456789012' };
  return resourceTypes.flatMap(({ type }) =>
    type.arns.map((template) => template.replaceAll(/\$\{([^}]*)\}/g, (_all, name: string) => values[name] ?? 'x')),
  );
}
