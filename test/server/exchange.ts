import { type IncomingHttpHeaders, request } from 'node:http';

/** One HTTP exchange with nothing added: fetch would not send some of the headers that browsers send. */
export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // The answers of many different requests: tests say what they expect of them.
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface ToSend {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** The address of the loopback network that it comes from. */
  readonly from?: string;
}

export function exchange(url: string, { method = 'POST', headers = {}, body = '', from }: ToSend): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
    const sent = request(url, { ...options, ...(from === undefined ? {} : { localAddress: from }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) }),
      );
    });
    sent.once('error', reject);
    // Node would write head and text together, as UTF-8; heads are bytes.
    sent.end(Buffer.from(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A GraphQL operation as a page of `origin` has a browser send it. */
export function operation(query: string, variables: object = {}): Pick<ToSend, 'headers' | 'body'> {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) };
}

/** What an answer sets as the cookie `name`; null: nothing. */
export function cookieOf(
  { headers }: Sent,
  name: string,
): { readonly value: string; readonly attributes: string } | null {
  const header = headers['set-cookie']?.find((each) => each.startsWith(`${name}=`));
  if (header === undefined) return null;
  const [pair = '', ...attributes] = header.split('; ');
  return { value: pair.slice(name.length + 1), attributes: attributes.join('; ') };
}

/** The name of the sign-in cookie of a gateway without TLS: each port of a host has its own. */
export function signInCookieNameAt(url: string): string {
  return `rolegate-sign-in-${new URL(url).port}`;
}
