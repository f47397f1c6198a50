import type * as iam from '@aws-sdk/client-iam';
import { performed } from '../allowed.ts';
import { callersAccount } from '../named-entities.ts';
import type { Operation, Operations } from '../operation.ts';
import { givenArn, refuseTags } from './given.ts';

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 * AWS fetches the provider's keys; the gateway fetches nothing. A provider registered here has no keys, and lets nobody in,
 * until `updateOidcProvider` of GraphQL gives them. Thumbprints concern the connection to the provider, which the gateway does
 * not make: they are not kept.
 */
const createProvider: Operation<
  iam.CreateOpenIDConnectProviderRequest,
  iam.CreateOpenIDConnectProviderResponse
> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  refuseTags(given.Tags, 'OpenID Connect providers');
  const { accountId } = callersAccount(context);
  const provider = { accountId, url: given.Url, clientIds: given.ClientIDList ?? [], jwks: null };
  const { arn } = await performed(context, 'CreateOpenIDConnectProvider', provider, () =>
    sessions.createOidcProvider(caller, provider, now, origin),
  );
  return { OpenIDConnectProviderArn: arn };
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html */
const deleteProvider: Operation<iam.DeleteOpenIDConnectProviderRequest, null> = async (context, given) => {
  const { sessions, caller, now, origin } = context;
  const arn = providerArn(given.OpenIDConnectProviderArn);
  await performed(context, 'DeleteOpenIDConnectProvider', { arn }, () =>
    sessions.deleteOidcProvider(caller, arn, now, origin),
  );
  return null;
};

interface OfClientId {
  readonly OpenIDConnectProviderArn: string | undefined;
  readonly ClientID: string | undefined;
}

type ClientIdOperation = 'AddClientIDToOpenIDConnectProvider' | 'RemoveClientIDFromOpenIDConnectProvider';

/** Both do nothing where there is nothing to do, as with AWS. */
function changingClientId(operation: ClientIdOperation): Operation<OfClientId, null> {
  return async (context, given) => {
    const { sessions, caller, now, origin } = context;
    const arn = providerArn(given.OpenIDConnectProviderArn);
    const input = { arn, clientId: given.ClientID };
    await performed(context, operation, { arn }, () =>
      operation === 'AddClientIDToOpenIDConnectProvider'
        ? sessions.addOidcClientId(caller, input, now, origin)
        : sessions.removeOidcClientId(caller, input, now, origin),
    );
    return null;
  };
}

function providerArn(text: string): string {
  return givenArn(text, 'openIDConnectProviderArn');
}

/** OpenID Connect providers. */
export const OIDC_PROVIDER_CHANGES = {
  CreateOpenIDConnectProvider: createProvider,
  DeleteOpenIDConnectProvider: deleteProvider,
  AddClientIDToOpenIDConnectProvider: changingClientId('AddClientIDToOpenIDConnectProvider'),
  RemoveClientIDFromOpenIDConnectProvider: changingClientId('RemoveClientIDFromOpenIDConnectProvider'),
} satisfies Operations;
