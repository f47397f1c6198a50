import { createYoga } from 'graphql-yoga';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { createContext, type RequestFacts } from '../../src/graphql/context.ts';
import { useDocumentLimits } from '../../src/graphql/limits.ts';
import { maskError } from '../../src/graphql/mask-error.ts';
import { useMoreErrors } from '../../src/graphql/more-errors.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { UNKNOWN_ORIGIN } from '../../src/session/call.ts';
import type { Caller } from '../../src/session/caller.ts';
import { ANONYMOUS, NOW } from './gateway.ts';
import { openServices, type TestServices } from './services.ts';

// Answers of many different operations: tests say what they expect with matchers.
type Json = ReturnType<typeof JSON.parse>;

/** Where the requests of these tests come from. */
export const ORIGIN = { ...UNKNOWN_ORIGIN, requestId: 'request-1', sourceIp: '203.0.113.7', userAgent: 'tests' };

/** The schema as it is served, at a time that moves and with cookies that are kept. */
export interface Live {
  /** Milliseconds since 1970. */
  now: number;
  /** The data; throws the first error. */
  ask(caller: Caller, query: string, variables?: object): Promise<Json>;
  /** The codes and messages of the errors. */
  fail(caller: Caller, query: string, variables?: object): Promise<{ code: unknown; message: string }[]>;
  /** What became of the mutation `name`: the type of its answer, or the codes of the errors. */
  outcome(caller: Caller, name: string, input: object): Promise<string>;
  /** The answer of the mutation `name`: its type, what `success` selects, and all that failures say. */
  mutate(caller: Caller, name: string, input: object | null, success?: string): Promise<Json>;
  browser(): Browser;
  /** Events of the audit trail, oldest first. */
  trail(): Promise<Json[]>;
}

/** Keeps one cookie, and sends it with every request. */
export interface Browser {
  readonly cookie: () => string | null;
  ask(query: string, variables?: object): Promise<Json>;
  mutate(name: string, input: object | null, success?: string): Promise<Json>;
}

/** The id of the access key that `openLive` makes for somebody. */
export const keyIdOf = (name: string) => `AKIA${name.toUpperCase().padEnd(16, 'A')}`;

/** A gateway over a new directory that holds `document`, and a caller for each of `users`, who are given by their ARNs. */
export async function openLive<Name extends string>(
  users: Readonly<Record<Name, string>>,
  document: DirectoryDocument,
): Promise<{ services: TestServices; live: Live; callers: Record<Name, Caller> }> {
  const named = Object.entries<string>(users);
  const accessKeys = named.map(([name, user]) => ({ id: keyIdOf(name), user }));
  const services = await openServices({ ...document, accessKeys });
  const callers = await Promise.all(named.map(async ([name]) => [name, await services.signIn(keyIdOf(name))]));
  // as: of the same names
  return { services, live: liveGateway(services), callers: Object.fromEntries(callers) as Record<Name, Caller> };
}

const FAILURE =
  '... on UserError { code message } ... on ValidationError { field } ... on AccessDenied { decision { effect deniedBy } }';

export function liveGateway(services: TestServices): Live {
  const yoga = createYoga<RequestFacts>({
    schema: buildSchema(),
    context: (context) => createContext(services, context, context.request),
    maskedErrors: { maskError, isDev: false },
    logging: false,
    plugins: [useDocumentLimits(), useMoreErrors()],
  });
  const mutations = buildSchema().getMutationType()?.getFields() ?? {};
  const typeOf = (name: string): string => String(mutations[name]?.args.find((arg) => arg.name === 'input')?.type);
  const mutationOf = (name: string, success: string, withInput: boolean): string => {
    const [variables, args] = withInput ? [`($input: ${typeOf(name)})`, '(input: $input)'] : ['', ''];
    const result = `__typename ${success}`;
    return `mutation ${variables} { ${name}${args} { ${result} ${success.includes('UserError') ? '' : failuresOf(name)} } }`;
  };
  const failuresOf = (name: string): string => {
    const printed = buildSchema().getType(`${name.slice(0, 1).toUpperCase()}${name.slice(1)}Result`);
    const members = printed !== undefined && 'getTypes' in printed ? printed.getTypes().map((type) => type.name) : [];
    return FAILURE.split(' ... ')
      .map((part) => part.replace(/^\.\.\. /, ''))
      .filter((part) => part.startsWith('on UserError') || members.includes(/^on (\w+)/.exec(part)?.[1] ?? ''))
      .map((part) => `... ${part}`)
      .join(' ');
  };
  const live: Live = {
    now: NOW,
    ask: (caller, query, variables) => dataOf(send(caller, query, variables, () => undefined)),
    fail: async (caller, query, variables) => {
      const { errors = [] } = await send(caller, query, variables, () => undefined);
      return errors.map(({ message, extensions }: Json) => ({ code: extensions.code, message }));
    },
    outcome: async (caller, name, input) => {
      const query = `mutation ($input: ${typeOf(name)}) { ${name}(input: $input) { is: __typename } }`;
      const { data, errors } = await send(caller, query, { input }, () => undefined);
      return errors?.map(({ extensions }: Json) => extensions.code).join() ?? data[name].is;
    },
    mutate: async (caller, name, input, success = '') =>
      (await live.ask(caller, mutationOf(name, success, input !== null), { input }))[name],
    browser() {
      let cookie: string | null = null;
      const ask = async (query: string, variables?: object): Promise<Json> => {
        const caller = cookie === null ? ANONYMOUS : await services.sessions.authenticateSignIn(cookie, live.now);
        return dataOf(send(caller, query, variables, (value) => (cookie = value)));
      };
      return {
        cookie: () => cookie,
        ask,
        mutate: async (name, input, success = '') =>
          (await ask(mutationOf(name, success, input !== null), { input }))[name],
      };
    },
    trail: async () => [...(await services.directory.audit.list({ limit: 1000 }))],
  };
  async function send(
    caller: Caller,
    query: string,
    variables: object | undefined,
    setCookie: (value: string | null) => void,
  ): Promise<Json> {
    const signInCookie = { keep: (token: string) => setCookie(token), forget: () => setCookie(null) };
    const response = await yoga.fetch(
      'http://gateway.test/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: variables ?? {} }),
      },
      { caller, requestId: 'request-1', now: live.now, origin: ORIGIN, signInCookie },
    );
    return response.json();
  }
  return live;
}

async function dataOf(answer: Promise<Json>): Promise<Json> {
  const { data, errors } = await answer;
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
