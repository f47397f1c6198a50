import { Batches } from './batches.ts';
import { AccessDeniedError } from './errors.ts';
import type { CallOptions, Check, CheckOptions, Failure, RequestContext, Verdict } from './types.ts';

/** How to reach a gateway. */
export interface RolegateOptions {
  /** The address of its GraphQL: `https://rolegate.example.com/graphql`. */
  readonly url: string | URL;
  /**
   * A checker's, a session's or the operator's token, or a function that gives the present one for each request; or an access key.
   */
  readonly token:
    | string
    | (() => string | Promise<string>)
    | { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Milliseconds that a check may take, with all further attempts. Left out: 2,000. */
  readonly timeoutMs?: number;
  /** Checks of one request. Left out: 1,000; at most 10,000, which is the gateway's limit. */
  readonly maxBatch?: number;
  /** Told of every check that was not decided, and so denied. What it throws is left unheard. */
  readonly onFailure?: (failure: Failure) => void;
  /** What sends requests. Left out: the platform's `fetch`, which keeps connections alive. */
  readonly fetch?: typeof fetch;
}

/**
 * Asks a gateway. All checks of one turn of the event loop are one request. What cannot be decided in time is denied, with
 * the failure in its verdict: nothing here ever allows without a decision.
 */
export interface Rolegate {
  /** Whether the principal may do this. False also where it was not decided: `decide` says why. */
  can(
    principal: string,
    action: string,
    resource: string,
    context?: RequestContext,
    options?: CheckOptions,
  ): Promise<boolean>;
  /** Whether all of it is allowed. True of nothing. */
  canAll(checks: readonly Check[], options?: CallOptions): Promise<boolean>;
  /** Those of `resources` on which the principal may do this, in their order. `arnOf`: left out where they are ARNs. */
  filter(request: FilterRequest, resources: readonly string[], options?: CallOptions): Promise<readonly string[]>;
  filter<T>(
    request: FilterRequest,
    resources: readonly T[],
    options: CallOptions & { readonly arnOf: (resource: T) => string },
  ): Promise<readonly T[]>;
  /** Throws AccessDeniedError unless the principal may do this. */
  requireCan(
    principal: string,
    action: string,
    resource: string,
    context?: RequestContext,
    options?: CheckOptions,
  ): Promise<void>;
  /** What `can` says, with its reason. */
  decide(check: Check, options?: CallOptions): Promise<Verdict>;
  /** In the order of the checks. */
  decideAll(checks: readonly Check[], options?: CallOptions): Promise<readonly Verdict[]>;
}

/** What is asked of each resource of a list. */
export type FilterRequest = Omit<Check, 'resource'>;

const TIMEOUT = 2_000;
/** The longest time that a timer takes. */
const LONGEST = 2 ** 31 - 1;
const BATCH = 1_000;
const LARGEST_BATCH = 10_000;

/** A client of one gateway. Throws TypeError for an address or a number that cannot be used. */
export function createRolegate(options: RolegateOptions): Rolegate {
  const url = new URL(options.url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('`url` must begin with https:// or http://');
  const timeoutMs = inRange('timeoutMs', options.timeoutMs ?? TIMEOUT, LONGEST);
  const most = inRange('maxBatch', options.maxBatch ?? BATCH, LARGEST_BATCH);
  const connection = { url, authorization: authorizationOf(options.token), fetch: options.fetch ?? fetch };
  return new Client(new Batches(connection, most, options.onFailure ?? (() => undefined)), timeoutMs);
}

function inRange(name: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new TypeError(`\`${name}\` must be a whole number from 1 to ${most}`);
  return value;
}

function authorizationOf(token: RolegateOptions['token']): () => string | Promise<string> {
  if (typeof token === 'string') return () => `Bearer ${token}`;
  if (typeof token === 'function') return async () => `Bearer ${await token()}`;
  const { accessKeyId, secretAccessKey } = token;
  return () => `Basic ${btoa(`${accessKeyId}:${secretAccessKey}`)}`;
}

class Client implements Rolegate {
  readonly #batches: Batches;
  readonly #timeoutMs: number;

  constructor(batches: Batches, timeoutMs: number) {
    this.#batches = batches;
    this.#timeoutMs = timeoutMs;
  }

  decide(check: Check, { signal, timeoutMs = this.#timeoutMs }: CallOptions = {}): Promise<Verdict> {
    return this.#batches.ask(check, { signal, timeoutMs: inRange('timeoutMs', timeoutMs, LONGEST) });
  }

  decideAll(checks: readonly Check[], options?: CallOptions): Promise<readonly Verdict[]> {
    return Promise.all(checks.map((check) => this.decide(check, options)));
  }

  async can(
    principal: string,
    action: string,
    resource: string,
    context?: RequestContext,
    options: CheckOptions = {},
  ): Promise<boolean> {
    return (await this.decide(checkOf(principal, action, resource, context, options), options)).allowed;
  }

  async canAll(checks: readonly Check[], options?: CallOptions): Promise<boolean> {
    return (await this.decideAll(checks, options)).every(({ allowed }) => allowed);
  }

  async filter<T>(
    request: FilterRequest,
    resources: readonly T[],
    options: CallOptions & { readonly arnOf?: (resource: T) => string } = {},
  ): Promise<readonly T[]> {
    const { arnOf = String, ...call } = options;
    const verdicts = await this.decideAll(
      resources.map((each) => ({ ...request, resource: arnOf(each) })),
      call,
    );
    return resources.filter((_each, index) => verdicts[index]?.allowed === true);
  }

  async requireCan(
    principal: string,
    action: string,
    resource: string,
    context?: RequestContext,
    options: CheckOptions = {},
  ): Promise<void> {
    const check = checkOf(principal, action, resource, context, options);
    const verdict = await this.decide(check, options);
    if (!verdict.allowed) throw new AccessDeniedError(check, verdict);
  }
}

function checkOf(
  principal: string,
  action: string,
  resource: string,
  context: RequestContext | undefined,
  { assumedRole, resourceAccount }: CheckOptions,
): Check {
  return { principal, action, resource, context, assumedRole, resourceAccount };
}
