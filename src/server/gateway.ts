import { createContext } from '../graphql/context.ts';
import { useDocumentLimits } from '../graphql/limits.ts';
import { buildSchema } from '../graphql/schema.ts';
import { UNKNOWN_ORIGIN } from '../session/call.ts';
import { removeAddress, writeAddress } from './address-file.ts';
import { authenticateWith } from './authenticate.ts';
import { type Demo, loadDemo } from './demo.ts';
import { demoTabs } from './graphiql/demo-tabs.ts';
import { WELCOME_TABS } from './graphiql/welcome-tab.ts';
import type { GraphqlListener, GraphqlRoute } from './graphql-route.ts';
import type { Phase } from './health.ts';
import { listen } from './http-server.ts';
import { createLog, type Log } from './log.ts';
import { createRouter } from './router.ts';
import { openServices, type Services } from './services.ts';
import type { Settings } from './settings.ts';
import { signInCookieOf } from './sign-in-cookie.ts';
import { createGraphqlServer } from './yoga.ts';

/** GraphQL on opened services: what the router answers /graphql with, and the same without a socket. */
export interface Gateway {
  readonly route: GraphqlRoute;
  /** Answers as /graphql would (limits of a body's size apart, which are the router's). For tests and embedding. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  dispose(): Promise<void>;
}

export function createGateway(services: Services, log: Log): Gateway {
  const yoga = createGraphqlServer({
    schema: buildSchema(),
    contextOf: (facts, request) => createContext(services, facts, request),
    plugins: [useDocumentLimits()],
    log,
  });
  const authenticate = authenticateWith(services.sessions);
  const answer: GraphqlListener = async (request, response, facts) => {
    await yoga(request, response, facts);
  };
  return {
    route: { authenticate, answer },
    async fetch(url, init = {}) {
      const now = Date.now();
      const caller = await authenticate(new Headers(init.headers).get('authorization') ?? undefined, now);
      if (!('kind' in caller)) return new Response(null, { status: caller.status, headers: { ...caller.headers } });
      const cookies = new Headers();
      const signInCookie = signInCookieOf({ setHeader: (name, value) => cookies.append(name, value) }, false);
      const requestId = 'in-process';
      const origin = { ...UNKNOWN_ORIGIN, requestId };
      const response = await yoga.fetch(url, init, { requestId, caller, now, origin, signInCookie });
      for (const cookie of cookies.getSetCookie()) response.headers.append('set-cookie', cookie);
      return response;
    },
    dispose: async () => {
      await yoga.dispose();
    },
  };
}

export interface GatewayOptions {
  /** Milliseconds since 1970, now; left out: the machine's clock. */
  readonly clock?: () => number;
}

/** A gateway that serves. */
export interface RunningGateway {
  /** http://host:port */
  readonly url: string;
  /** The operator token, if this start has made it: it is shown once. */
  readonly newOperatorToken: string | null;
  /** Null: the demo organization is not loaded. */
  readonly demo: Demo | null;
  readonly services: Services;
  /** Refuses new work, finishes what is under way, and closes the directory. */
  close(): Promise<void>;
}

/**
 * Listens first, so that a port that is in use is told before anything is made in the data folder, then opens the
 * directory. Rejects with what failed, with everything closed again.
 */
export async function startGateway(
  settings: Settings,
  { clock = Date.now }: GatewayOptions = {},
): Promise<RunningGateway> {
  const log = createLog(settings.logLevel);
  let phase: Phase = 'starting';
  let services: Services | null = null;
  let gateway: Gateway | null = null;
  let demo: Demo | null = null;
  const router = createRouter({
    log,
    clock,
    phase: () => phase,
    graphql: () => (phase === 'ready' && gateway !== null ? gateway.route : null),
    ping: async () => services?.directory.ping(),
    graphiqlTabs: settings.graphiql ? () => (demo === null ? WELCOME_TABS : demoTabs) : null,
  });
  const server = await listen(settings.host, settings.port, router);
  const close = async (): Promise<void> => {
    phase = 'stopping';
    await removeAddress(settings.dataDir);
    await server.stop();
    await gateway?.dispose();
    await services?.directory.close();
    log.info('stopped');
  };
  try {
    services = await openServices(settings);
    demo = await loadDemo(services, settings);
    gateway = createGateway(services, log);
    await writeAddress(settings.dataDir, { url: server.url, pid: process.pid });
    phase = 'ready';
    log.info({ url: server.url }, 'ready');
    return { url: server.url, newOperatorToken: services.secrets.newOperatorToken, demo, services, close };
  } catch (error) {
    await close();
    throw error;
  }
}
