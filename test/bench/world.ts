/** A generated organization and requests to it, the same for a seed: the work that the benchmark measures. */
import { numberAction } from '../../src/evaluation/action-number.ts';
import type { PrincipalFacts } from '../../src/evaluation/principal.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';
import type { Doc, Json, NaiveRequest } from '../support/naive-evaluator.ts';

export interface WorldSize {
  readonly accounts: number;
  readonly users: number;
  readonly roles: number;
  readonly policies: number;
  readonly resources: number;
  readonly requests: number;
}

export const FULL_SIZE: WorldSize = {
  accounts: 50,
  users: 2000,
  roles: 1000,
  policies: 3000,
  resources: 1000,
  requests: 100_000,
};

export interface BenchPrincipal {
  readonly facts: PrincipalFacts;
  readonly account: number;
  /** Indexes of policies. */
  readonly attached: readonly number[];
  readonly boundary: number | null;
}

export interface BenchResource {
  readonly arn: string;
  readonly account: number;
  readonly policy: Doc | null;
  /** Resources with the same number are governed by one policy. Left out: it has one of its own. */
  readonly holder?: number;
}

export interface World {
  readonly policies: readonly Doc[];
  /** Control policies above each account, level by level. */
  readonly scp: readonly (readonly (readonly Doc[])[])[];
  readonly principals: readonly BenchPrincipal[];
  readonly resources: readonly BenchResource[];
  readonly requests: readonly BenchRequest[];
}

export interface BenchRequest {
  readonly principal: number;
  readonly resource: number;
  readonly action: ActionFacts;
  readonly context: ReadonlyMap<string, string | readonly string[]>;
}

export const NOW = Date.UTC(2026, 10, 23, 12);

/** mulberry32: small, fast, and the same everywhere. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SERVICES: Readonly<Record<string, readonly string[]>> = {
  s3: ['GetObject', 'PutObject', 'DeleteObject', 'ListBucket', 'GetObjectTagging', 'PutObjectAcl'],
  sqs: ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
  dynamodb: ['GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem', 'DeleteItem'],
  lambda: ['InvokeFunction', 'GetFunction', 'UpdateFunctionCode'],
  sns: ['Publish', 'Subscribe', 'GetTopicAttributes'],
  secretsmanager: ['GetSecretValue', 'PutSecretValue', 'DescribeSecret'],
};
const NAMES = Object.keys(SERVICES);
const UNITS = 5;
/** How narrow the Resource of a Deny is at least: with this about a tenth of the requests is explicitly denied. */
const DENY_LEAST = 0.28;
const TEAMS = ['red', 'blue', 'green', 'gold'];

const accountId = (i: number): string => String(100_000_000_000 + i);
const unitOf = (account: number): number => account % UNITS;

export function makeWorld(size: WorldSize, seed = 1): World {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const int = (below: number): number => Math.floor(random() * below);
  const zipf = (below: number): number => Math.min(below - 1, Math.floor(below ** random()) - 1);

  const actionText = (service: string): string => {
    const one = pick(SERVICES[service] ?? []);
    const kind = random();
    if (kind < 0.55) return `${service}:${one}`;
    if (kind < 0.85) return `${service}:${one.slice(0, 3)}*`;
    return kind < 0.97 ? `${service}:*` : `${service}:*${one.slice(-4)}`;
  };
  const arnOf = (service: string, account: number, name: string): string =>
    service === 's3' ? `arn:aws:s3:::${name}/data/file` : `arn:aws:${service}:eu-west-1:${accountId(account)}:${name}`;
  const resourcePattern = (service: string, least: number): string => {
    const kind = least + random() * (1 - least);
    if (kind < 0.35) return '*';
    if (service === 's3') return kind < 0.7 ? `arn:aws:s3:::r${int(size.resources)}/*` : `arn:aws:s3:::r${int(100)}*`;
    if (kind < 0.6) return `arn:aws:${service}:*:*:*`;
    return kind < 0.8
      ? `arn:aws:${service}:eu-west-1:${accountId(int(size.accounts))}:*`
      : `arn:aws:${service}:*:*:r${int(100)}*`;
  };
  const condition = (): Json =>
    pick<Json>([
      { StringEquals: { 'aws:PrincipalTag/team': pick(TEAMS) } },
      { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-east-1'] } },
      { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16'] } },
      { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      { StringLike: { 'aws:UserAgent': 'aws-cli/*' } },
      { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
      { NumericLessThan: { 's3:max-keys': '100' } },
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'env'] } },
    ]);
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + int(most) }, make);
  const statement = (deny: number): Doc => {
    const service = pick(NAMES);
    const denies = random() < deny;
    return {
      Effect: denies ? 'Deny' : 'Allow',
      Action: some(4, () => actionText(service)),
      Resource: denies ? resourcePattern(service, DENY_LEAST) : some(3, () => resourcePattern(service, 0.15)),
      ...(random() < 0.25 ? { Condition: condition() } : {}),
    };
  };
  const document = (statements: readonly Doc[]): Doc => ({ Version: '2012-10-17', Statement: statements });
  const policies = Array.from({ length: size.policies }, () => document(some(12, () => statement(0.1)).slice(0, 12)));
  const boundaries = Array.from({ length: 20 }, () =>
    document(NAMES.map((service): Doc => ({ Effect: 'Allow', Action: `${service}:*`, Resource: '*' }))),
  );
  const allPolicies = [...policies, ...boundaries];
  const full = document([{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  const unitPolicies = Array.from({ length: UNITS }, () =>
    document([
      {
        Effect: 'Deny',
        Action: `${pick(NAMES)}:Delete*`,
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } },
      },
    ]),
  );
  const scp = Array.from({ length: size.accounts }, (_, i) => [
    [full],
    [full, unitPolicies[unitOf(i)] ?? full],
    [full],
  ]);
  const organization = (account: number) => ({
    id: 'o-bench00000',
    managementAccountId: '999999999999',
    path: `o-bench00000/r-root/ou-${unitOf(account)}/`,
  });

  const principals = Array.from({ length: size.users + size.roles }, (_, i): BenchPrincipal => {
    const account = int(size.accounts);
    const base = { accountId: accountId(account), partition: 'aws', organization: organization(account) };
    const tags = { team: pick(TEAMS) };
    const role = {
      ...base,
      arn: `arn:aws:iam::${base.accountId}:role/r${i}`,
      id: `AROA${i}`,
      name: `r${i}`,
      path: '/',
      tags,
    };
    const facts: PrincipalFacts =
      i < size.users
        ? {
            kind: 'user',
            ...base,
            arn: `arn:aws:iam::${base.accountId}:user/u${i}`,
            id: `AIDA${i}`,
            name: `u${i}`,
            tags,
          }
        : {
            kind: 'roleSession',
            ...base,
            role,
            sessionName: 's',
            tags: {},
            sourceIdentity: null,
            issuedAt: NOW - 1000,
          };
    const attached = [...new Set(Array.from({ length: 1 + int(7) }, () => int(size.policies)))];
    return { facts, account, attached, boundary: random() < 0.2 ? size.policies + int(boundaries.length) : null };
  });
  const resources = Array.from({ length: size.resources * 2 }, (_, i): BenchResource => {
    const service = pick(NAMES);
    const account = int(size.accounts);
    const grantee = principals[int(principals.length)];
    const named =
      grantee === undefined
        ? '*'
        : 'role' in grantee.facts
          ? grantee.facts.role.arn
          : 'arn' in grantee.facts
            ? grantee.facts.arn
            : '*';
    const policy = document([
      {
        Effect: 'Allow',
        Principal: { AWS: [named, accountId(int(size.accounts))] },
        Action: `${service}:*`,
        Resource: '*',
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: `${service}:Delete*`,
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
    return { arn: arnOf(service, account, `r${i}`), account, policy: i < size.resources ? policy : null };
  });
  // One for each account: requests that are about no single resource.
  const nothing = resources.length;
  for (let account = 0; account < size.accounts; account += 1) resources.push({ arn: '*', account, policy: null });
  const byService = new Map<string, number[]>();
  const ownOf = new Map<string, number[]>();
  for (const [i, one] of resources.entries()) {
    const service = one.arn.split(':')[2] ?? '';
    const key = `${one.account} ${service} ${one.policy === null ? 'without' : 'with'}`;
    ownOf.set(key, [...(ownOf.get(key) ?? []), i]);
    byService.set(service, [...(byService.get(service) ?? []), i]);
  }
  /** 7 % on nothing, 8 % anywhere, the rest in the principal's account; about 40 % on a resource with a policy. */
  const resourceFor = (account: number, service: string): number => {
    const kind = random();
    if (kind < 0.07) return nothing + account;
    const own = ownOf.get(`${account} ${service} ${kind < 0.37 ? 'with' : 'without'}`) ?? [];
    const candidates = kind > 0.92 || own.length === 0 ? (byService.get(service) ?? []) : own;
    return candidates[zipf(candidates.length)] ?? nothing + account;
  };
  const requests = Array.from({ length: size.requests }, (): BenchRequest => {
    const service = pick(NAMES);
    const principal = zipf(principals.length);
    const account = principals[principal]?.account ?? 0;
    const name = `${service}:${pick(SERVICES[service] ?? [])}`;
    return {
      principal,
      resource: resourceFor(account, service),
      action: actionFacts(name),
      context: new Map<string, string | readonly string[]>([
        ['aws:sourceip', pick(['10.1.2.3', '203.0.113.7', '192.168.1.1'])],
        ['aws:requestedregion', pick(['eu-west-1', 'us-west-2'])],
        ['aws:securetransport', 'true'],
        ['aws:multifactorauthpresent', pick(['true', 'false'])],
        ['aws:useragent', pick(['aws-cli/2.1', 'Boto3/1'])],
        ['aws:viaawsservice', 'false'],
        ['s3:max-keys', pick(['10', '1000'])],
        ['aws:tagkeys', pick([['team'], ['team', 'cost'], []])],
        ...Array.from({ length: 8 }, (_, i): [string, string] => [`k:other${i}`, 'x']),
      ]),
    };
  });
  return { policies: allPolicies, scp, principals, resources, requests };
}

const known = new Map<string, ActionFacts>();
/** One object for each action, as the catalogue gives them. */
export function actionFacts(name: string): ActionFacts {
  const facts = known.get(name) ?? {
    name,
    service: name.slice(0, name.indexOf(':')),
    wildcardOnly: false,
    resourceControlSupported: false,
    number: numberAction(name),
  };
  known.set(name, facts);
  return facts;
}

/** The request with its documents, as the plain loop takes them. */
export function plainRequest(world: World, request: BenchRequest): NaiveRequest {
  const principal = world.principals[request.principal] as BenchPrincipal;
  const resource = world.resources[request.resource] as BenchResource;
  return {
    principal: principal.facts,
    action: request.action,
    resource: {
      arn: resource.arn,
      accountId: accountId(resource.account),
      organization: null,
      tags: {},
      policy: resource.policy,
      bindings: {},
      rcp: null,
    },
    identity: principal.attached.map((i) => world.policies[i] as Doc),
    boundary: principal.boundary === null ? null : (world.policies[principal.boundary] as Doc),
    session: null,
    scp: world.scp[principal.account] ?? null,
    context: request.context,
    now: NOW,
    authority: 'directory',
  };
}
export { accountId };
