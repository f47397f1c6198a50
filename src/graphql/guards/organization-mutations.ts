import { accountId, controlPolicyType, givenAccountId, givenText, text } from './argument-reader.ts';
import { type FieldGuard, performs } from './field-guard.ts';

const ORGANIZATION = { organizationId: text };
const UNIT = { ...ORGANIZATION, unitId: text };
const POLICY = { ...ORGANIZATION, policyId: text };
const ATTACHMENT = { ...POLICY, targetId: text };
const TYPE = { ...ORGANIZATION, type: controlPolicyType };
const ADMINISTRATION = { ...ORGANIZATION, accountId, servicePrincipal: text };

/** The operations of mutations on accounts, organizations and control policies. */
export const ORGANIZATION_MUTATION_GUARDS: Readonly<Record<string, FieldGuard>> = {
  'Mutation.createAccount': performs('CreateAccount', { accountId: givenAccountId, organizationId: givenText }),
  'Mutation.putAccountName': performs('PutAccountName', { accountId }),
  'Mutation.closeAccount': performs('CloseAccount', { accountId, organizationId: givenText }),
  'Mutation.moveAccount': performs('MoveAccount', {
    ...ORGANIZATION,
    accountId,
    sourceParentId: givenText,
    destinationParentId: text,
  }),
  'Mutation.addAccountToOrganization': performs('AddAccountToOrganization', { accountId }),
  'Mutation.removeAccountFromOrganization': performs('RemoveAccountFromOrganization', { ...ORGANIZATION, accountId }),
  'Mutation.createOrganization': performs('CreateOrganization', { accountId }),
  'Mutation.deleteOrganization': performs('DeleteOrganization', ORGANIZATION),
  'Mutation.createOrganizationalUnit': performs('CreateOrganizationalUnit', { ...ORGANIZATION, parentId: text }),
  'Mutation.updateOrganizationalUnit': performs('UpdateOrganizationalUnit', UNIT),
  'Mutation.deleteOrganizationalUnit': performs('DeleteOrganizationalUnit', UNIT),
  'Mutation.registerDelegatedAdministrator': performs('RegisterDelegatedAdministrator', ADMINISTRATION),
  'Mutation.deregisterDelegatedAdministrator': performs('DeregisterDelegatedAdministrator', ADMINISTRATION),
  'Mutation.createControlPolicy': performs('CreateControlPolicy', TYPE),
  'Mutation.updateControlPolicy': performs('UpdateControlPolicy', POLICY),
  'Mutation.deleteControlPolicy': performs('DeleteControlPolicy', POLICY),
  'Mutation.attachControlPolicy': performs('AttachControlPolicy', ATTACHMENT),
  'Mutation.detachControlPolicy': performs('DetachControlPolicy', ATTACHMENT),
  'Mutation.enablePolicyType': performs('EnablePolicyType', TYPE),
  'Mutation.disablePolicyType': performs('DisablePolicyType', TYPE),
};
