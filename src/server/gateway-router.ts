import type { RequestListener } from 'node:http';
import type { Sessions } from '../session/sessions.ts';
import type { AuthzenRoute } from './authzen-route.ts';
import type { AwsRoute } from './aws-route.ts';
import type { ConsoleFacts } from './console/shell.ts';
import { allowedOrigins } from './cross-origin.ts';
import type { GraphiqlTab } from './graphiql/page.ts';
import type { GraphqlRoute } from './graphql-route.ts';
import type { Phase } from './health.ts';
import type { Log } from './log.ts';
import type { MaintenanceRoute } from './maintenance-route.ts';
import type { Observing } from './observing.ts';
import { createRouter } from './router.ts';
import type { Settings } from './settings.ts';

/** The doors of a gateway. */
interface Doors {
  readonly route: GraphqlRoute;
  readonly aws: AwsRoute;
  readonly jwks: Sessions['jwks'];
  readonly authzen: AuthzenRoute;
  readonly maintenance: MaintenanceRoute;
}

/** What the router asks of a gateway that may not be there yet. */
interface Present {
  readonly clock: () => number;
  readonly phase: () => Phase;
  /** Null: it does not answer. */
  readonly gateway: () => Doors | null;
  readonly ping: () => Promise<void>;
  readonly onRequest: () => void;
  readonly tabs: () => readonly GraphiqlTab[];
  /** Whose keys were printed at the start. */
  readonly people: () => ConsoleFacts['people'];
}

export function routerOf(
  { workLimits, allowedOrigins: origins, graphiql, console: hasConsole }: Settings,
  log: Log,
  observing: Observing,
  { clock, phase, gateway, ping, onRequest, tabs, people }: Present,
): RequestListener {
  return createRouter({
    log,
    meter: observing.meter,
    tracer: observing.tracer,
    refusals: observing.refusals,
    ...(observing.hasRoute && { metrics: () => observing.route(gateway()?.route.admit ?? null) }),
    clock,
    phase,
    graphql: () => gateway()?.route ?? null,
    aws: () => gateway()?.aws ?? null,
    jwks: () => gateway()?.jwks ?? null,
    authzen: () => gateway()?.authzen ?? null,
    maintenance: () => gateway()?.maintenance ?? null,
    ping,
    onRequest,
    workLimits,
    isAllowedOrigin: allowedOrigins(origins),
    graphiqlTabs: graphiql ? tabs : null,
    consoleFacts: hasConsole ? () => ({ people: people(), graphiql }) : null,
  });
}
