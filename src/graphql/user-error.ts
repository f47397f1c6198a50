import { readableReason } from '../guard/readable-policy.ts';
import { findingOf } from '../validation/validate-policy.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import {
  AccessDeniedFailure,
  AuthenticationCodeFailure,
  AuthenticationFailure,
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

/** Ours for input that is out of its form is AWS's ValidationError. */
function awsCode({ code }: ExpectedFailure): string {
  return code === 'BAD_USER_INPUT' ? 'ValidationError' : code;
}

/** A refusal names no policy that the caller may not read. */
function messageOf(failure: ExpectedFailure, _args: object, context: GatewayContext): string | Promise<string> {
  const { message, answer = null } = failure;
  return answer !== null && answer.decision.reason === message ? readableReason(context, answer) : message;
}

const UserError = builder.interfaceRef<ExpectedFailure>('UserError').implement({
  description: 'Why a mutation did not do what it was asked: something that can be expected and put right',
  fields: (t) => ({
    code: t.string({ description: 'AWS’s own error code, e.g. `AccessDenied`', resolve: awsCode }),
    message: t.string({ description: 'What is wrong, for people to read', resolve: messageOf }),
  }),
});

builder.objectType(AccessDeniedFailure, {
  name: 'AccessDenied',
  description: 'The caller may not do this',
  interfaces: [UserError],
  fields: (t) => ({
    decision: t.field({
      type: Decision,
      nullable: true,
      description: 'The decision that the refusal rests on, with its reasons; null where none was made',
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
      description: 'Which field of the input; null where none is at fault',
    }),
  }),
});

/** A failure that says nothing beside its code and its message. */
function plainFailure(failure: typeof ExpectedFailure, name: string, description: string): void {
  builder.objectType(failure, { name, description, interfaces: [UserError] });
}

plainFailure(
  AuthenticationFailure,
  'AuthenticationFailed',
  'The credentials are not accepted. `code` is InvalidClientTokenId for a key that is not there or was switched off, ' +
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
        'Everything that is wrong with the document, and where; the first is that of `message`. Lines and columns are those of its ' +
        'text, where an object was given of its compact JSON. Empty: what is wrong is not in the document alone, e.g. a principal ' +
        'that is not there',
      resolve: ({ findings }) => findings.map((finding) => ({ finding: findingOf(finding), written: true })),
    }),
  }),
});
plainFailure(
  PackedPolicyFailure,
  'PackedPolicyTooLarge',
  'Session policies and session tags together exceed what a session can hold',
);
plainFailure(LimitFailure, 'LimitExceeded', 'There are as many as there can be');
plainFailure(NoSuchEntityFailure, 'NoSuchEntity', 'There is nothing of that name');
plainFailure(
  EntityExistsFailure,
  'EntityAlreadyExists',
  'There is something of that name, or it is somebody’s already',
);
plainFailure(DeleteConflictFailure, 'DeleteConflict', 'Something else still hangs on it, and has to be removed first');
plainFailure(
  UnmodifiableFailure,
  'UnmodifiableEntity',
  'It belongs to a service of AWS, and that service alone can change it',
);
plainFailure(NotAttachableFailure, 'PolicyNotAttachable', 'The policy is AWS’s for the roles of its services alone');
plainFailure(
  IdentityTokenFailure,
  'InvalidIdentityToken',
  'The web identity token is not accepted: of no provider that the role’s account knows, for another audience, altered, or, ' +
    'with the code ExpiredToken, no longer valid',
);
plainFailure(
  AuthenticationCodeFailure,
  'InvalidAuthenticationCode',
  'The codes are not two that the MFA device shows one after the other now',
);
