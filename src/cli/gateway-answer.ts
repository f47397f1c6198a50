import { CommandFailed, GatewayRefused } from './failure.ts';
import { plain } from './plain.ts';

export type Variables = Readonly<Record<string, unknown>>;
export type Data = Readonly<Record<string, unknown>>;

/** The body of an answer, and its status. */
export interface AnswerText {
  readonly status: number;
  readonly text: string;
}

/** What a GraphQL answer holds. */
export interface Answer {
  readonly data: Data | null;
  readonly errors: readonly unknown[];
}

/** Throws CommandFailed if it is no answer. `asked`: who gives it, as in `the gateway at http://…`. */
export function answerIn(asked: string, { status, text }: AnswerText): Answer {
  const answer = parsed(text);
  const { data, errors } = isObject(answer) ? answer : {};
  const all: readonly unknown[] = Array.isArray(errors) ? errors : [];
  if (!isObject(data) && all.length === 0) throw new CommandFailed(`${asked} gives no answer (status ${status})`);
  return { data: isObject(data) ? data : null, errors: all };
}

/** The `data` of a GraphQL answer. Throws GatewayRefused with the message of its first error, or CommandFailed if it is no answer. */
export function dataOf(asked: string, answer: AnswerText): Data {
  const { data, errors } = answerIn(asked, answer);
  const [first] = errors;
  if (isObject(first)) {
    const { code, awsCode } = isObject(first['extensions']) ? first['extensions'] : {};
    const message = `${asked} refuses: ${plain(String(first['message']))}`;
    throw new GatewayRefused(message, String(code), typeof awsCode === 'string' ? awsCode : null);
  }
  if (data === null) throw new CommandFailed(`${asked} gives no answer (status ${answer.status})`);
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
