import type * as sts from '@aws-sdk/client-sts';
import { RolegateError } from '../../policy/errors.ts';
import { ValidationError } from '../../session/errors.ts';
import { needs, performed } from './allowed.ts';
import type { AwsContext, Operation, Operations } from './operation.ts';
import { credentialsOf, inNamesOfSts, limitsOf } from './sts-values.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const getCallerIdentity: Operation<sts.GetCallerIdentityRequest, sts.GetCallerIdentityResponse> = async ({
  sessions,
  caller,
}) => {
  const { userId, account, arn } = await sessions.getCallerIdentity(caller);
  return { UserId: userId, Account: account ?? undefined, Arn: arn };
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const assumeRole: Operation<sts.AssumeRoleRequest, sts.AssumeRoleResponse> = (context, input) =>
  performed(context, 'AssumeRole', {}, async () => {
    const { sessions, caller, now, origin } = context;
    const parameters = {
      ...limitsOf(input),
      role: input.RoleArn,
      roleSessionName: input.RoleSessionName,
      durationSeconds: input.DurationSeconds ?? null,
      externalId: input.ExternalId ?? null,
      transitiveTagKeys: input.TransitiveTagKeys ?? [],
      sourceIdentity: input.SourceIdentity ?? null,
      serialNumber: input.SerialNumber ?? null,
      tokenCode: input.TokenCode ?? null,
    };
    const { session, credentials, packedPolicySize } = await inNamesOfSts(
      sessions.assumeRole(caller, parameters, now, origin),
    );
    return {
      Credentials: credentialsOf(credentials),
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${session.roleSessionName}`, Arn: session.arn },
      PackedPolicySize: packedPolicySize ?? undefined,
      SourceIdentity: session.sourceIdentity ?? undefined,
    };
  });

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const assumeRoleWithWebIdentity: Operation<
  sts.AssumeRoleWithWebIdentityRequest,
  sts.AssumeRoleWithWebIdentityResponse
> = (context, input) =>
  performed(context, 'AssumeRoleWithWebIdentity', {}, async () => {
    const { sessions, now, origin } = context;
    if (input.ProviderId !== undefined) throw new ValidationError(NO_OAUTH, 'providerId');
    const parameters = {
      ...limitsOf(input),
      role: input.RoleArn,
      roleSessionName: input.RoleSessionName,
      durationSeconds: input.DurationSeconds ?? null,
      webIdentityToken: input.WebIdentityToken,
    };
    const assumed = await inNamesOfSts(sessions.assumeRoleWithWebIdentity(parameters, now, origin));
    const { session, credentials, packedPolicySize } = assumed;
    return {
      Credentials: credentialsOf(credentials),
      SubjectFromWebIdentityToken: assumed.subjectFromWebIdentityToken,
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${session.roleSessionName}`, Arn: session.arn },
      PackedPolicySize: packedPolicySize ?? undefined,
      Provider: assumed.provider,
      Audience: assumed.audience,
      SourceIdentity: session.sourceIdentity ?? undefined,
    };
  });

const NO_OAUTH =
  'ProviderId is for the OAuth 2.0 access tokens of www.amazon.com and graph.facebook.com, which are not accepted here: leave it out for ID tokens';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
const getSessionToken: Operation<sts.GetSessionTokenRequest, sts.GetSessionTokenResponse> = (context, input) =>
  performed(context, 'GetSessionToken', {}, async () => {
    const { sessions, caller, now, origin } = context;
    const parameters = {
      durationSeconds: input.DurationSeconds ?? null,
      serialNumber: input.SerialNumber ?? null,
      tokenCode: input.TokenCode ?? null,
    };
    return {
      Credentials: credentialsOf(await inNamesOfSts(sessions.getSessionToken(caller, parameters, now, origin))),
    };
  });

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
const getFederationToken: Operation<sts.GetFederationTokenRequest, sts.GetFederationTokenResponse> = (context, input) =>
  performed(context, 'GetFederationToken', {}, async () => {
    const { sessions, caller, now, origin } = context;
    const parameters = { ...limitsOf(input), name: input.Name, durationSeconds: input.DurationSeconds ?? null };
    const made = await inNamesOfSts(sessions.getFederationToken(caller, parameters, now, origin));
    return {
      Credentials: credentialsOf(made.credentials),
      FederatedUser: { FederatedUserId: made.federatedUserId, Arn: made.arn },
      PackedPolicySize: made.packedPolicySize ?? undefined,
    };
  });

/** An action without resource types. */
function onEverything(action: string) {
  return { action, resource: '*', account: null };
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html. AWS answers for keys of any account; a key of
 * a service belongs to none.
 */
const getAccessKeyInfo: Operation<sts.GetAccessKeyInfoRequest, sts.GetAccessKeyInfoResponse> = async (
  context: AwsContext,
  input,
) => {
  await needs(context, onEverything('sts:GetAccessKeyInfo'));
  const account = await context.sessions.getAccessKeyAccount(input.AccessKeyId);
  if (account === null) {
    throw new ValidationError('The access key id is that of no account', 'accessKeyId');
  }
  return { Account: account };
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html. The gateway encodes no messages. */
const decodeAuthorizationMessage: Operation<
  sts.DecodeAuthorizationMessageRequest,
  sts.DecodeAuthorizationMessageResponse
> = async (context) => {
  await needs(context, onEverything('sts:DecodeAuthorizationMessage'));
  throw new RolegateError('InvalidAuthorizationMessageException', 'Message is not valid');
};

/** Operations of the Security Token Service. */
export const STS_OPERATIONS = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetFederationToken: getFederationToken,
  GetSessionToken: getSessionToken,
} satisfies Operations;
