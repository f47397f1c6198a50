import { GraphQLError, OperationTypeNode, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createAccess } from '../access/access.ts';
import { Work, type WorkLimits } from '../access/work.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { directoryIsThere } from '../directory/prisma/directory-is-there.ts';
import type { OpenDirectory } from '../directory/prisma/open-directory.ts';
import type { GatewayContext, RequestFacts } from '../graphql/context.ts';
import { useDocumentLimits } from '../graphql/limits.ts';
import { buildSchema } from '../graphql/schema.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Log } from './log.ts';
import { operatorFacts } from './operator-facts.ts';
import { openStore, placeOf } from './services.ts';
import type { Settings } from './settings.ts';
import { createGraphqlServer } from './yoga.ts';

/** Asks a directory without a gateway: queries alone, as the operator. */
export interface Asker {
  /** The body of the answer that a gateway gives, and its status. */
  answer(query: string, variables: object): Promise<{ readonly status: number; readonly text: string }>;
  close(): Promise<void>;
}

const NO_GATEWAY = 'this needs a running gateway, which has the secrets of credentials: start one (`rolegate start`)';

/** No query of the operator uses any. */
const NO_SESSIONS = new Proxy<Partial<Sessions>>(
  {},
  {
    get: () => {
      throw new RolegateError('BAD_SECRETS', NO_GATEWAY);
    },
  },
) as Sessions; // as: it has every member, and all of them throw

/** Opens the directory of the settings; null: there is none. It makes none, and no key. */
export async function openAsker(settings: Settings, log: Log): Promise<Asker | null> {
  if (!(await directoryIsThere(placeOf(settings)))) return null;
  const { catalog, directory } = await openStore(settings);
  return askerOf(catalog, directory, settings.workLimits, log);
}

function askerOf(catalog: Catalog, directory: OpenDirectory, limits: WorkLimits, log: Log): Asker {
  const access = createAccess(directory, catalog);
  const contextOf = ({ work = new Work(limits), ...facts }: RequestFacts, request: object): GatewayContext => ({
    ...facts,
    work,
    request,
    catalog,
    directory,
    access: access.during(work),
    sessions: NO_SESSIONS,
    understandFiles: () => Promise.reject(new RolegateError('BAD_SECRETS', NO_GATEWAY)),
  });
  const plugins = [useDocumentLimits(), useQueriesAlone()];
  const yoga = createGraphqlServer({ schema: buildSchema(), contextOf, plugins, reports: { log } });
  return {
    answer: async (query, variables) => {
      const request = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      };
      const response = await yoga.fetch(
        'http://localhost/graphql',
        request,
        operatorFacts('command-line', Date.now(), limits),
      );
      return { status: response.status, text: await response.text() };
    },
    close: async () => {
      await yoga.dispose();
      await directory.close();
    },
  };
}

/** What is changed, or goes on, needs a gateway. */
function useQueriesAlone(): Plugin {
  const rule = (context: ValidationContext) => ({
    OperationDefinition(node: { readonly operation: OperationTypeNode }) {
      if (node.operation !== OperationTypeNode.QUERY) {
        context.reportError(new GraphQLError(NO_GATEWAY, { extensions: { code: 'BAD_USER_INPUT' } }));
      }
    },
  });
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}
