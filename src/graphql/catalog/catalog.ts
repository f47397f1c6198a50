import { type CatalogMatch, findActions, findConditionKeys, findServices } from '../../access/catalog-search.ts';
import { builder } from '../builder.ts';
import type { GatewayContext } from '../context.ts';
import { checkLength } from '../find/find-arguments.ts';
import { type KeyedPage, type PageArguments, pageByKey, pageOf } from '../keyed-connection.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { AFTER_DESCRIPTION, FIRST_DESCRIPTION } from '../page.ts';
import { AccessLevel } from '../questions/access-level.ts';
import { ActionConnection } from './action.ts';
import { ConditionKeyConnection } from './condition-key.ts';
import { ServiceConnection } from './service.ts';

const ORDER = `those that begin with it first. Those of applications are among them. ${NULL_ANSWER}`;
const SERVICE = 'Only those of the service with this prefix: `s3`. Left out: of all services';

interface SearchArguments extends PageArguments {
  readonly search?: string | null | undefined;
}

/** A cursor names an entry, and is good on every revision. */
const REVISION = 0n;

/** The catalogue of a revision that is current. */
async function catalogOf({ catalog, directory }: GatewayContext): Promise<GatewayContext['catalog']> {
  await directory.revision();
  return catalog.now;
}

/** The page of what `find` finds. Throws InvalidInput for a long search, a large page or an invalid cursor. */
async function pageOfCatalog<T>(
  { work }: GatewayContext,
  args: SearchArguments,
  find: (search: string) => readonly CatalogMatch<T>[],
): Promise<KeyedPage<T>> {
  checkLength('search', args.search);
  const found = find(args.search ?? '');
  // The names of all actions take some milliseconds.
  await work.turn();
  const page = pageByKey(found, pageOf(args), REVISION, ({ key }) => key);
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: node.value })) };
}

builder.queryField('services', (t) =>
  t.field({
    type: ServiceConnection,
    nullable: true,
    description: `Services of AWS with a text in their prefix or name; ${ORDER}`,
    args: {
      search: t.arg.string({
        description: 'Only those with this text anywhere in their prefix or name, without regard to case',
      }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, args, context) => {
      const catalog = await catalogOf(context);
      return pageOfCatalog(context, args, (search) => findServices(catalog, search));
    },
  }),
);

builder.queryField('actions', (t) =>
  t.field({
    type: ActionConnection,
    nullable: true,
    description: `Actions of AWS’s services with a text in their name; ${ORDER}`,
    args: {
      service: t.arg.string({ description: SERVICE }),
      search: t.arg.string({
        description: 'Only those with this text anywhere in `service:Action`, without regard to case',
      }),
      accessLevel: t.arg({ type: AccessLevel, description: 'Only those of this level. Left out: of all' }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, { service, accessLevel, ...args }, context) => {
      checkLength('service', service);
      const catalog = await catalogOf(context);
      return pageOfCatalog(context, args, (search) =>
        findActions(catalog, {
          search,
          ...(service == null ? {} : { service }),
          ...(accessLevel == null ? {} : { accessLevel }),
        }),
      );
    },
  }),
);

builder.queryField('conditionKeys', (t) =>
  t.field({
    type: ConditionKeyConnection,
    nullable: true,
    description: `Condition keys with a text in their name: global ones and those of services; ${ORDER}`,
    args: {
      service: t.arg.string({
        description: 'Only those of the service with this prefix, and the global ones. Left out: of all services',
      }),
      search: t.arg.string({ description: 'Only those with this text anywhere in their name, without regard to case' }),
      first: t.arg.int({ description: FIRST_DESCRIPTION }),
      after: t.arg.string({ description: AFTER_DESCRIPTION }),
    },
    resolve: async (_root, { service, ...args }, context) => {
      checkLength('service', service);
      const catalog = await catalogOf(context);
      return pageOfCatalog(context, args, (search) =>
        findConditionKeys(catalog, { search, ...(service == null ? {} : { service }) }),
      );
    },
  }),
);
