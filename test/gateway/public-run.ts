import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Asking, type PublicCase, type PublicStep, valueAt } from './public-case.ts';
import { basic, bearer, type Headers, type StartedGateway } from './started.ts';

const SIMULATE = `query($input: SimulateCustomPoliciesInput!) {
  simulateCustomPolicies(input: $input) { effect allowed deniedBy reason gaps missingContextKeys }
}`;
const VALIDATE = `query($document: PolicyDocument!, $kind: PolicyKind!) {
  validatePolicy(document: $document, kind: $kind) { severity code message path }
}`;
const IMPORT = `mutation($document: String!) {
  importAccountAuthorizationDetails(input: { document: $document }) {
    __typename
    ... on ImportSuccess { users groups roles policies warnings }
    ... on UserError { code message }
  }
}`;

const providerKey = generateKeyPair('ES256', { extractable: true });

/** Answers one case after the other; the directory keeps what earlier ones put there, in accounts of their own. */
export class PublicRun {
  readonly #gateway: StartedGateway;
  readonly #kept = new Map<string, string>();

  constructor(gateway: StartedGateway) {
    this.#gateway = gateway;
  }

  /** What is answered to the question of `one`, its world being made. */
  async answerTo(one: PublicCase): Promise<unknown> {
    this.#kept.clear();
    const { publicKey } = await providerKey;
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
    this.#kept.set('jwks', JSON.stringify({ keys: [jwk] }));
    const { before = [], ...question } = one.question;
    for (const step of before) await this.#made(step);
    return this.#answer(question);
  }

  /** A step that makes the world: it must do what it is to do. */
  async #made(step: PublicStep): Promise<void> {
    const answer = await this.#answer(step);
    const [outcome] = Object.values(valueAt(answer, 'data') ?? {});
    if (step.sign === undefined && (outcome === undefined || valueAt(outcome, 'code') !== undefined)) {
      throw new Error(`the world could not be made: ${JSON.stringify(answer)}`);
    }
    for (const [name, path] of Object.entries(step.save ?? {})) this.#keep(name, valueAt(answer, path));
  }

  #keep(name: string, value: unknown): void {
    if (typeof value !== 'string') throw new Error(`nothing to keep as ${name}`);
    this.#kept.set(name, value);
  }

  async #answer(written: PublicStep): Promise<unknown> {
    const step = this.#filledIn(written);
    if (step.sign !== undefined) return this.#keep(step.sign, await this.#token(step.claims ?? {}));
    const headers = await this.#headersOf(step.as);
    if (step.http !== undefined) return this.#over(step.http, headers);
    const ask = async (query: string, variables: object = {}): Promise<unknown> =>
      (await this.#gateway.ask(query, variables, headers)).body;
    if (step.simulate !== undefined) return ask(SIMULATE, { input: step.simulate });
    if (step.validate !== undefined) return ask(VALIDATE, step.validate);
    if (step.import !== undefined) {
      const document = typeof step.import === 'string' ? step.import : JSON.stringify(step.import);
      return ask(IMPORT, { document });
    }
    if (step.query !== undefined) return ask(step.query, step.variables);
    throw new Error(`nothing is asked: ${JSON.stringify(step)}`);
  }

  /** With what was kept in the place of `{{name}}`. */
  #filledIn(step: PublicStep): PublicStep {
    return JSON.parse(JSON.stringify(step), (_, value: unknown) =>
      typeof value === 'string'
        ? value.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => this.#named(name))
        : value,
    );
  }

  #named(name: string): string {
    const value = this.#kept.get(name);
    if (value === undefined) throw new Error(`nothing is kept as ${name}`);
    return value;
  }

  async #headersOf(as: Asking | undefined): Promise<Headers> {
    if (as === undefined) return this.#gateway.operator;
    if (as === 'nobody') return {};
    if ('key' in as) return basic(await this.#gateway.newKey(as.key));
    return bearer(this.#named(as.token));
  }

  async #over(http: NonNullable<PublicStep['http']>, headers: Headers): Promise<unknown> {
    const { method = 'GET', path = '/graphql', body } = http;
    const response = await fetch(`${this.#gateway.url}${path}`, {
      method,
      headers: { ...headers, ...http.headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  }

  async #token(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const seconds = Math.floor(this.#gateway.now / 1000);
    return new SignJWT({ iat: seconds, exp: seconds + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign((await providerKey).privateKey);
  }
}
