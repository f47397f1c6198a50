/** The part of the work that others can express: identity policies without conditions, wildcards and Deny; and exact roles. */
import type { Doc } from '../support/naive-evaluator.ts';
import { loadCedar } from './cedar.ts';
import { ask, prepareEngine, type Question, questionsOf, textsOf } from './engine.ts';
import { atLeast, over, type Ratio, rates, round } from './measure.ts';
import { type BenchRequest, FULL_SIZE, makeWorld, type World } from './world.ts';

const REQUESTS = 20_000;
const SLOW = 1000;

/** Says whether a request is allowed. */
type Peer = (request: BenchRequest) => boolean;

interface Row {
  readonly name: string;
  readonly count: number;
  readonly may: Peer;
}

// The packages are the benchmark's own and not there for the compiler: what is used of them is written down here.
interface Ability {
  can(action: string, subject: unknown): boolean;
}
interface Casl {
  readonly AbilityBuilder: new (
    create: unknown,
  ) => {
    can(actions: readonly string[], subject: string, conditions?: object): void;
    cannot(actions: readonly string[], subject: string, conditions?: object): void;
    build(): Ability;
  };
  readonly createMongoAbility: unknown;
  readonly subject: (type: string, object: object) => unknown;
}
interface Enforcer {
  addPolicies(lines: readonly (readonly string[])[]): Promise<boolean>;
  enforceSync(...values: readonly unknown[]): boolean;
}
interface Casbin {
  readonly newEnforcer: (model: unknown) => Promise<Enforcer>;
  readonly newModelFromString: (text: string) => unknown;
}
async function load<T>(name: string): Promise<T> {
  const loaded: T = await import(name);
  return loaded;
}

/** Compares with every peer on what it can express. Throws when one answers otherwise than the engine. */
export async function peers(full: World): Promise<readonly Ratio[]> {
  const wild = withoutRest(full);
  const roles = compare('wildcard roles without conditions', wild, [
    { name: 'casl', count: REQUESTS, may: await casl(wild) },
    { name: 'casbin, an enforcer for each principal', count: SLOW, may: await casbin(wild) },
    { name: 'cedar-wasm, a prepared set for each principal', count: SLOW, may: await cedar(wild) },
  ]);
  const exact = exactRoles();
  const exactly = compare('exact roles', exact, [{ name: 'casl', count: REQUESTS, may: await casl(exact) }]);
  return [atLeast('wildcard roles / CASL', roles('casl'), 2.5), atLeast('exact roles / CASL', exactly('casl'), 1)];
}

/** Answers how many times the engine is as fast as a peer. Nobody says more here than whether. */
function compare(title: string, world: World, others: readonly Row[]): (name: string) => number {
  const questions = questionsOf(prepareEngine(world, textsOf(world)), world.requests.slice(0, REQUESTS));
  const measured = rates([
    over(ENGINE, questions, (one) => (ask(one).allowed ? 1 : 0)),
    ...others.map(({ name, count, may }) => over(name, world.requests.slice(0, count), (one) => (may(one) ? 1 : 0))),
  ]);
  const times = (name: string): number => (measured.get(ENGINE) ?? 0) / (measured.get(name) ?? 1);
  for (const { name, count, may } of others) {
    const first = world.requests.slice(0, Math.min(count, 3000));
    const differ = first.filter((one, i) => may(one) !== ask(questions[i] as Question).allowed).length;
    if (differ > 0) throw new Error(`${name} answers ${differ} requests otherwise than the engine`);
  }
  console.log(title);
  console.table(
    [...measured].map(([name, rate]) => ({
      name,
      'decisions/s': Math.round(rate),
      'engine is x': round(times(name)),
    })),
  );
  return times;
}

const ENGINE = 'engine';

/** The same principals with their identity policies alone, conditions taken out, all in one account. */
function withoutRest(world: World): World {
  const strip = (document: Doc): Doc => ({
    ...document,
    Statement: (document['Statement'] as readonly Doc[]).map((one) =>
      Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'Condition')),
    ),
  });
  const full: Doc = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  return {
    policies: world.policies.map(strip),
    scp: world.scp.map(() => [[full]]),
    principals: world.principals.map((one) => ({ ...one, boundary: null })),
    resources: world.resources.map((one) => ({ ...one, policy: null })),
    requests: world.requests.slice(0, REQUESTS).map((one) => ({ ...one, resource: ownResource(world, one) })),
  };
}

/** One of the principal's own account, or none at all: the others do not know accounts. */
function ownResource(world: World, request: BenchRequest): number {
  const account = world.principals[request.principal]?.account;
  const service = world.resources[request.resource]?.arn.split(':')[2];
  const found = world.resources.findIndex((one) => one.account === account && one.arn.split(':')[2] === service);
  return found < 0 ? world.resources.findIndex((one) => one.account === account && one.arn === '*') : found;
}

/** Principals that may do single actions on everything: what a table of roles can say. */
function exactRoles(): World {
  const base = withoutRest(makeWorld({ ...FULL_SIZE, requests: REQUESTS }, 2));
  const actions = [...new Set(base.requests.map((one) => one.action.name))];
  const policies = base.policies.map(
    (_, i): Doc => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions.filter((__, j) => (i + j) % 5 === 0), Resource: '*' }],
    }),
  );
  return { ...base, policies };
}

interface Rule {
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

function rulesOf(world: World, principal: number): readonly Rule[] {
  return (world.principals[principal]?.attached ?? []).flatMap((i) =>
    ((world.policies[i]?.['Statement'] ?? []) as readonly Doc[]).map(
      (statement): Rule => ({
        allows: statement['Effect'] === 'Allow',
        actions: [statement['Action']].flat() as string[],
        resources: [statement['Resource']].flat() as string[],
      }),
    ),
  );
}

function regexpOf(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
}

/** An ability for each principal, action wildcards expanded beforehand; `cannot` rules last, so that they win. */
async function casl(world: World): Promise<Peer> {
  const { AbilityBuilder, createMongoAbility, subject } = await load<Casl>('@casl/ability');
  const actions = [...new Set(world.requests.map((one) => one.action.name))];
  const abilities = new Map<number, Ability>();
  const subjects = world.resources.map(({ arn }) => subject('Resource', { arn }));
  const build = (principal: number): Ability => {
    const builder = new AbilityBuilder(createMongoAbility);
    const rules = [...rulesOf(world, principal)].sort((a, b) => Number(b.allows) - Number(a.allows));
    for (const rule of rules) {
      const covered = actions.filter((action) => rule.actions.some((glob) => regexpOf(glob).test(action)));
      const say = (condition?: object): void => {
        if (rule.allows) builder.can(covered, 'Resource', condition);
        else builder.cannot(covered, 'Resource', condition);
      };
      for (const glob of rule.resources) {
        say(glob === '*' ? undefined : { arn: { $regex: regexpOf(glob) } });
      }
    }
    const ability = builder.build();
    abilities.set(principal, ability);
    return ability;
  };
  return ({ principal, resource, action }) =>
    (abilities.get(principal) ?? build(principal)).can(action.name, subjects[resource]);
}

async function casbin(world: World): Promise<Peer> {
  const { newEnforcer, newModelFromString } = await load<Casbin>('casbin');
  const model = [
    '[request_definition]',
    'r = act, obj',
    '[policy_definition]',
    'p = act, obj, eft',
    '[policy_effect]',
    'e = some(where (p.eft == allow)) && !some(where (p.eft == deny))',
    '[matchers]',
    'm = regexMatch(r.act, p.act) && regexMatch(r.obj, p.obj)',
  ].join('\n');
  const enforcers = new Map<number, Enforcer>();
  for (const principal of new Set(world.requests.slice(0, SLOW).map((one) => one.principal))) {
    const enforcer = await newEnforcer(newModelFromString(model));
    const lines = rulesOf(world, principal).flatMap((rule) =>
      rule.actions.flatMap((act) =>
        rule.resources.map((obj) => [regexpOf(act).source, regexpOf(obj).source, rule.allows ? 'allow' : 'deny']),
      ),
    );
    const distinct = [...new Map(lines.map((line) => [line.join(' '), line])).values()];
    await enforcer.addPolicies(distinct);
    enforcers.set(principal, enforcer);
  }
  return ({ principal, resource, action }) =>
    enforcers.get(principal)?.enforceSync(action.name, world.resources[resource]?.arn) ?? false;
}

async function cedar(world: World): Promise<Peer> {
  const wasm = await loadCedar();
  const text = (principal: number): string =>
    rulesOf(world, principal)
      .map(({ allows, actions, resources }) => {
        const like = (attribute: string, globs: readonly string[]): string =>
          globs.map((glob) => `context.${attribute} like "${glob}"`).join(' || ');
        return `${allows ? 'permit' : 'forbid'}(principal, action, resource) when { (${like('a', actions)}) && (${like('r', resources)}) };`;
      })
      .join('\n');
  for (const principal of new Set(world.requests.slice(0, SLOW).map((one) => one.principal))) {
    const answer = wasm.preparsePolicySet(`p${principal}`, { staticPolicies: text(principal) });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  }
  return ({ principal, resource, action }) => {
    const answer = wasm.statefulIsAuthorized({
      principal: { type: 'P', id: 'p' },
      action: { type: 'Action', id: 'a' },
      resource: { type: 'R', id: 'r' },
      context: { a: action.name, r: world.resources[resource]?.arn ?? '' },
      preparsedPolicySetId: `p${principal}`,
      validateRequest: false,
      entities: [],
    });
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
}
