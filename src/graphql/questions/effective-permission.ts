import type { EffectivePermission as EffectivePermissionValue } from '../../access/listed-permissions.ts';
import { builder } from '../builder.ts';
import { keyedConnection } from '../keyed-connection.ts';
import { AccessLevel } from './access-level.ts';
import { PermissionTerm } from './permission-term.ts';

export const PermissionFilterInput = builder.inputType('PermissionFilterInput', {
  description: 'Conditions on permissions. A permission must meet all that are given; conditions left out do not limit',
  fields: (t) => ({
    services: t.stringList({ description: 'Permissions of these services, by prefix: `s3`, `ec2` …' }),
    actions: t.stringList({
      description:
        'Permissions for these actions, compared without regard to case; `*` and `?` are wildcards: `s3:Get*`',
    }),
    accessLevels: t.field({ type: [AccessLevel], description: 'Permissions for actions of these access levels' }),
    resource: t.field({ type: 'Arn', description: 'Permissions that can apply to this resource' }),
  }),
});

const EffectivePermission = builder.objectRef<EffectivePermissionValue>('EffectivePermission').implement({
  description:
    'One action that is allowed on some resource. A request is allowed exactly if it lies in an `allow` term and in ' +
    'no `deny` term',
  fields: (t) => ({
    action: t.exposeString('action', { description: 'service:Action, as the catalogue spells it' }),
    accessLevel: t.field({
      type: AccessLevel,
      description: 'Access level of the action',
      resolve: (permission) => permission.accessLevel,
    }),
    allow: t.field({
      type: [PermissionTerm],
      description: 'Terms of requests that are allowed, unless `deny` denies them',
      resolve: ({ allow }) => [...allow],
    }),
    deny: t.field({
      type: [PermissionTerm],
      description: 'Terms of requests that are denied',
      resolve: ({ deny }) => [...deny],
    }),
  }),
});

export const EffectivePermissionConnection = keyedConnection('EffectivePermission', EffectivePermission, {
  page:
    'A page of actions that are allowed on some resource, in the order of their names. The next page continues after the name in ' +
    'its cursor, even if permissions have changed since',
  entry: 'An action that is allowed on some resource',
});
