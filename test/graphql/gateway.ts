import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import {
  createContext,
  type GatewayServices,
  type RequestFacts,
  type SignInCookie,
} from '../../src/graphql/context.ts';
import { executePlan } from '../../src/graphql/execution/execute-plan.ts';
import { planQuery, type QueryPlan } from '../../src/graphql/execution/plan.ts';
import { useDocumentLimits } from '../../src/graphql/limits.ts';
import { maskError } from '../../src/graphql/mask-error.ts';
import { useMoreErrors } from '../../src/graphql/more-errors.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { parsePrincipalRef } from '../../src/policy/principal-id.ts';
import { type CallOrigin, UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';

/** Noon of a day of the demo organization. */
export const NOW = Date.UTC(2026, 5, 15, 12);

export const OPERATOR: Caller = { kind: 'operator' };
export const ANONYMOUS: Caller = { kind: 'anonymous' };

const NO_COOKIE: SignInCookie = { keep: () => undefined, forget: () => undefined };

/** The key of callers that `signedIn` makes up: what is opened for tests holds it, so that their changes are made. */
export const SIGNED_IN_KEY = 'AKIATESTTESTTESTTEST';

/** A user or service that signed in with its long-term key. */
export function signedIn(principalId: string): Caller {
  const ref = parsePrincipalRef(principalId);
  if (ref === null) throw new Error(`no principal: ${principalId}`);
  return { kind: 'principal', ref, keyId: SIGNED_IN_KEY, session: null };
}

export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export interface Gateway {
  /** One operation of one HTTP request. */
  ask(caller: Caller, query: string, variables?: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  /** One operation of a request that comes from somewhere. */
  askFrom(
    origin: Partial<CallOrigin>,
    caller: Caller,
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<ExecutionResult>;
  /** Several operations of one HTTP request. */
  askTogether(caller: Caller, operations: readonly Operation[]): Promise<readonly ExecutionResult[]>;
}

const plans = new WeakMap<DocumentNode, QueryPlan | null>();

function executePlanned(args: ExecutionArgs): ReturnType<typeof execute> {
  const { schema, document, contextValue, variableValues } = args;
  const known = plans.get(document);
  const plan = known === undefined ? planned(schema, document) : known;
  plans.set(document, plan);
  return (plan === null ? null : executePlan(plan, contextValue, variableValues ?? {})) ?? execute(args);
}

/** Null for what `src/server/common-request.ts` leaves to Yoga. */
function planned(schema: GraphQLSchema, document: DocumentNode): QueryPlan | null {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return operations.length === 1 && operations[0]?.operation === OperationTypeNode.QUERY
    ? planQuery(schema, document)
    : null;
}

const PLANNED: Plugin = { onExecute: ({ setExecuteFn }) => setExecuteFn(executePlanned) };

/** The schema as it is served, with its limits and its masking, over `fetch`. */
export function gatewayOn(services: GatewayServices): Gateway {
  const yoga = createYoga<RequestFacts>({
    schema: buildSchema(),
    context: (context) => createContext(services, context, context.request),
    batching: { limit: 10 },
    maskedErrors: { maskError, isDev: false },
    logging: false,
    // Queries are executed as most requests are: by a plan, where there is one.
    plugins: [useDocumentLimits(), PLANNED, useMoreErrors()],
  });
  const post = async (caller: Caller, body: unknown, origin: Partial<CallOrigin> = {}): Promise<unknown> => {
    const response = await yoga.fetch(
      'http://gateway.test/graphql',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
      { caller, requestId: 'request-1', now: NOW, origin: { ...UNKNOWN_ORIGIN, ...origin }, signInCookie: NO_COOKIE },
    );
    return response.json();
  };
  return {
    askFrom: async (origin, caller, query, variables = {}) =>
      (await post(caller, { query, variables }, origin)) as ExecutionResult,
    // as: what Yoga answers
    ask: async (caller, query, variables = {}) => (await post(caller, { query, variables })) as ExecutionResult,
    askTogether: async (caller, operations) => (await post(caller, operations)) as readonly ExecutionResult[],
  };
}

/** The code, field and message of each error. */
export function faultsOf(result: ExecutionResult): readonly { code: unknown; field?: unknown; message: string }[] {
  return (result.errors ?? []).map(({ message, extensions }) => ({
    code: extensions?.['code'],
    ...(extensions?.['field'] === undefined ? {} : { field: extensions['field'] }),
    message,
  }));
}
