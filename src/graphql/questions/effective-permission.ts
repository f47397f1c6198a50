import type { EffectivePermission as EffectivePermissionValue } from '../../access/effective-permissions.ts';
import { builder } from '../builder.ts';
import { keyedConnection } from '../keyed-connection.ts';
import { AccessLevel } from './access-level.ts';
import { PermissionTerm } from './permission-term.ts';

export const PermissionFilterInput = builder.inputType('PermissionFilterInput', {
  description: 'Which permissions to look at. What is left out does not narrow; what is given narrows together',
  fields: (t) => ({
    services: t.stringList({ description: 'Prefixes of services: `s3`, `ec2` …' }),
    actions: t.stringList({ description: 'Actions, compared without case; `*` and `?` are wildcards: `s3:Get*`' }),
    accessLevels: t.field({ type: [AccessLevel], description: 'Levels of access' }),
    resource: t.field({ type: 'Arn', description: 'Only what can be allowed on this resource' }),
  }),
});

const EffectivePermission = builder.objectRef<EffectivePermissionValue>('EffectivePermission').implement({
  description:
    'One action that is allowed on some resource. A request is allowed exactly if it lies in an `allow` term and in no ' +
    '`deny` term',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action, as the catalogue spells it' }),
    accessLevel: t.field({
      type: AccessLevel,
      description: 'What it does',
      resolve: (permission) => permission.accessLevel,
    }),
    allow: t.field({
      type: [PermissionTerm],
      description: 'Requests that are allowed, unless they are denied',
      resolve: ({ allow }) => [...allow],
    }),
    deny: t.field({
      type: [PermissionTerm],
      description: 'Requests that are denied',
      resolve: ({ deny }) => [...deny],
    }),
  }),
});

export const EffectivePermissionConnection = keyedConnection('EffectivePermission', EffectivePermission, {
  page:
    'Actions that are allowed on some resource, a page at a time, in the order of their names. A page goes on behind the name ' +
    'that its cursor has, whatever has changed since',
  entry: 'An action that is allowed on some resource',
});
