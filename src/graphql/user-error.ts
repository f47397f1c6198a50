import type { Answer } from '../access/question.ts';
import { RolegateError } from '../policy/errors.ts';
import { AccessDenied } from '../session/errors.ts';
import { builder } from './builder.ts';
import { Decision } from './decision.ts';

/** What a mutation can fail with, by AWS's own codes. Each is a type of the schema. */
class ExpectedFailure extends RolegateError {
  constructor(error: RolegateError) {
    super(error.code, error.message, { field: error.field, cause: error });
  }
}

export class AccessDeniedFailure extends ExpectedFailure {
  readonly answer: Answer | null;

  constructor(error: RolegateError) {
    super(error);
    this.answer = error instanceof AccessDenied ? error.answer : null;
  }
}
export class ValidationFailure extends ExpectedFailure {}
export class MalformedPolicyFailure extends ExpectedFailure {}
export class PackedPolicyFailure extends ExpectedFailure {}
export class LimitFailure extends ExpectedFailure {}
export class NoSuchEntityFailure extends ExpectedFailure {}

type FailureClass = new (error: RolegateError) => ExpectedFailure;

const FAILURES: Readonly<Record<string, FailureClass>> = {
  AccessDenied: AccessDeniedFailure,
  ValidationError: ValidationFailure,
  BAD_USER_INPUT: ValidationFailure,
  MalformedPolicyDocument: MalformedPolicyFailure,
  PackedPolicyTooLarge: PackedPolicyFailure,
  LimitExceeded: LimitFailure,
  NoSuchEntity: NoSuchEntityFailure,
};

/** Runs a mutation; its expected failures become members of its result, all others errors of the request. */
export async function expectingFailures<T>(mutate: () => Promise<T>): Promise<T> {
  try {
    return await mutate();
  } catch (error) {
    const Failure = error instanceof RolegateError ? FAILURES[error.code] : undefined;
    throw error instanceof RolegateError && Failure !== undefined ? new Failure(error) : error;
  }
}

/** Ours for input that is out of its form is AWS's ValidationError. */
function awsCode({ code }: ExpectedFailure): string {
  return code === 'BAD_USER_INPUT' ? 'ValidationError' : code;
}

export const UserError = builder.interfaceRef<ExpectedFailure>('UserError').implement({
  description: 'Why a mutation did not do what it was asked: something that can be expected and put right',
  fields: (t) => ({
    code: t.string({ description: 'AWS’s own error code, e.g. `AccessDenied`', resolve: awsCode }),
    message: t.exposeString('message', { description: 'What is wrong, for people to read' }),
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

builder.objectType(MalformedPolicyFailure, {
  name: 'MalformedPolicyDocument',
  description: 'A policy document is not one: not JSON, an unknown element, a value of the wrong type',
  interfaces: [UserError],
});

builder.objectType(PackedPolicyFailure, {
  name: 'PackedPolicyTooLarge',
  description: 'Session policies and session tags together exceed what a session can hold',
  interfaces: [UserError],
});

builder.objectType(LimitFailure, {
  name: 'LimitExceeded',
  description: 'There are as many as there can be',
  interfaces: [UserError],
});

builder.objectType(NoSuchEntityFailure, {
  name: 'NoSuchEntity',
  description: 'There is nothing of that name',
  interfaces: [UserError],
});
