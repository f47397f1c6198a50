import type { CatalogService } from '../../access/catalog-search.ts';
import { builder } from '../builder.ts';
import { keyedConnection } from '../keyed-connection.ts';

export const Service = builder.objectRef<CatalogService>('Service').implement({
  description: 'A service of the catalogue: one of AWS’s, the gateway itself, or one of an application',
  fields: (t) => ({
    prefix: t.exposeString('key', { description: 'What its actions begin with: `s3`' }),
    name: t.exposeString('name', { description: 'Name of the service: `Amazon S3`' }),
    actionCount: t.int({ description: 'Number of its actions', resolve: ({ actions }) => actions.length }),
    isOwn: t.boolean({
      description: 'Whether it is the service of an application, which the operator has registered',
      resolve: ({ isOwn }) => isOwn === true,
    }),
    supportsResourceControlPolicies: t.exposeBoolean('resourceControlSupported', {
      description: 'Whether resource control policies apply to its resources',
    }),
  }),
});

export const ServiceConnection = keyedConnection('Service', Service, {
  page: 'A page of services',
  entry: 'A service',
});
