import { RolegateError } from '../../policy/errors.ts';

/**
 * Codes of AWS Organizations with its sentences.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html, the errors of each operation
 */
const SENTENCES = {
  AccountNotFoundException: "You specified an account that doesn't exist.",
  AccountAlreadyRegisteredException:
    'The specified account is already a delegated administrator for this Amazon Web Services service.',
  AccountNotRegisteredException:
    'The specified account is not a delegated administrator for this Amazon Web Services service.',
  AlreadyInOrganizationException:
    'This account is already a member of an organization. An account can belong to only one organization at a time.',
  DestinationParentNotFoundException:
    "The destination container (root or OU) with the ParentId that you specified doesn't exist.",
  DuplicateAccountException: 'That account is already present in the specified destination.',
  DuplicateOrganizationalUnitException: 'An OU with the same name already exists.',
  DuplicatePolicyAttachmentException: 'The selected policy is already attached to the specified target.',
  DuplicatePolicyException: 'A policy with the same name already exists.',
  MasterCannotLeaveOrganizationException:
    "You can't remove a management account from an organization. If you want the management account to become a member " +
    'account in another organization, you must first delete the current organization of the management account.',
  OrganizationNotEmptyException:
    "The organization isn't empty. To delete an organization, you must first remove all accounts except the management " +
    'account, delete all OUs, and delete all policies.',
  OrganizationalUnitNotEmptyException:
    'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the ' +
    'operation again.',
  OrganizationalUnitNotFoundException: "You specified an OU that doesn't exist.",
  ParentNotFoundException: "You specified a parent that doesn't exist.",
  PolicyInUseException:
    'The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing ' +
    'this operation.',
  PolicyNotAttachedException: "The policy isn't attached to the specified target in the specified root.",
  PolicyNotFoundException: "You specified a policy that doesn't exist.",
  PolicyTypeAlreadyEnabledException: 'The specified policy type is already enabled in the specified root.',
  PolicyTypeNotEnabledException: "The specified policy type isn't currently enabled in this root.",
  SourceParentNotFoundException:
    "The source container (root or OU) with the ParentId that you specified doesn't exist.",
  TargetNotFoundException: "You specified a target that doesn't exist.",
} as const;

export type OrganizationErrorCode = keyof typeof SENTENCES;

/** `field`: the one of the input at fault. */
export function organizationError(code: OrganizationErrorCode, field: string): RolegateError {
  return new RolegateError(code, SENTENCES[code], { field });
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html#API_AttachPolicy_Errors */
const CONSTRAINTS = {
  CANNOT_CLOSE_MANAGEMENT_ACCOUNT:
    'You attempted to close the management account. To close it, you must first either remove or close all member accounts ' +
    'in the organization, and delete the organization.',
  CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR:
    'You attempted to register the management account of the organization as a delegated administrator for an Amazon Web ' +
    'Services service integrated with Organizations. You can designate only a member account as a delegated administrator.',
  CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG:
    'You attempted to remove an account that is registered as a delegated administrator for a service integrated with your ' +
    'organization. To complete this operation, you must first deregister this account as a delegated administrator.',
  MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED:
    'You attempted to exceed the number of policies of a certain type that can be attached to an entity at one time.',
  MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED:
    'You attempted to detach a policy from an entity that would cause the entity to have fewer than the minimum number of ' +
    'policies of a certain type required.',
  OU_DEPTH_LIMIT_EXCEEDED: 'You attempted to create an OU tree that is too many levels deep.',
  OU_NUMBER_LIMIT_EXCEEDED: 'You attempted to exceed the number of OUs that you can have in an organization.',
  POLICY_NUMBER_LIMIT_EXCEEDED: 'You attempted to exceed the number of policies that you can have in an organization.',
} as const;

/** `field`: the one of the input at fault. `limit`: what the constraint allows, for the message. */
export function constraintViolation(
  reason: keyof typeof CONSTRAINTS,
  field: string,
  limit: number | null = null,
): RolegateError {
  const most = limit === null ? '' : ` The limit is ${limit}.`;
  return new RolegateError('ConstraintViolationException', `${CONSTRAINTS[reason]}${most} (${reason})`, { field });
}
