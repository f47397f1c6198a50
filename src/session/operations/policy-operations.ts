import { arnOf } from '../../directory/apply/entity-arn.ts';
import {
  checkDescription,
  checkDocument,
  checkName,
  checkPath,
  checkTagKeys,
  checkTags,
  checkVersionId,
} from './checks.ts';
import type { OperationsOf } from './described.ts';
import { ofPolicy } from './names.ts';

type Name =
  | 'createPolicy'
  | 'createPolicyVersion'
  | 'setDefaultPolicyVersion'
  | 'deletePolicyVersion'
  | 'deletePolicy'
  | 'tagPolicy'
  | 'untagPolicy';

/** Operations on managed policies. */
export const POLICY_OPERATIONS: OperationsOf<Name> = {
  createPolicy: {
    action: 'iam:CreatePolicy',
    target: (input) => arnOf('ManagedPolicy', input, input.policyName),
    check: ({ policyName, path, description, tags, policyDocument }) => {
      checkName(policyName, 'policyName', 128);
      checkPath(path);
      checkDescription(description);
      checkTags(tags);
      checkDocument(policyDocument, 'identity');
    },
  },
  createPolicyVersion: {
    action: 'iam:CreatePolicyVersion',
    target: ofPolicy,
    check: ({ policyDocument }) => checkDocument(policyDocument, 'identity'),
  },
  setDefaultPolicyVersion: { action: 'iam:SetDefaultPolicyVersion', target: ofPolicy, check: checkVersionId },
  deletePolicyVersion: { action: 'iam:DeletePolicyVersion', target: ofPolicy, check: checkVersionId },
  deletePolicy: { action: 'iam:DeletePolicy', target: ofPolicy, ends: true },
  tagPolicy: { action: 'iam:TagPolicy', target: ofPolicy, check: ({ tags }) => checkTags(tags) },
  untagPolicy: { action: 'iam:UntagPolicy', target: ofPolicy, check: ({ tagKeys }) => checkTagKeys(tagKeys) },
};
