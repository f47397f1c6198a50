import { createHash, timingSafeEqual } from 'node:crypto';
import type { Admit } from '../admission.ts';
import { refuseUnread } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../graphql-error.ts';
import type { Log } from '../log.ts';
import { headOfMessage } from '../request-head.ts';
import { answerScrape } from './scrape.ts';

/** Metrics at the gateway's own address. */
export interface MetricsRoute {
  readonly admit: Admit;
  /** Beside the operator's; null: there is none. */
  readonly token: string | null;
  readonly contentType: string;
  readonly text: () => Promise<string>;
  readonly log: Log;
}

/** GET /metrics, for the operator and whoever has the token for it. Cookies do not count. */
export async function serveMetrics(route: MetricsRoute, exchange: Exchange): Promise<void> {
  const { request, response, requestId } = exchange;
  const refusal = isTheToken(route.token, request.headers.authorization) ? null : await refusalOf(route, exchange);
  if (refusal === null) answerScrape(request, response, route.contentType, route.text, route.log);
  else refuseUnread(request, response, refusal, requestId);
}

async function refusalOf({ admit }: MetricsRoute, exchange: Exchange): Promise<Refusal | null> {
  const head = headOfMessage(exchange.request);
  if ((head.header('authorization') ?? '') === '') return WITHOUT_TOKEN;
  const facts = await admit(head, exchange, exchange.response);
  exchange.caller = 'status' in facts ? 'refused' : facts.caller.kind;
  if ('status' in facts) return facts;
  return facts.caller.kind === 'operator' ? null : FORBIDDEN;
}

const WITHOUT_TOKEN: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'metrics need the token of the operator, or the one for metrics',
  headers: { 'www-authenticate': 'Bearer realm="rolegate"' },
};

const FORBIDDEN: Refusal = { status: 403, code: 'FORBIDDEN', message: 'metrics are for the operator' };

/** In the same time, whatever is sent. */
function isTheToken(token: string | null, authorization: string | undefined): boolean {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return token !== null && given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
