import { CommandFailed, GatewayRefused } from './failure.ts';
import { plain } from './plain.ts';

export type Variables = Readonly<Record<string, unknown>>;
export type Data = Readonly<Record<string, unknown>>;

/** The `data` of a GraphQL answer. Throws GatewayRefused with the gateway's message, or CommandFailed if it is no answer. */
export function dataOf(url: string, status: number, text: string): Data {
  const answer = parsed(text);
  const { data, errors } = isObject(answer) ? answer : {};
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (isObject(first)) {
    const { code, awsCode } = isObject(first['extensions']) ? first['extensions'] : {};
    const message = `the gateway at ${url} refuses: ${plain(String(first['message']))}`;
    throw new GatewayRefused(message, String(code), typeof awsCode === 'string' ? awsCode : null);
  }
  if (!isObject(data)) throw new CommandFailed(`the gateway at ${url} gives no answer (status ${status})`);
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
