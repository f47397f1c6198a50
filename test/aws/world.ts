import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { A, allow, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';

/** carol's key, as those of the demo. */
export const CAROL = 'AKIADEMOCAROLAAAAAAA';
export const CAROL_ARN = userArn('carol');
export const ISSUER = 'https://token.example.com/ci';
export const PROVIDER = `arn:aws:iam::${A}:oidc-provider/token.example.com/ci`;
/** Asks for an external id. */
export const PARTNER = roleArn('Partner', B);
/** The first hop of a chain of two. */
export const HOP = roleArn('Hop');
export const NEXT = roleArn('Next', B);
/** Asks for MFA. */
export const WITH_MFA = roleArn('WithMfa');
/** For web identities. */
export const CI = roleArn('Ci');

const SESSION = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const WEB_IDENTITY = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** The demo organization, with roles that ask for something before they let somebody in. */
export function doorWorld(): DirectoryDocument {
  const demo = demoDirectory();
  const carol = { AWS: CAROL_ARN };
  const externalId = { StringEquals: { 'sts:ExternalId': 'x-123' } };
  const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
  const audience = { StringEquals: { 'token.example.com/ci:aud': 'rolegate' } };
  return {
    ...demo,
    users: [
      ...(demo.users ?? []),
      aUser('carol', [
        allow([...SESSION, 'sts:GetFederationToken', 'sts:GetAccessKeyInfo', 'sts:DecodeAuthorizationMessage']),
      ]),
    ],
    roles: [
      ...(demo.roles ?? []),
      { arn: PARTNER, trustPolicy: policy(trusts(carol, { condition: externalId })), inlinePolicies: [] },
      aRole('Hop', [trusts(carol, { action: SESSION })], [allow(SESSION, NEXT)], { maxSessionDuration: 7200 }),
      {
        arn: NEXT,
        trustPolicy: policy(trusts({ AWS: HOP }, { action: SESSION })),
        inlinePolicies: [],
        maxSessionDuration: 7200,
      },
      aRole('WithMfa', [trusts(carol, { condition: mfa })]),
      aRole('Ci', [trusts({ Federated: PROVIDER }, { action: WEB_IDENTITY, condition: audience })]),
    ],
    accessKeys: [...(demo.accessKeys ?? []), { id: CAROL, user: CAROL_ARN }],
  };
}
