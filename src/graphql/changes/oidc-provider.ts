import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import {
  AccessDeniedFailure,
  EntityExistsFailure,
  expectingFailures,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { given } from '../input.ts';

const PROVIDER_ARN = 'arn:aws:iam::111111111111:oidc-provider/host/path';
const CLIENT_IDS = 'The audiences that its tokens may be for: 1 to 100 of 1 to 255 characters';
const JWKS =
  'Its JSON Web Key Set (RFC 7517) as text: 1 to 100 public keys, at most 131,072 characters. The gateway asks nobody for keys';

const OidcProvider = builder.prismaObject('OidcProvider', {
  select: { arn: true },
  description: 'An OpenID Connect provider that an account lets its roles trust',
  fields: (t) => ({
    arn: t.expose('arn', { type: 'Arn', description: PROVIDER_ARN }),
    url: t.exposeString('url', { description: 'https://host/path: the `iss` of its tokens' }),
    clientIds: t.exposeStringList('clientIds', { description: 'The audiences that its tokens may be for' }),
    keyIds: t.stringList({
      description: 'The `kid`s of the public keys that its tokens are verified with, of those that have one',
      select: { jwks: true },
      resolve: ({ jwks }) => keyIdsOf(jwks),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered' }),
  }),
});

function keyIdsOf(jwks: unknown): string[] {
  const { keys } = jwks as { readonly keys: readonly { readonly kid?: unknown }[] }; // as: looked at when it was registered
  return keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
}

builder.prismaObjectField(Account, 'oidcProviders', (t) =>
  t.relation('oidcProviders', {
    type: OidcProvider,
    nullable: true,
    description: 'Its OpenID Connect providers, in the order of their ARNs. Needs iam:ListOpenIDConnectProviders',
    query: { orderBy: { arn: 'asc' } },
  }),
);

/** A provider that is there, or was. */
interface ProviderArn {
  readonly arn: string;
}

const SaveOidcProviderSuccess = builder.objectRef<ProviderArn>('SaveOidcProviderSuccess').implement({
  description: 'The provider is registered as was asked',
  fields: (t) => ({ arn: t.expose('arn', { type: 'Arn', description: PROVIDER_ARN }) }),
});

const CreateOidcProviderInput = builder.inputType('CreateOidcProviderInput', {
  description: 'A provider that is to be registered in an account',
  fields: (t) => ({
    accountId: t.field({ type: 'AccountId', required: true, description: 'The account whose roles are to trust it' }),
    url: t.string({
      required: true,
      description: 'https://host/path: the `iss` of its tokens; no query, at most 255 characters',
    }),
    clientIds: t.stringList({ required: true, description: CLIENT_IDS }),
    jwks: t.string({ required: true, description: JWKS }),
  }),
});

builder.mutationField('createOidcProvider', (t) =>
  t.field({
    type: SaveOidcProviderSuccess,
    nullable: true,
    description:
      'iam:CreateOpenIDConnectProvider: registers a provider in an account, with its keys. Needs ' +
      'iam:CreateOpenIDConnectProvider on its ARN',
    args: { input: t.arg({ type: CreateOidcProviderInput, required: true, description: 'The provider' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, EntityExistsFailure, NoSuchEntityFailure],
      union: { name: 'CreateOidcProviderResult', description: 'The provider is registered, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(() => sessions.createOidcProvider(caller, input, now, origin)),
  }),
);

const UpdateOidcProviderInput = builder.inputType('UpdateOidcProviderInput', {
  description: 'What of a provider is to change; what is left out stays',
  fields: (t) => ({
    arn: t.field({ type: 'Arn', required: true, description: PROVIDER_ARN }),
    clientIds: t.stringList({ description: CLIENT_IDS }),
    jwks: t.string({ description: JWKS }),
  }),
});

builder.mutationField('updateOidcProvider', (t) =>
  t.field({
    type: SaveOidcProviderSuccess,
    nullable: true,
    description:
      'New audiences or keys of a provider, in the place of the old ones. Needs, on its ARN, for audiences ' +
      'iam:AddClientIDToOpenIDConnectProvider and iam:RemoveClientIDFromOpenIDConnectProvider, for keys ' +
      'iam:UpdateOpenIDConnectProviderThumbprint',
    args: { input: t.arg({ type: UpdateOidcProviderInput, required: true, description: 'What is to change' }) },
    errors: {
      types: [AccessDeniedFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'UpdateOidcProviderResult', description: 'The provider is registered so, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const { arn, ...change } = input;
        await sessions.updateOidcProvider(caller, { arn, ...given(change) }, now, origin);
        return { arn };
      }),
  }),
);

const DeleteOidcProviderInput = builder.inputType('DeleteOidcProviderInput', {
  description: 'Which provider is to be deleted',
  fields: (t) => ({ arn: t.field({ type: 'Arn', required: true, description: PROVIDER_ARN }) }),
});

const DeleteOidcProviderSuccess = builder.objectRef<ProviderArn>('DeleteOidcProviderSuccess').implement({
  description: 'The provider is gone; role sessions that were made with its tokens go on',
  fields: (t) => ({ arn: t.expose('arn', { type: 'Arn', description: 'The provider that was deleted' }) }),
});

builder.mutationField('deleteOidcProvider', (t) =>
  t.field({
    type: DeleteOidcProviderSuccess,
    nullable: true,
    description: 'iam:DeleteOpenIDConnectProvider. Needs iam:DeleteOpenIDConnectProvider on its ARN',
    args: { input: t.arg({ type: DeleteOidcProviderInput, required: true, description: 'Which provider' }) },
    errors: {
      types: [AccessDeniedFailure, NoSuchEntityFailure],
      union: { name: 'DeleteOidcProviderResult', description: 'The provider is gone, or why not' },
    },
    resolve: (_root, { input }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        await sessions.deleteOidcProvider(caller, input.arn, now, origin);
        return input;
      }),
  }),
);
