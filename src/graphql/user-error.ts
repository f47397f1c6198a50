import { brandWithType } from '@pothos/core';
import { readableReason } from '../guard/readable-policy.ts';
import { findingOf } from '../validation/validate-policy.ts';
import { builder } from './builder.ts';
import { touchedFields } from './changes/changed-fields.ts';
import type { GatewayContext } from './context.ts';
import {
  AccessDeniedFailure,
  AuthenticationCodeFailure,
  AuthenticationFailure,
  ChangeFailedFailure,
  ConflictFailure,
  DeleteConflictFailure,
  EntityExistsFailure,
  type ExpectedFailure,
  IdentityTokenFailure,
  LimitFailure,
  MalformedPolicyFailure,
  NoSuchEntityFailure,
  NotAttachableFailure,
  PackedPolicyFailure,
  UnmodifiableFailure,
  ValidationFailure,
} from './failures.ts';
import { Decision } from './questions/decision.ts';
import { PolicyFinding } from './questions/validate-policy.ts';

/** Our code for malformed input is AWS's ValidationError. */
function awsCode({ code }: ExpectedFailure): string {
  return code === 'BAD_USER_INPUT' ? 'ValidationError' : code;
}

/** The message of a refusal leaves out the name of a policy that the caller may not read. */
function messageOf(failure: ExpectedFailure, _args: object, context: GatewayContext): string | Promise<string> {
  const { message, answer = null } = failure;
  return answer !== null && answer.decision.reason === message ? readableReason(context, answer) : message;
}

const UserError = builder.interfaceRef<ExpectedFailure>('UserError').implement({
  description: 'An expected failure of a mutation, which the caller can correct',
  fields: (t) => ({
    code: t.string({ description: 'AWS’s own error code, e.g. `AccessDenied`', resolve: awsCode }),
    message: t.string({ description: 'Message for people', resolve: messageOf }),
  }),
});

builder.objectType(AccessDeniedFailure, {
  name: 'AccessDenied',
  description: 'The caller is not allowed to do this',
  interfaces: [UserError],
  fields: (t) => ({
    decision: t.field({
      type: Decision,
      nullable: true,
      description: 'The decision behind the refusal, with its reasons; null if none was made',
      resolve: ({ answer }) => answer,
    }),
  }),
});

builder.objectType(ValidationFailure, {
  name: 'ValidationError',
  description: 'A parameter is missing, malformed or out of its limits',
  interfaces: [UserError],
  fields: (t) => ({
    field: t.exposeString('field', {
      nullable: true,
      description: 'The faulty field of the input; null: no single field',
    }),
  }),
});

/** A failure as the value of a field: an error that a resolver returns would be thrown. */
function asValue(failure: ExpectedFailure): ExpectedFailure {
  const { name, code, message } = failure;
  const value: ExpectedFailure = Object.assign({}, failure, { name, code, message });
  brandWithType(value, failure.constructor as typeof AccessDeniedFailure); // as: each class of failures is a type of the schema
  return value;
}

builder.objectType(ChangeFailedFailure, {
  name: 'ChangeFailed',
  description:
    'One of several changes is refused or fails, and none was made. `code` and `message` are those of its failure',
  interfaces: [UserError],
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The place of the change in the list, from 0' }),
    change: t.exposeString('change', { description: 'The name of the change, e.g. `attachRolePolicy`' }),
    cause: t.field({
      type: UserError,
      description: 'The failure that its mutation alone would have had',
      resolve: ({ why }) => asValue(why),
    }),
  }),
});

/** A failure with only a code and a message. */
function plainFailure(failure: typeof ExpectedFailure, name: string, description: string): void {
  builder.objectType(failure, { name, description, interfaces: [UserError] });
}

builder.objectType(ConflictFailure, {
  name: 'Conflict',
  description:
    'Something that the change reads or writes was changed after the revision that the caller expected, or so much time has ' +
    'passed since then that this is not known any more. Nothing was changed',
  interfaces: [UserError],
  fields: (t) => touchedFields(t),
});
plainFailure(
  AuthenticationFailure,
  'AuthenticationFailed',
  'The credentials are not accepted. `code` is InvalidClientTokenId for a key that does not exist or is inactive, ' +
    'SignatureDoesNotMatch for a wrong secret',
);
builder.objectType(MalformedPolicyFailure, {
  name: 'MalformedPolicyDocument',
  description:
    'A policy document is not one: not JSON, an unknown element, a value of the wrong type, or something that nobody could read',
  interfaces: [UserError],
  fields: (t) => ({
    findings: t.field({
      type: [PolicyFinding],
      description:
        'All faults of the document, with their places; the first is the one in `message`. Lines and columns are those of its ' +
        'text, where an object was given of its compact JSON. Empty: what is wrong is not in the document alone, e.g. a principal ' +
        'that is not there',
      resolve: ({ findings }) => findings.map((finding) => ({ finding: findingOf(finding), written: true })),
    }),
  }),
});
plainFailure(
  PackedPolicyFailure,
  'PackedPolicyTooLarge',
  'Session policies and session tags together exceed the packed-policy limit of a session',
);
plainFailure(LimitFailure, 'LimitExceeded', 'A limit on the number or size of entities is reached');
plainFailure(NoSuchEntityFailure, 'NoSuchEntity', 'No entity with this name exists');
plainFailure(
  EntityExistsFailure,
  'EntityAlreadyExists',
  'An entity with this name exists, or the entity already belongs to somebody',
);
plainFailure(
  DeleteConflictFailure,
  'DeleteConflict',
  'The entity still has dependents, which have to be removed first',
);
plainFailure(
  UnmodifiableFailure,
  'UnmodifiableEntity',
  'The entity belongs to an AWS service, and only that service can change it',
);
plainFailure(
  NotAttachableFailure,
  'PolicyNotAttachable',
  'The AWS managed policy can be attached only to roles of AWS services',
);
plainFailure(
  IdentityTokenFailure,
  'InvalidIdentityToken',
  'The web identity token is not accepted: its provider is not registered in the role’s account, its audience does ' +
    'not match, ' +
    'it was altered, or, with the code ExpiredToken, it is no longer valid',
);
plainFailure(
  AuthenticationCodeFailure,
  'InvalidAuthenticationCode',
  'The codes are not two consecutive current codes of the MFA device',
);
