import { CommandFailed } from '../failure.ts';
import { type AnswerText, type Data, dataOf, type Variables } from '../gateway-answer.ts';

/** A gateway, and as whom it is asked. */
export interface Gateway {
  /** Without `/graphql`. */
  readonly url: string;
  /** The header. */
  readonly authorization: string;
}

/** Milliseconds. */
const PATIENCE = 30_000;
/** Characters of an answer. */
const MAX_ANSWER = 1_048_576;

/** The `data` of the answer. Throws GatewayRefused with the gateway's message, and CommandFailed if there is no answer. */
export async function askGateway(
  gateway: Gateway,
  query: string,
  variables: Variables,
  patience: number = PATIENCE,
): Promise<Data> {
  return dataOf(`the gateway at ${gateway.url}`, await answerOfGateway(gateway, query, variables, { patience }));
}

/** Milliseconds, and characters. Left out: half a minute, and a megabyte. */
interface Bounds {
  readonly patience?: number;
  readonly longest?: number;
}

/** An answer, with what its headers say of asking again. */
interface GatewayAnswer extends AnswerText {
  /** Seconds; null: it says nothing of that. */
  readonly retryAfter: number | null;
}

/**
 * The body of the answer, whatever it says. Redirects are not followed: they would take the key elsewhere. Throws CommandFailed if
 * there is no answer within the bounds.
 */
export async function answerOfGateway(
  { url, authorization }: Gateway,
  query: string,
  variables: Variables,
  { patience = PATIENCE, longest = MAX_ANSWER }: Bounds = {},
): Promise<GatewayAnswer> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'rolegate', authorization },
      body: JSON.stringify({ query, variables }),
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    const after = response.headers.get('retry-after') ?? '';
    const retryAfter = /^\d{1,6}$/.test(after) ? Number(after) : null;
    return { status: response.status, text: await textOf(response, longest), retryAfter };
  } catch (cause) {
    throw new CommandFailed(`the gateway at ${url} does not answer`, { cause });
  }
}

async function textOf(response: Response, longest: number): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const piece = decoder.decode(chunk, { stream: true });
    pieces.push(piece);
    length += piece.length;
    if (length > longest) throw new Error('the answer is too long');
  }
  return pieces.join('');
}
