import type { ChangeOptions } from '../../directory/entities/entity-store.ts';
import type { Saved } from '../../session/oidc-provider.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import {
  AccessDeniedFailure,
  ConflictFailure,
  EntityExistsFailure,
  expectingFailures,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { given } from '../input.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { changeArguments, changeOptions } from './change-arguments.ts';
import { type Changed, changedFields } from './changed-fields.ts';

const PROVIDER_ARN = 'ARN of the provider: arn:aws:iam::111111111111:oidc-provider/host/path';
const CLIENT_IDS = 'Accepted audiences of its tokens: 1 to 100, each of 1 to 255 characters';
const JWKS =
  'Its JSON Web Key Set (RFC 7517) as text: 1 to 100 public keys, at most 131,072 characters. The gateway never ' +
  'fetches keys';

const OidcProvider = builder.prismaObject('OidcProvider', {
  select: { arn: true },
  description: 'An OpenID Connect provider that the roles of an account can trust',
  fields: (t) => ({
    arn: t.expose('arn', { type: 'Arn', description: PROVIDER_ARN }),
    url: t.exposeString('url', { description: 'https://host/path: the `iss` of its tokens' }),
    clientIds: t.exposeStringList('clientIds', { description: 'Accepted audiences of its tokens' }),
    keyIds: t.stringList({
      description: 'The `kid`s of the public keys that verify its tokens; keys without a `kid` are left out',
      select: { jwks: true },
      resolve: ({ jwks }) => keyIdsOf(jwks),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the provider was registered' }),
  }),
});

function keyIdsOf(jwks: unknown): string[] {
  const { keys } = jwks as { readonly keys: readonly { readonly kid?: unknown }[] }; // as: checked when it was registered
  return keys.flatMap(({ kid }) => (typeof kid === 'string' ? [kid] : []));
}

builder.prismaObjectField(Account, 'oidcProviders', (t) =>
  t.relation('oidcProviders', {
    type: OidcProvider,
    nullable: true,
    description:
      'OpenID Connect providers of the account, in the order of their ARNs. Needs iam:ListOpenIDConnectProviders',
    query: { orderBy: { arn: 'asc' } },
  }),
);

const SaveOidcProviderSuccess = builder.objectRef<Changed>('SaveOidcProviderSuccess').implement({
  description: 'The provider was registered or updated; in a dry run, it would be',
  fields: (t) => ({ arn: t.expose('arn', { type: 'Arn', description: PROVIDER_ARN }), ...changedFields(t) }),
});

/** What became of the provider. */
function saved(arn: string, { revision, touched }: Saved, { dryRun = false }: ChangeOptions): Changed {
  return { arn, named: [arn], revision, touched, dryRun };
}

const CreateOidcProviderInput = builder.inputType('CreateOidcProviderInput', {
  description: 'The parameters of iam:CreateOpenIDConnectProvider',
  fields: (t) => ({
    accountId: t.field({
      type: 'AccountId',
      required: true,
      description: 'The account whose roles can trust the provider',
    }),
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
      `iam:CreateOpenIDConnectProvider on its ARN. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: CreateOidcProviderInput,
        required: true,
        description: 'The parameters of iam:CreateOpenIDConnectProvider',
      }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, ValidationFailure, EntityExistsFailure, NoSuchEntityFailure],
      union: { name: 'CreateOidcProviderResult', description: 'The provider, or why it was not registered' },
    },
    resolve: (_root, { input, ...asked }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        const provider = await sessions.createOidcProvider(caller, input, now, origin, options);
        return saved(provider.arn, provider, options);
      }),
  }),
);

const UpdateOidcProviderInput = builder.inputType('UpdateOidcProviderInput', {
  description: 'Changes to a provider; fields that are left out stay unchanged',
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
      'Replaces the audiences or the keys of a provider. Needs, on its ARN, for audiences ' +
      'iam:AddClientIDToOpenIDConnectProvider and iam:RemoveClientIDFromOpenIDConnectProvider, for keys ' +
      `iam:UpdateOpenIDConnectProviderThumbprint. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: UpdateOidcProviderInput, required: true, description: 'The changes' }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, ValidationFailure, NoSuchEntityFailure],
      union: { name: 'UpdateOidcProviderResult', description: 'The provider, or why it was not updated' },
    },
    resolve: (_root, { input, ...asked }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const { arn, ...change } = input;
        const options = changeOptions(asked);
        return saved(
          arn,
          await sessions.updateOidcProvider(caller, { arn, ...given(change) }, now, origin, options),
          options,
        );
      }),
  }),
);

const DeleteOidcProviderInput = builder.inputType('DeleteOidcProviderInput', {
  description: 'The parameters of iam:DeleteOpenIDConnectProvider',
  fields: (t) => ({ arn: t.field({ type: 'Arn', required: true, description: PROVIDER_ARN }) }),
});

const DeleteOidcProviderSuccess = builder.objectRef<Changed>('DeleteOidcProviderSuccess').implement({
  description:
    'The provider was deleted; role sessions that were made with its tokens continue. In a dry run, it would be',
  fields: (t) => ({ arn: t.expose('arn', { type: 'Arn', description: 'The deleted provider' }), ...changedFields(t) }),
});

builder.mutationField('deleteOidcProvider', (t) =>
  t.field({
    type: DeleteOidcProviderSuccess,
    nullable: true,
    description: `iam:DeleteOpenIDConnectProvider. Needs iam:DeleteOpenIDConnectProvider on its ARN. ${NULL_RESULT}`,
    args: {
      input: t.arg({
        type: DeleteOidcProviderInput,
        required: true,
        description: 'The parameters of iam:DeleteOpenIDConnectProvider',
      }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, NoSuchEntityFailure],
      union: { name: 'DeleteOidcProviderResult', description: 'The deleted provider, or why it was not deleted' },
    },
    resolve: (_root, { input: { arn }, ...asked }, { sessions, caller, now, origin }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        return saved(arn, await sessions.deleteOidcProvider(caller, arn, now, origin, options), options);
      }),
  }),
);
