import type { ServicePermissions } from '../../access/effective-permissions.ts';
import { builder } from '../builder.ts';
import { AccessLevel } from './access-level.ts';

export const ServiceSummary = builder.objectRef<ServicePermissions>('ServiceSummary').implement({
  description: 'What is allowed in one service, counted',
  fields: (t) => ({
    service: t.exposeString('service', { description: 'Its prefix: `s3`' }),
    serviceName: t.exposeString('serviceName', {
      nullable: true,
      description: 'Its name: Amazon S3; null when it is not known',
    }),
    allowedActions: t.exposeInt('allowedActions', {
      description: 'How many of its actions are allowed on some resource',
    }),
    totalActions: t.exposeInt('totalActions', { description: 'How many actions it has in the catalogue' }),
    accessLevels: t.field({
      type: [AccessLevel],
      description: 'The levels of the allowed actions',
      resolve: ({ accessLevels }) => [...accessLevels],
    }),
  }),
});
