import type { Rolegate } from './client.ts';
import type { Check, Verdict } from './types.ts';

/** What a request asks for; null: nothing, so that it is let through. It may be looked up. */
export type CheckOf<Request> = (request: Request) => Check | null | Promise<Check | null>;

/** What is used of the response of node:http, and so of Express. */
interface Response {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/** What is used of Fastify's reply. */
interface Reply {
  code(status: number): { send(body: unknown): unknown };
}

/** The body of a refusal. Reasons name policies and principals: they are for logs, and not for who was refused. */
interface Refusal {
  readonly message: string;
}

function refusalOf({ failure }: Verdict): { readonly status: 403 | 503; readonly body: Refusal } {
  return failure === null
    ? { status: 403, body: { message: 'Forbidden' } }
    : { status: 503, body: { message: 'Service Unavailable' } };
}

async function verdictOn<Request>(
  rolegate: Pick<Rolegate, 'decide'>,
  checkOf: CheckOf<Request>,
  request: Request,
): Promise<Verdict | null> {
  const check = await checkOf(request);
  return check === null ? null : rolegate.decide(check);
}

/**
 * Middleware for node:http and Express: goes on only if the check of the request is allowed. Otherwise it answers 403; 503 where
 * nothing was decided. What `checkOf` throws is passed on.
 */
export function middleware<Request>(
  rolegate: Pick<Rolegate, 'decide'>,
  checkOf: CheckOf<Request>,
): (request: Request, response: Response, next: (error?: unknown) => void) => Promise<void> {
  return async (request, response, next) => {
    let verdict: Verdict | null;
    try {
      verdict = await verdictOn(rolegate, checkOf, request);
    } catch (error) {
      next(error);
      return;
    }
    if (verdict === null || verdict.allowed) {
      next();
      return;
    }
    const { status, body } = refusalOf(verdict);
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
}

/** A hook (`preHandler`) for Fastify, with the answers of `middleware`. */
export function fastifyHook<Request>(
  rolegate: Pick<Rolegate, 'decide'>,
  checkOf: CheckOf<Request>,
): (request: Request, reply: Reply) => Promise<unknown> {
  return async (request, reply) => {
    const verdict = await verdictOn(rolegate, checkOf, request);
    if (verdict === null || verdict.allowed) return undefined;
    const { status, body } = refusalOf(verdict);
    return reply.code(status).send(body);
  };
}
