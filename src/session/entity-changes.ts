import { sha256 } from '../directory/apply/change-set.ts';
import type { EntityChange, RoleChanges, UserChanges } from '../directory/entities/entity-store.ts';
import type { NewAuditEvent } from '../directory/stores/audit-store.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { checkWritten } from '../policy/refused-policy.ts';
import { audited, iamOperation } from './audited.ts';
import { aCall, type CallOrigin } from './call.ts';
import type { Caller } from './caller.ts';
import { ValidationError } from './errors.ts';
import type { SessionDirectory } from './session-tools.ts';

/** The changes of roles and users that the directory can make. */
type Changes = RoleChanges & UserChanges;

type InputOf<C> = C extends EntityChange<infer I> ? I : never;

/** The input of each change, by its name. */
export type ChangeInputs = { readonly [Name in keyof Changes]: InputOf<Changes[Name]> };

/**
 * IAM's operations on roles and users, under AWS's names, with AWS's codes, messages and limits. Each is recorded in the
 * audit trail, including failures. The guard decides before whether the caller is allowed. `now`: milliseconds since 1970.
 * Inputs are named as in the operation, with ARNs in place of names: `roleArn`.
 */
export type EntityChanges = {
  readonly [Name in keyof ChangeInputs]: (
    caller: Caller,
    input: ChangeInputs[Name],
    now: number,
    origin?: Partial<CallOrigin>,
  ) => Promise<void>;
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
const POLICY_NAME = /^[\w+=,.@-]+$/;
const POLICY_NAME_CHARACTERS = 128;

function checkPolicyName(name: string): void {
  if (name === '' || name.length > POLICY_NAME_CHARACTERS) {
    throw new ValidationError(`a policy name has 1 to ${POLICY_NAME_CHARACTERS} characters`, 'policyName');
  }
  if (POLICY_NAME.test(name)) return;
  throw new ValidationError(
    'The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    'policyName',
  );
}

/** Throws AWS's answer, and refuses what cannot be read. Size limits concern the whole entity, which the directory knows. */
function checkDocument(document: string, kind: PolicyKind): void {
  checkWritten(document, kind, 'policyDocument', ({ code }) => kind === 'trust' || code !== 'LimitExceeded');
}

function checkInline({
  policyName,
  policyDocument,
}: {
  readonly policyName: string;
  readonly policyDocument: string;
}): void {
  checkPolicyName(policyName);
  checkDocument(policyDocument, 'identity');
}

/** Names in an input that are no parameters of the operation: its target, and what its guard has seen. */
const NO_PARAMETERS: ReadonlySet<string> = new Set(['roleArn', 'userArn', 'parts']);

/** The parameters of an input for the trail: all but its target; a document is given by its hash. */
function parametersOf(input: object): Readonly<Record<string, string>> {
  const told = Object.entries(input).filter(([name, value]) => !NO_PARAMETERS.has(name) && value != null);
  return Object.fromEntries(
    told.map(([name, value]) => [name, name === 'policyDocument' ? `sha256:${sha256(String(value))}` : String(value)]),
  );
}

/** An operation such as `DeleteRole`: validated, made and recorded in the trail. */
function operation<I extends { readonly roleArn: string } | { readonly userArn: string }>(
  audit: SessionDirectory['audit'],
  event: string,
  change: EntityChange<I>,
  check: (input: I) => void = () => undefined,
) {
  return (caller: Caller, input: I, now: number, origin: Partial<CallOrigin> = {}): Promise<void> => {
    const target = 'roleArn' in input ? input.roleArn : input.userArn;
    const attempted = iamOperation(event, target, parametersOf(input));
    return audited(audit, aCall(caller, now, origin), attempted, async (auditEvent: NewAuditEvent) => {
      check(input);
      await change(input, auditEvent);
    });
  };
}

/** The changes of roles and users of `directory`, audited. */
export function createEntityChanges({
  directory: { audit, entities },
}: {
  readonly directory: Pick<SessionDirectory, 'audit' | 'entities'>;
}): EntityChanges {
  const checkTrust = (input: { readonly policyDocument: string }): void => checkDocument(input.policyDocument, 'trust');
  return {
    deleteRole: operation(audit, 'DeleteRole', entities.deleteRole),
    putRolePolicy: operation(audit, 'PutRolePolicy', entities.putRolePolicy, checkInline),
    deleteRolePolicy: operation(audit, 'DeleteRolePolicy', entities.deleteRolePolicy),
    attachRolePolicy: operation(audit, 'AttachRolePolicy', entities.attachRolePolicy),
    detachRolePolicy: operation(audit, 'DetachRolePolicy', entities.detachRolePolicy),
    updateAssumeRolePolicy: operation(audit, 'UpdateAssumeRolePolicy', entities.updateAssumeRolePolicy, checkTrust),
    putRolePermissionsBoundary: operation(audit, 'PutRolePermissionsBoundary', entities.putRolePermissionsBoundary),
    deleteRolePermissionsBoundary: operation(
      audit,
      'DeleteRolePermissionsBoundary',
      entities.deleteRolePermissionsBoundary,
    ),
    deleteUser: operation(audit, 'DeleteUser', entities.deleteUser),
    putUserPolicy: operation(audit, 'PutUserPolicy', entities.putUserPolicy, checkInline),
    deleteUserPolicy: operation(audit, 'DeleteUserPolicy', entities.deleteUserPolicy),
    attachUserPolicy: operation(audit, 'AttachUserPolicy', entities.attachUserPolicy),
    detachUserPolicy: operation(audit, 'DetachUserPolicy', entities.detachUserPolicy),
    putUserPermissionsBoundary: operation(audit, 'PutUserPermissionsBoundary', entities.putUserPermissionsBoundary),
    deleteUserPermissionsBoundary: operation(
      audit,
      'DeleteUserPermissionsBoundary',
      entities.deleteUserPermissionsBoundary,
    ),
    addUserToGroup: operation(audit, 'AddUserToGroup', entities.addUserToGroup),
    removeUserFromGroup: operation(audit, 'RemoveUserFromGroup', entities.removeUserFromGroup),
  };
}
