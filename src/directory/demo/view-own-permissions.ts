import { policyText } from './policy-text.ts';

/** A policy variable of IAM: the name of the calling user. */
const MYSELF = `arn:aws:iam::*:user/\${aws:username}`;

/**
 * AWS's own example of a policy that lets users view their permissions. Without it the gateway tells them what they may do,
 * but not by which policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/security_iam_id-based-policy-examples.html
 */
export const viewOwnPermissions = policyText(
  {
    Sid: 'ViewOwnUserInfo',
    Effect: 'Allow',
    Action: [
      'iam:GetUserPolicy',
      'iam:ListGroupsForUser',
      'iam:ListAttachedUserPolicies',
      'iam:ListUserPolicies',
      'iam:GetUser',
    ],
    Resource: MYSELF,
  },
  {
    Sid: 'ViewPolicies',
    Effect: 'Allow',
    Action: [
      'iam:GetGroupPolicy',
      'iam:GetPolicyVersion',
      'iam:GetPolicy',
      'iam:ListAttachedGroupPolicies',
      'iam:ListGroupPolicies',
      'iam:ListPolicyVersions',
      'iam:ListPolicies',
      'iam:ListUsers',
    ],
    Resource: '*',
  },
);
