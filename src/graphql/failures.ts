import type { Answer } from '../access/question.ts';
import type { Touched } from '../directory/apply/revision.ts';
import { Conflict } from '../directory/entities/untouched.ts';
import { RolegateError } from '../policy/errors.ts';
import { RefusedPolicy } from '../policy/refused-policy.ts';
import type { PolicyFinding } from '../policy/validate.ts';
import { AccessDenied, AuthenticationError } from '../session/errors.ts';

/** The expected failures of mutations, by AWS's own codes. Each is a type of the schema: see user-error.ts. */
export class ExpectedFailure extends RolegateError {
  /** The decision behind a refusal. Left out: not a refusal; null: no decision was made. */
  readonly answer?: Answer | null;

  constructor(error: RolegateError) {
    super(error.code, error.message, { field: error.field, cause: error });
  }
}

export class AccessDeniedFailure extends ExpectedFailure {
  override readonly answer: Answer | null;

  constructor(error: RolegateError) {
    super(error);
    this.answer = error instanceof AccessDenied ? error.answer : null;
  }
}
export class AuthenticationFailure extends ExpectedFailure {}
export class ValidationFailure extends ExpectedFailure {}
export class ConflictFailure extends ExpectedFailure {
  readonly touched: readonly Touched[];

  constructor(error: RolegateError) {
    super(error);
    this.touched = error instanceof Conflict ? error.touched : [];
  }
}
/** One of several changes fails, and none was made. */
export class ChangeFailedFailure extends ExpectedFailure {
  /** The failure of the change. */
  readonly why: ExpectedFailure;
  /** Its place among the changes, from 0. */
  readonly index: number;
  /** Its name. */
  readonly change: string;

  constructor(why: ExpectedFailure, { index, change }: { readonly index: number; readonly change: string }) {
    super(why);
    this.why = why;
    this.index = index;
    this.change = change;
  }
}
export class MalformedPolicyFailure extends ExpectedFailure {
  readonly findings: readonly PolicyFinding[];

  constructor(error: RolegateError) {
    super(error);
    this.findings = error instanceof RefusedPolicy ? error.findings : [];
  }
}
export class PackedPolicyFailure extends ExpectedFailure {}
export class LimitFailure extends ExpectedFailure {}
export class NoSuchEntityFailure extends ExpectedFailure {}
export class EntityExistsFailure extends ExpectedFailure {}
export class DeleteConflictFailure extends ExpectedFailure {}
export class UnmodifiableFailure extends ExpectedFailure {}
export class NotAttachableFailure extends ExpectedFailure {}
export class ConstraintFailure extends ExpectedFailure {}
export class IdentityTokenFailure extends ExpectedFailure {}
export class AuthenticationCodeFailure extends ExpectedFailure {}

type FailureClass = new (error: RolegateError) => ExpectedFailure;

/** The codes of AWS Organizations, and of EC2 where it has one of its own, by what they say. */
const ORGANIZATION_FAILURES: Readonly<Record<string, FailureClass>> = {
  ...Object.fromEntries(
    [
      'AccountNotFoundException',
      'AccountNotRegisteredException',
      'DestinationParentNotFoundException',
      'InvalidVpcEndpointId.NotFound',
      'OrganizationalUnitNotFoundException',
      'ParentNotFoundException',
      'PolicyNotAttachedException',
      'PolicyNotFoundException',
      'SourceParentNotFoundException',
      'TargetNotFoundException',
    ].map((code) => [code, NoSuchEntityFailure]),
  ),
  ...Object.fromEntries(
    [
      'AccountAlreadyRegisteredException',
      'AlreadyInOrganizationException',
      'DuplicateAccountException',
      'DuplicateOrganizationalUnitException',
      'DuplicatePolicyAttachmentException',
      'DuplicatePolicyException',
      'PolicyTypeAlreadyEnabledException',
    ].map((code) => [code, EntityExistsFailure]),
  ),
  OrganizationNotEmptyException: DeleteConflictFailure,
  OrganizationalUnitNotEmptyException: DeleteConflictFailure,
  PolicyInUseException: DeleteConflictFailure,
  ConstraintViolationException: ConstraintFailure,
  MasterCannotLeaveOrganizationException: ConstraintFailure,
  PolicyTypeNotEnabledException: ConstraintFailure,
  InvalidInputException: ValidationFailure,
  MalformedPolicyDocumentException: MalformedPolicyFailure,
};

const FAILURES: Readonly<Record<string, FailureClass>> = {
  AccessDenied: AccessDeniedFailure,
  ValidationError: ValidationFailure,
  InvalidInput: ValidationFailure,
  CONFLICT: ConflictFailure,
  BAD_USER_INPUT: ValidationFailure,
  MalformedPolicyDocument: MalformedPolicyFailure,
  PackedPolicyTooLarge: PackedPolicyFailure,
  LimitExceeded: LimitFailure,
  NoSuchEntity: NoSuchEntityFailure,
  EntityAlreadyExists: EntityExistsFailure,
  DeleteConflict: DeleteConflictFailure,
  UnmodifiableEntity: UnmodifiableFailure,
  PolicyNotAttachable: NotAttachableFailure,
  ...ORGANIZATION_FAILURES,
  InvalidIdentityToken: IdentityTokenFailure,
  // For a web identity token. Expired credentials of the caller are AuthenticationErrors.
  ExpiredToken: IdentityTokenFailure,
  InvalidAuthenticationCode: AuthenticationCodeFailure,
};

/** Runs a mutation; its expected failures become members of its result, all other errors become errors of the request. */
export async function expectingFailures<T>(mutate: () => Promise<T>): Promise<T> {
  try {
    return await mutate();
  } catch (error) {
    throw error instanceof RolegateError ? asFailure(error) : error;
  }
}

/** The error as a member of results; the error itself if no result expects it. */
export function asFailure(error: RolegateError): RolegateError {
  if (error instanceof ExpectedFailure) return error;
  const Failure = error instanceof AuthenticationError ? AuthenticationFailure : FAILURES[error.code];
  return Failure === undefined ? error : new Failure(error);
}
