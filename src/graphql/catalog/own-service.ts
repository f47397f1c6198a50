import type { CatalogService } from '../../access/catalog-search.ts';
import type { OwnServiceInput } from '../../directory/document.ts';
import type { ChangeOptions } from '../../directory/entities/entity-store.ts';
import type { SavedService } from '../../directory/services/service-store.ts';
import { aCall } from '../../session/call.ts';
import { registerService, removeService, updateService } from '../../session/own-services.ts';
import { builder } from '../builder.ts';
import { changeArguments, changeOptions } from '../changes/change-arguments.ts';
import { type ChangeAnswer, changedFields } from '../changes/changed-fields.ts';
import {
  AccessDeniedFailure,
  ConflictFailure,
  EntityExistsFailure,
  expectingFailures,
  LimitFailure,
  NoSuchEntityFailure,
  ValidationFailure,
} from '../failures.ts';
import { NULL_RESULT } from '../null-answer.ts';
import { AccessLevel } from '../questions/access-level.ts';
import { ConditionKeyType, storedTypeOf } from './condition-key.ts';
import { Service } from './service.ts';

const KEY_NAMES = 'beside the global ones: the service’s own, and the keys of tags (`aws:ResourceTag/${TagKey}` …)';

const ServiceActionInput = builder.inputType('ServiceActionInput', {
  description: 'An action of a service of an application',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'Name without the prefix: 1 to 128 letters and digits, `CancelOrder`',
    }),
    accessLevel: t.field({ type: AccessLevel, required: true, description: 'What it does to its resource' }),
    resourceTypes: t.stringList({
      description:
        'Names of the service’s types of resources that it can be asked on. Left out: none, it is asked on `*`',
    }),
    conditionKeys: t.stringList({
      description: `Names of condition keys of its requests, ${KEY_NAMES}. Left out: none`,
    }),
  }),
});

const ServiceResourceTypeInput = builder.inputType('ServiceResourceTypeInput', {
  description: 'A type of resources of a service of an application',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name: `order`' }),
    arnPattern: t.string({
      required: true,
      description:
        'Form of its ARNs, with placeholders that match any text: `arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}`. The ' +
        'third part is the prefix. At most 512 characters. Of several types that fit, the one with more literal text counts',
    }),
    conditionKeys: t.stringList({
      description: `Names of condition keys of requests on such a resource, ${KEY_NAMES}. Left out: none`,
    }),
    canHavePolicy: t.boolean({
      description: 'Whether such a resource can have a resource-based policy. Left out: it cannot',
    }),
  }),
});

const ServiceConditionKeyInput = builder.inputType('ServiceConditionKeyInput', {
  description: 'A condition key of a service of an application',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name, with the prefix of the service: `orders:Channel`' }),
    type: t.field({ type: ConditionKeyType, required: true, description: 'Type of its values' }),
    isMultivalued: t.boolean({ description: 'Whether a request can have several values of it. Left out: it cannot' }),
  }),
});

const ServiceInput = builder.inputType('ServiceInput', {
  description: 'A service of an application, whole',
  fields: (t) => ({
    prefix: t.string({
      required: true,
      description:
        'What its actions and ARNs begin with: `orders`, 2 to 63 lower-case letters, digits and hyphens. No prefix that AWS has, and ' +
        'neither `aws…`, `rolegate` nor `authzen`',
    }),
    name: t.string({ required: true, description: 'Name for people: 1 to 128 characters' }),
    actions: t.field({ type: [ServiceActionInput], required: true, description: 'Its actions, 1 to 500' }),
    resourceTypes: t.field({
      type: [ServiceResourceTypeInput],
      description: 'Its types of resources, at most 50. Left out: none',
    }),
    conditionKeys: t.field({
      type: [ServiceConditionKeyInput],
      description: 'Its condition keys, at most 200. Left out: none',
    }),
  }),
});

/** A service after a change. */
interface Saved extends ChangeAnswer {
  /** Null: it would be new. */
  readonly service: CatalogService | null;
}

const SaveServiceSuccess = builder.objectRef<Saved>('SaveServiceSuccess').implement({
  description:
    'The service is in the catalogue: its actions can be asked about from this revision on; in a dry run, they could be',
  fields: (t) => ({
    service: t.field({
      type: Service,
      nullable: true,
      description: 'The service; in a dry run the one before, null if there was none',
      resolve: ({ service }) => service,
    }),
    ...changedFields(t),
  }),
});

function documentOf({ resourceTypes, conditionKeys, ...rest }: typeof ServiceInput.$inferInput): OwnServiceInput {
  return {
    prefix: rest.prefix,
    name: rest.name,
    actions: rest.actions.map((action) => ({
      name: action.name,
      accessLevel: action.accessLevel,
      resourceTypes: action.resourceTypes ?? [],
      conditionKeys: action.conditionKeys ?? [],
    })),
    resourceTypes: (resourceTypes ?? []).map((type) => ({
      name: type.name,
      arnPattern: type.arnPattern,
      conditionKeys: type.conditionKeys ?? [],
      canHavePolicy: type.canHavePolicy ?? false,
    })),
    conditionKeys: (conditionKeys ?? []).map(({ name, type, isMultivalued }) => ({
      name,
      type: storedTypeOf(type, isMultivalued ?? false),
    })),
  };
}

/** What became of a service. */
function saved(prefix: string, { revision, touched }: SavedService, { dryRun = false }: ChangeOptions): ChangeAnswer {
  return { named: [prefix], revision, touched, dryRun };
}

builder.mutationField('registerService', (t) =>
  t.field({
    type: SaveServiceSuccess,
    nullable: true,
    description:
      'Registers a service of an application beside those of AWS: its actions are decided, validated, listed and completed like ' +
      `AWS’s. At most 100, with 10,000 actions together. Only for the operator. ${NULL_RESULT}`,
    args: { input: t.arg({ type: ServiceInput, required: true, description: 'The service' }), ...changeArguments(t) },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, ValidationFailure, EntityExistsFailure, LimitFailure],
      union: { name: 'RegisterServiceResult', description: 'The service, or why it was not registered' },
    },
    resolve: (_root, { input, ...asked }, { directory, catalog, caller, now, origin }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        const change = await registerService({ directory }, aCall(caller, now, origin), documentOf(input), options);
        return { ...saved(input.prefix, change, options), service: catalog.service(input.prefix) };
      }),
  }),
);

builder.mutationField('updateService', (t) =>
  t.field({
    type: SaveServiceSuccess,
    nullable: true,
    description:
      'Puts a definition in the place of the former one: what it leaves out is gone. Policies that name what is gone stay, and ' +
      `match nothing. Only for the operator. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: ServiceInput, required: true, description: 'The service, whole' }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, ValidationFailure, NoSuchEntityFailure, LimitFailure],
      union: { name: 'UpdateServiceResult', description: 'The service, or why it was not updated' },
    },
    resolve: (_root, { input, ...asked }, { directory, catalog, caller, now, origin }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        const change = await updateService({ directory }, aCall(caller, now, origin), documentOf(input), options);
        return { ...saved(input.prefix, change, options), service: catalog.service(input.prefix) };
      }),
  }),
);

const RemoveServiceInput = builder.inputType('RemoveServiceInput', {
  description: 'The service to remove',
  fields: (t) => ({ prefix: t.string({ required: true, description: 'Its prefix' }) }),
});

/** A service that is gone. */
interface Removed extends ChangeAnswer {
  readonly prefix: string;
}

const RemoveServiceSuccess = builder.objectRef<Removed>('RemoveServiceSuccess').implement({
  description:
    'The service is gone: its actions are unknown, unless AWS has a service of that prefix by now. In a dry run, it would be',
  fields: (t) => ({
    prefix: t.exposeString('prefix', { description: 'Its prefix' }),
    ...changedFields(t),
  }),
});

builder.mutationField('removeService', (t) =>
  t.field({
    type: RemoveServiceSuccess,
    nullable: true,
    description: `Removes a service of an application. Its resources, and policies that name its actions, stay. Only for the operator. ${NULL_RESULT}`,
    args: {
      input: t.arg({ type: RemoveServiceInput, required: true, description: 'The service to remove' }),
      ...changeArguments(t),
    },
    errors: {
      types: [AccessDeniedFailure, ConflictFailure, NoSuchEntityFailure],
      union: { name: 'RemoveServiceResult', description: 'That it is gone, or why not' },
    },
    resolve: (_root, { input: { prefix }, ...asked }, { directory, caller, now, origin }) =>
      expectingFailures(async () => {
        const options = changeOptions(asked);
        const change = await removeService({ directory }, aCall(caller, now, origin), prefix, options);
        return { ...saved(prefix, change, options), prefix };
      }),
  }),
);
