import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { GuessStore } from '../directory/stores/guess-store.ts';
import { createContext, type GatewayContext, type GatewayServices, type RequestFacts } from '../graphql/context.ts';
import { CallerLimiter } from '../guard/caller-limits.ts';
import { KeyGuard } from '../guard/key-guard.ts';
import type { Caller } from '../session/caller.ts';
import { admitWith } from './admission.ts';
import { authenticateWith } from './authenticate.ts';
import { answerCommonWith } from './common-request.ts';
import { readLimits } from './limit-settings.ts';
import { createLog } from './log.ts';
import { createRouter } from './router.ts';

const OPERATOR: Caller = { kind: 'operator' };

/** Nobody is told of what is decided with them. */
interface InnerServices extends GatewayServices {
  readonly directory: GatewayServices['directory'] & { readonly guesses: GuessStore | null };
  readonly watch: undefined;
}

/**
 * The road of a common question from its first byte to its answer, for this process alone: whoever asks is the operator. It must
 * never be listened on. Nothing is logged or measured of it, and nothing counted against anybody.
 */
export function innerDoor(schema: GraphQLSchema, services: InnerServices, clock: () => number): RequestListener {
  const log = createLog('silent');
  const sessions = {
    prove: async () => ({ caller: OPERATOR, again: () => OPERATOR }),
    authenticateSignIn: async () => OPERATOR,
  };
  const authenticate = authenticateWith(sessions, new KeyGuard(undefined, services.directory.guesses));
  const limiter = new CallerLimiter(readLimits(() => 0).callers);
  const contextOf = (facts: RequestFacts, request: object): GatewayContext => createContext(services, facts, request);
  const answerCommon = answerCommonWith({ schema, contextOf, reports: { log } });
  return createRouter({
    log,
    clock,
    phase: () => 'ready',
    graphql: () => ({
      admit: admitWith(authenticate, () => false, limiter),
      answer: async (exchange, facts, body) => {
        if (body === null || !(await answerCommon(exchange, facts, body))) exchange.response.destroy();
      },
      uploads: null,
    }),
    aws: () => null,
    jwks: () => null,
    authzen: () => null,
    maintenance: () => null,
    ping: () => Promise.resolve(),
    graphiqlTabs: null,
    consoleFacts: null,
  });
}
