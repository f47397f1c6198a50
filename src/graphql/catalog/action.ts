import type { CatalogAction, ResourceType } from '../../access/catalog-search.ts';
import { builder } from '../builder.ts';
import { keyedConnection } from '../keyed-connection.ts';
import { AccessLevel } from '../questions/access-level.ts';

interface TakenType {
  readonly type: ResourceType;
  readonly required: boolean;
}

const ActionResourceType = builder.objectRef<TakenType>('ActionResourceType').implement({
  description: 'A type of resources that an action can be asked on',
  fields: (t) => ({
    name: t.string({ description: 'Name of the type: `bucket`', resolve: ({ type }) => type.name }),
    arnFormats: t.stringList({
      description: 'Formats of its ARNs, mostly one: `arn:${Partition}:s3:::${BucketName}`',
      resolve: ({ type }) => [...type.arns],
    }),
    isRequired: t.exposeBoolean('required', {
      description:
        'Whether every request of the action is about such a resource; false also where it needs one of several types',
    }),
    conditionKeys: t.stringList({
      description: 'Names of the condition keys of requests on such a resource, in addition to those of the action',
      resolve: ({ type }) => [...type.conditionKeys],
    }),
  }),
});

const Action = builder.objectRef<CatalogAction>('Action').implement({
  description: 'An action of the catalogue of services',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name as policies and requests have it: `s3:GetObject`' }),
    service: t.exposeString('service', { description: 'Prefix of its service: `s3`' }),
    accessLevel: t.field({
      type: AccessLevel,
      description: 'What it does to its resource',
      resolve: ({ accessLevel }) => accessLevel,
    }),
    description: t.string({
      nullable: true,
      description: 'What AWS says that a permission for it grants; null: nothing, as of every action of an application',
      resolve: (action, _args, { catalog }) => catalog.description(action),
    }),
    resourceTypes: t.field({
      type: [ActionResourceType],
      description: 'Types of resources that it can be asked on; empty: only on `*`',
      resolve: ({ resourceTypes }) => [...resourceTypes],
    }),
    conditionKeys: t.stringList({
      description: 'Names of the condition keys of its requests, in addition to the global ones that every request has',
      resolve: ({ conditionKeys }) => [...conditionKeys],
    }),
    dependentActions: t.stringList({
      nullable: true,
      description:
        'Names of other actions that its caller needs as well, as an earlier edition of the service authorization reference lists ' +
        'them: AWS publishes them in no machine-readable form now. Null: it lists none for the action, or does not know the action, ' +
        'which does not say that there are none',
      resolve: ({ dependentActions }) => (dependentActions === null ? null : [...dependentActions]),
    }),
  }),
});

export const ActionConnection = keyedConnection('Action', Action, { page: 'A page of actions', entry: 'An action' });
