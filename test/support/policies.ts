import type { RoleInput, UserInput } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';

/** Accounts of the tests. */
export const A = '111111111111';
export const B = '222222222222';

/** A policy document of these statements. */
export function policy(...statements: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function allow(action: string | readonly string[], resource: string | readonly string[] = '*'): JsonObject {
  return { Effect: 'Allow', Action: action, Resource: resource };
}

export function deny(action: string | readonly string[], resource: string | readonly string[] = '*'): JsonObject {
  return { Effect: 'Deny', Action: action, Resource: resource };
}

/** A statement of a trust policy. `action` left out: sts:AssumeRole. */
export function trusts(
  principal: JsonObject | '*',
  options: { readonly action?: string | readonly string[]; readonly condition?: JsonObject } = {},
): JsonObject {
  const { action = 'sts:AssumeRole', condition } = options;
  const statement = { Effect: 'Allow', Principal: principal, Action: action };
  return condition === undefined ? statement : { ...statement, Condition: condition };
}

export function userArn(name: string, accountId = A): string {
  return `arn:aws:iam::${accountId}:user/${name}`;
}

export function roleArn(name: string, accountId = A): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}

/** A user of account A (or of the one given) with an inline policy of these statements. */
export function aUser(name: string, statements: readonly JsonObject[] = [], rest: Partial<UserInput> = {}): UserInput {
  return { arn: userArn(name), inlinePolicies: inline(statements), ...rest };
}

/** A role of account A (or of the one given) that trusts so, with an inline policy of these statements. */
export function aRole(
  name: string,
  trust: readonly JsonObject[],
  statements: readonly JsonObject[] = [],
  rest: Partial<RoleInput> = {},
): RoleInput {
  return { arn: roleArn(name), trustPolicy: policy(...trust), inlinePolicies: inline(statements), ...rest };
}

function inline(statements: readonly JsonObject[]): { readonly name: string; readonly document: string }[] {
  return statements.length === 0 ? [] : [{ name: 'inline', document: policy(...statements) }];
}

/** An organization without control policies, whose accounts are `members` and the account that manages it. */
export function anOrganization(managementAccountId: string, ...members: readonly string[]) {
  const id = 'o-exampleorg1';
  return {
    organizations: [{ id, rootId: 'r-abcd', managementAccountId, units: [], scpEnabled: false, rcpEnabled: false }],
    accounts: [...members, managementAccountId].map((account) => ({
      id: account,
      membership: { organizationId: id, unitId: null },
    })),
  };
}
