import { isDeepStrictEqual } from 'node:util';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { TOTP } from 'otpauth';
import {
  type Case,
  type CaseFile,
  type Resolving,
  resolved,
  type Step,
  withOwnAccounts,
  withTextAccounts,
} from './case.ts';
import { directoryDocument, type Given, together } from './given.ts';
import { type Outcome, operationOf, outcomeOf } from './operations.ts';
import { basic, bearer, type Headers, type StartedGateway } from './started.ts';

type Key = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** A service's key is good for all cases. */
const serviceKeys = new WeakMap<StartedGateway, Map<string, Promise<Key>>>();
const providerKey = generateKeyPair('ES256', { extractable: true });
let count = 0;

/** What the cases of a file begin with, put into the directory together: a change of it costs as much as several cases. */
export async function prepare(gateway: StartedGateway, file: CaseFile): Promise<ReadonlyMap<Case, Run>> {
  const runs = new Map<Case, Run>();
  for (const one of file.cases) {
    count += 1;
    const given: Given = withOwnAccounts({ ...file.given, ...one.given }, count);
    runs.set(one, new Run(gateway, given, count));
  }
  const documents = [...runs.values()].map(({ given }) => directoryDocument(given));
  await gateway.running.services.directory.apply(together(documents));
  return runs;
}

/** What was answered to a step, and what should have been: the same if all is well. */
export interface Played {
  readonly answered: readonly unknown[];
  readonly wanted: readonly unknown[];
}

/** Plays one case against a gateway that serves others, too; up to the first answer that is wrong. */
export async function play(gateway: StartedGateway, file: CaseFile, one: Case, run: Run): Promise<Played> {
  await run.begin();
  const answered: unknown[] = [];
  const wanted: unknown[] = [];
  for (const [index, step] of one.steps.entries()) {
    const whole = withOwnAccounts(inFull(step, { ...file.always, ...one.always }), run.number);
    const outcome = await run.step(whole);
    if (step.expect === undefined) continue;
    const shown = { step: index, ...(step.may === undefined ? step.input : { may: step.may }) };
    const actual = withTextAccounts(outcome, run.number);
    const picked = pick(actual, step.expect, gateway.now);
    wanted.push({ ...shown, answer: step.expect });
    answered.push({ ...shown, answer: picked });
    if (isDeepStrictEqual(picked, step.expect)) continue;
    answered.push({ inFull: actual });
    break;
  }
  return { answered, wanted };
}

/** A step with what is always done; the input of another operation is its own. */
function inFull(step: Step, always: Partial<Step>): Step {
  if (step.change !== undefined) return step;
  const isSame = step.may === undefined && (step.do ?? always.do) === always.do;
  return { ...always, ...step, input: isSame ? { ...always.input, ...step.input } : (step.input ?? {}) };
}

/** Of `outcome` what is `wanted`, with what fits in the words of who wants it. */
function pick(outcome: Outcome, wanted: Outcome, now: number): Outcome {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, want]) => [
      name,
      fits(name, outcome, want, now) ? want : actualOf(name, outcome, now),
    ]),
  );
}

function actualOf(name: string, outcome: Outcome, now: number): unknown {
  if (name === 'sid') return outcome['sids'];
  if (name === 'lasts') return (Date.parse(String(outcome['expiration'] ?? outcome['expiresAt'])) - now) / 1000;
  return outcome[name];
}

/** Beside what the outcome says: `lasts` seconds; `sid`: one of the statements; `/…/`: a pattern. */
function fits(name: string, outcome: Outcome, want: unknown, now: number): boolean {
  const actual = actualOf(name, outcome, now);
  if (name === 'sid') return Array.isArray(actual) && actual.includes(want);
  if (name === 'lasts') return actual === want;
  const pattern = typeof want === 'string' ? /^\/(.*)\/$/s.exec(want)?.[1] : undefined;
  return pattern !== undefined && typeof actual === 'string' && new RegExp(pattern, 's').test(actual);
}

export class Run implements Resolving {
  readonly #gateway: StartedGateway;
  readonly given: Given;
  readonly number: number;
  readonly #keys = new Map<string, Promise<Key>>();
  readonly #seeds = new Map<string, string>();
  readonly #kept = new Map<string, { readonly outcome: Outcome; readonly headers: Headers }>();

  constructor(gateway: StartedGateway, given: Given, number: number) {
    this.#gateway = gateway;
    this.given = given;
    this.number = number;
  }

  get now(): number {
    return this.#gateway.now;
  }

  async begin(): Promise<void> {
    for (const [arn, user] of Object.entries(this.given.users ?? {})) if (user.mfa === true) await this.#enableMfa(arn);
    for (const [arn, { clientIds }] of Object.entries(this.given.oidcProviders ?? {}))
      await this.#register(arn, clientIds);
  }

  async step(step: Step): Promise<Outcome> {
    this.#gateway.advance(step.after ?? 0);
    if (step.change !== undefined) {
      await this.#gateway.running.services.directory.apply(directoryDocument(step.change, { isChange: true }));
      return {};
    }
    const name = step.may === undefined ? (step.do ?? '') : 'may';
    const operation = operationOf(name);
    const input = await resolved(step.input ?? {}, this);
    const [action, resource] = step.may ?? [];
    const variables = step.may === undefined ? { input } : { action, resource };
    const answered = await this.#gateway.ask(operation.query, variables, await this.#headersOf(step.by ?? 'nobody'));
    const outcome = outcomeOf(operation, answered.body);
    if (step.keep !== undefined) {
      const token = outcome['sessionToken'];
      const cookie = answered.cookies[0];
      if (typeof token !== 'string' && cookie === undefined) {
        throw new Error(`nothing to keep as ${step.keep}: ${JSON.stringify(outcome)}`);
      }
      const headers: Headers = cookie === undefined ? bearer(String(token)) : { cookie };
      this.#kept.set(step.keep, { outcome, headers });
    }
    return outcome;
  }

  async #headersOf(who: string): Promise<Headers> {
    if (who === 'nobody') return {};
    if (who === 'operator') return this.#gateway.operator;
    const kept = this.#kept.get(who);
    if (kept !== undefined) return kept.headers;
    return basic(await this.keyOf(who));
  }

  keyOf(who: string): Promise<Key> {
    const isService = who.includes('.');
    const keys = isService ? this.#keysOfServices() : this.#keys;
    const known = keys.get(who);
    if (known !== undefined) return known;
    const made = this.#gateway.newKey(isService ? who : this.#userArn(who.replace('a new key of ', '')));
    keys.set(who, made);
    return made;
  }

  #keysOfServices(): Map<string, Promise<Key>> {
    const known = serviceKeys.get(this.#gateway) ?? new Map<string, Promise<Key>>();
    serviceKeys.set(this.#gateway, known);
    return known;
  }

  #userArn(name: string): string {
    const arn = Object.keys(this.given.users ?? {}).find((each) => each.endsWith(`/${name}`));
    if (arn === undefined) throw new Error(`the case has no user ${name}, and nothing is kept under this name`);
    return arn;
  }

  kept(name: string): Outcome {
    return this.#kept.get(name)?.outcome ?? {};
  }

  seedOf(user: string): string {
    const seed = this.#seeds.get(user);
    if (seed === undefined) throw new Error(`${user} has no MFA device`);
    return seed;
  }

  async #enableMfa(userArn: string): Promise<void> {
    const { sessions } = this.#gateway.running.services;
    const operator = { kind: 'operator' } as const;
    const name = userArn.slice(userArn.lastIndexOf('/') + 1);
    const accountId = userArn.split(':')[4] ?? '';
    const device = await sessions.createVirtualMfaDevice(operator, { accountId, name }, this.now);
    const totp = new TOTP({ secret: device.seed, algorithm: 'SHA1', digits: 6, period: 30 });
    await sessions.enableMfaDevice(
      operator,
      {
        userArn,
        serialNumber: device.serialNumber,
        authenticationCode1: totp.generate({ timestamp: this.now - 30_000 }),
        authenticationCode2: totp.generate({ timestamp: this.now }),
      },
      this.now,
    );
    this.#seeds.set(name, device.seed);
  }

  async #register(arn: string, clientIds: readonly string[]): Promise<void> {
    const { sessions } = this.#gateway.running.services;
    const jwk = await exportJWK((await providerKey).publicKey);
    const [, issuer = ''] = arn.split(':oidc-provider/');
    await sessions.createOidcProvider(
      { kind: 'operator' },
      {
        accountId: arn.split(':')[4] ?? '',
        url: `https://${issuer}`,
        clientIds,
        jwks: JSON.stringify({ keys: [{ ...jwk, kid: 'k', alg: 'ES256' }] }),
      },
      this.now,
    );
  }

  /** `lasts`: seconds from now; `signedBy` "a stranger": with another key. */
  async tokenOf({
    lasts = 300,
    signedBy = 'its issuer',
    ...claims
  }: Readonly<Record<string, unknown>>): Promise<string> {
    const { privateKey } = signedBy === 'its issuer' ? await providerKey : await generateKeyPair('ES256');
    const seconds = Math.floor(this.now / 1000);
    return sign(privateKey, { iat: seconds, exp: seconds + Number(lasts), ...claims });
  }
}

function sign(key: CryptoKey, claims: Readonly<Record<string, unknown>>): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(key);
}
