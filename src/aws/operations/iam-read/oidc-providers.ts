import type * as iam from '@aws-sdk/client-iam';
import { RolegateError } from '../../../policy/errors.ts';
import { needs } from '../allowed.ts';
import type { Operation, Operations } from '../operation.ts';
import { arnOf } from './filters.ts';
import { permittedInAccount } from './permitted.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html */
const listOpenIdConnectProviders: Operation<
  iam.ListOpenIDConnectProvidersRequest,
  iam.ListOpenIDConnectProvidersResponse
> = async (context) => {
  const accountId = await permittedInAccount(context, 'iam:ListOpenIDConnectProviders');
  const providers = await context.directory.oidcProviders.list(accountId);
  return { OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) };
};

/**
 * Thumbprints are not kept: the gateway checks tokens with the keys that it was given.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
 */
const getOpenIdConnectProvider: Operation<
  iam.GetOpenIDConnectProviderRequest,
  iam.GetOpenIDConnectProviderResponse
> = async (context, { OpenIDConnectProviderArn: arn }) => {
  arnOf(arn, 'openIDConnectProviderArn');
  await needs(context, { action: 'iam:GetOpenIDConnectProvider', resource: arn, account: null });
  const provider = await context.directory.oidcProviders.find(arn);
  if (provider === null) {
    throw new RolegateError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);
  }
  return {
    Url: provider.url.replace(/^https:\/\//, ''),
    ClientIDList: [...provider.clientIds],
    CreateDate: new Date(provider.createdAt),
  };
};

export const OIDC_PROVIDER_READS = {
  GetOpenIDConnectProvider: getOpenIdConnectProvider,
  ListOpenIDConnectProviders: listOpenIdConnectProviders,
} satisfies Operations;
