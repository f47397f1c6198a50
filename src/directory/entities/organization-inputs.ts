import type { ControlPolicyInput } from '../document.ts';
import type { ChangeOf } from './change-of.ts';
import type { Deletion } from './entity-inputs.ts';

export type ControlPolicyType = ControlPolicyInput['type'];

export interface OrganizationName {
  /** o-… */
  readonly organizationId: string;
}

interface AccountName {
  /** Twelve digits. */
  readonly accountId: string;
}

interface UnitName extends OrganizationName {
  /** ou-… */
  readonly unitId: string;
}

interface ControlPolicyName extends OrganizationName {
  /** p-… */
  readonly policyId: string;
}

interface Attachment extends ControlPolicyName {
  /** r-…, ou-… or an account id. */
  readonly targetId: string;
}

interface Administration extends OrganizationName, AccountName {
  /** iam.amazonaws.com … */
  readonly servicePrincipal: string;
}

interface TypeOfOrganization extends OrganizationName {
  readonly type: ControlPolicyType;
}

export interface NewAccount {
  readonly name: string;
  /** Left out: one that is not taken is made. */
  readonly accountId?: string;
  /** Left out: that of the organization's management account, and `aws` outside of organizations. */
  readonly partition?: string;
  /** Left out: it belongs to none. In an organization it lies under the root, with a role for the management account. */
  readonly organizationId?: string;
  /** Name of that role; left out: OrganizationAccountAccessRole. */
  readonly roleName?: string;
}

/** Changes of accounts and of their places. The result is the account's id. */
export interface AccountChanges {
  /** Throws EntityAlreadyExists for an id that is taken, and what `addAccountToOrganization` throws. */
  readonly createAccount: ChangeOf<NewAccount>;
  /** Throws NoSuchEntity. */
  readonly putAccountName: ChangeOf<AccountName & { readonly name: string }>;
  /**
   * `organizationId`: the organization that it must be in; left out: wherever it is. Throws AccountNotFoundException, DeleteConflict
   * while something lies in the account, and ConstraintViolationException for a management account.
   */
  readonly closeAccount: ChangeOf<AccountName & Deletion & Partial<OrganizationName>>;
  /**
   * `sourceParentId` left out: wherever it is in the organization. Throws AccountNotFoundException,
   * SourceParentNotFoundException, DestinationParentNotFoundException, DuplicateAccountException.
   */
  readonly moveAccount: ChangeOf<
    AccountName & OrganizationName & { readonly sourceParentId?: string; readonly destinationParentId: string }
  >;
  /** The account lies under the root then. Throws AccountNotFoundException, AlreadyInOrganizationException. */
  readonly addAccountToOrganization: ChangeOf<AccountName & OrganizationName>;
  /**
   * The account belongs to no organization then. Throws AccountNotFoundException, MasterCannotLeaveOrganizationException, and
   * ConstraintViolationException for a delegated administrator.
   */
  readonly removeAccountFromOrganization: ChangeOf<AccountName & OrganizationName>;
}

/** Changes of organizations and units. All throw NoSuchEntity for an organization that is not stored. */
export interface OrganizationChanges {
  /**
   * An organization of one account, which manages it, without control policies and with no type of them enabled. The result is
   * its id. Throws AccountNotFoundException, AlreadyInOrganizationException.
   */
  readonly createOrganization: ChangeOf<{ readonly managementAccountId: string }>;
  /** Throws OrganizationNotEmptyException while other accounts, units or policies of its own are in it. */
  readonly deleteOrganization: ChangeOf<OrganizationName>;
  /**
   * The result is the id of the unit. Throws ParentNotFoundException, DuplicateOrganizationalUnitException,
   * ConstraintViolationException (5 levels, 2,000 units).
   */
  readonly createOrganizationalUnit: ChangeOf<OrganizationName & { readonly parentId: string; readonly name: string }>;
  /** Throws OrganizationalUnitNotFoundException, DuplicateOrganizationalUnitException. */
  readonly updateOrganizationalUnit: ChangeOf<UnitName & { readonly name: string }>;
  /** Throws OrganizationalUnitNotFoundException, OrganizationalUnitNotEmptyException. */
  readonly deleteOrganizationalUnit: ChangeOf<UnitName>;
  /** Throws AccountNotFoundException, AccountAlreadyRegisteredException, ConstraintViolationException for the management account. */
  readonly registerDelegatedAdministrator: ChangeOf<Administration>;
  /** Throws AccountNotFoundException, AccountNotRegisteredException. */
  readonly deregisterDelegatedAdministrator: ChangeOf<Administration>;
}

/** Changes of control policies. All throw NoSuchEntity for an organization that is not stored. */
export interface ControlPolicyChanges {
  /** The result is the id of the policy. Throws DuplicatePolicyException, ConstraintViolationException (10,000 and 2,000 policies). */
  readonly createControlPolicy: ChangeOf<
    TypeOfOrganization & { readonly name: string; readonly description?: string; readonly policyDocument: string }
  >;
  /**
   * What is left out stays. Throws PolicyNotFoundException, DuplicatePolicyException, MalformedPolicyDocumentException, LimitExceeded,
   * and InvalidInputException for policies of AWS.
   */
  readonly updateControlPolicy: ChangeOf<
    ControlPolicyName & { readonly name?: string; readonly description?: string; readonly policyDocument?: string }
  >;
  /** Throws PolicyNotFoundException, PolicyInUseException, InvalidInputException for policies of AWS. */
  readonly deleteControlPolicy: ChangeOf<ControlPolicyName>;
  /**
   * Throws PolicyNotFoundException, TargetNotFoundException, PolicyTypeNotEnabledException, DuplicatePolicyAttachmentException, and
   * ConstraintViolationException (10 service control policies, 5 resource control policies).
   */
  readonly attachControlPolicy: ChangeOf<Attachment>;
  /**
   * Throws PolicyNotFoundException, TargetNotFoundException, PolicyNotAttachedException, and ConstraintViolationException for
   * RCPFullAWSAccess and for the last service control policy of a target.
   */
  readonly detachControlPolicy: ChangeOf<Attachment>;
  /** Attaches AWS's own policy of the type everywhere. Throws PolicyTypeAlreadyEnabledException. */
  readonly enablePolicyType: ChangeOf<TypeOfOrganization>;
  /** Detaches all policies of the type. Throws PolicyTypeNotEnabledException. */
  readonly disablePolicyType: ChangeOf<TypeOfOrganization>;
}
