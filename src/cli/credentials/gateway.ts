import { CommandFailed } from '../failure.ts';
import { type Data, dataOf, type Variables } from '../gateway-answer.ts';

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

/**
 * The `data` of the answer. Redirects are not followed: they would take the key elsewhere. Throws GatewayRefused with the
 * gateway's message, and CommandFailed if there is no answer within `patience` milliseconds.
 */
export async function askGateway(
  { url, authorization }: Gateway,
  query: string,
  variables: Variables,
  patience: number = PATIENCE,
): Promise<Data> {
  let answer: { readonly status: number; readonly text: string };
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'rolegate', authorization },
      body: JSON.stringify({ query, variables }),
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    answer = { status: response.status, text: await textOf(response) };
  } catch (cause) {
    throw new CommandFailed(`the gateway at ${url} does not answer`, { cause });
  }
  return dataOf(url, answer.status, answer.text);
}

async function textOf(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) throw new Error('the answer is too long');
  }
  return text;
}
