import type { ServicePermissions } from '../../access/effective-permissions.ts';
import { builder } from '../builder.ts';
import { AccessLevel } from './access-level.ts';

export const ServiceSummary = builder.objectRef<ServicePermissions>('ServiceSummary').implement({
  description: 'Number of allowed actions in one service',
  fields: (t) => ({
    service: t.exposeString('service', { description: 'Prefix of the service: `s3`' }),
    serviceName: t.exposeString('serviceName', {
      nullable: true,
      description: 'Name of the service: Amazon S3; null if not known',
    }),
    allowedActions: t.exposeInt('allowedActions', {
      description: 'Number of its actions that are allowed on some resource',
    }),
    totalActions: t.exposeInt('totalActions', { description: 'Number of its actions in the catalogue' }),
    accessLevels: t.field({
      type: [AccessLevel],
      description: 'Access levels of the allowed actions',
      resolve: ({ accessLevels }) => [...accessLevels],
    }),
  }),
});
