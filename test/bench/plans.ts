/**
 * A small plain engine, the line to beat: documents compiled once, candidate statements in a Map by principal and action and in
 * another by policy holder and action, conditions as closures. It says the effect and nothing else, and knows what the worlds of
 * this benchmark hold: users and role sessions, ten operators, no tags of resources, no session policies.
 */
import type { DecisionEffect } from '../../src/evaluation/decision.ts';
import { parseRange, rangeHolds } from '../../src/policy/compare/ip.ts';
import { type Glob, globOf } from '../../src/policy/pattern.ts';
import type { Doc, Json } from '../support/naive-evaluator.ts';
import { accountId, type BenchPrincipal, type BenchRequest, type World } from './world.ts';

type Context = BenchRequest['context'];
type Holds = (context: Context, caller: Caller) => boolean;

/** What statements read of a principal. */
interface Caller {
  readonly account: number;
  readonly accountId: string;
  /** Of the user, or of the role. */
  readonly arn: string;
  readonly team: string | undefined;
  readonly isSession: boolean;
}

interface Compiled {
  readonly allows: boolean;
  readonly actions: readonly Glob[];
  readonly notActions: boolean;
  /** Null: every resource. */
  readonly resources: readonly Glob[] | null;
  readonly conditions: readonly Holds[];
  /** Of a resource's policy: ARNs and accounts; null: everybody. */
  readonly names: readonly string[] | null;
}

/** What principal and control policies say about one action. */
interface Plan {
  readonly denies: readonly Compiled[];
  /** Each list must allow. */
  readonly levels: readonly (readonly Compiled[])[];
  /** Null: no boundary. */
  readonly boundary: readonly Compiled[] | null;
  readonly allows: readonly Compiled[];
}

interface HolderPlan {
  readonly denies: readonly Compiled[];
  readonly allows: readonly Compiled[];
}

/** A request in the form that it takes: numbers, and the context. */
export interface PlansRequest {
  readonly principal: number;
  readonly action: number;
  readonly resource: number;
  readonly context: Context;
}

const ACTIONS = 64;
const NOT_NAMED = 0;
const AS_ACCOUNT = 1;
const AS_ROLE = 2;
const DIRECTLY = 3;

export class PlansEngine {
  readonly #world: World;
  readonly #callers: readonly Caller[];
  readonly #actions: string[] = [];
  readonly #policies: readonly (readonly Compiled[])[];
  readonly #scp: readonly (readonly (readonly Compiled[])[])[];
  readonly #holders: readonly (readonly Compiled[] | null)[];
  /** Of each resource, in `#holders`. */
  readonly #holderOf: readonly number[];
  readonly #plans = new Map<number, Plan>();
  readonly #holderPlans = new Map<number, HolderPlan>();

  constructor(world: World) {
    this.#world = world;
    this.#callers = world.principals.map(callerOf);
    this.#policies = world.policies.map(compileDocument);
    const shared = new Map<Doc, readonly Compiled[]>();
    const compiled = (document: Doc): readonly Compiled[] => {
      const known = shared.get(document) ?? compileDocument(document);
      shared.set(document, known);
      return known;
    };
    this.#scp = world.scp.map((levels) => levels.map((level) => level.flatMap(compiled)));
    const holders: (readonly Compiled[] | null)[] = [];
    this.#holderOf = world.resources.map(({ holder, policy }, i) => {
      const place = holder ?? i;
      holders[place] ??= policy === null ? null : compiled(policy);
      return place;
    });
    this.#holders = holders;
  }

  request({ principal, action, resource, context }: BenchRequest): PlansRequest {
    if (!this.#actions.includes(action.name)) this.#actions.push(action.name);
    return { principal, action: this.#actions.indexOf(action.name), resource, context };
  }

  decide({ principal: who, action, resource, context }: PlansRequest): DecisionEffect {
    const caller = this.#callers[who] as Caller;
    const { arn, account } = this.#world.resources[resource] as World['resources'][number];
    const holder = this.#holderOf[resource] as number;
    const plan = this.#plans.get(who * ACTIONS + action) ?? this.#plan(who, action);
    const of = this.#holders[holder] === null ? NOTHING : this.#holderPlan(holder, action);

    if (anyApplies(plan.denies, arn, context, caller)) return 'EXPLICIT_DENY';
    for (const one of of.denies) {
      if (naming(one, caller) !== NOT_NAMED && applies(one, arn, context, caller)) return 'EXPLICIT_DENY';
    }
    for (const level of plan.levels) if (!anyApplies(level, arn, context, caller)) return 'IMPLICIT_DENY';
    let granted = NOT_NAMED;
    for (const one of of.allows) {
      const named = naming(one, caller);
      if (named > granted && applies(one, arn, context, caller)) granted = named;
    }
    const same = account === caller.account;
    if (same && granted === DIRECTLY) return 'ALLOWED';
    if (plan.boundary !== null && !anyApplies(plan.boundary, arn, context, caller)) return 'IMPLICIT_DENY';
    if (same ? granted === AS_ROLE : granted === NOT_NAMED) return same ? 'ALLOWED' : 'IMPLICIT_DENY';
    return anyApplies(plan.allows, arn, context, caller) ? 'ALLOWED' : 'IMPLICIT_DENY';
  }

  #plan(who: number, action: number): Plan {
    const { attached, boundary, account } = this.#world.principals[who] as BenchPrincipal;
    const name = this.#actions[action] ?? '';
    const identity = about(
      attached.flatMap((i) => this.#policies[i] ?? []),
      name,
    );
    const limit = boundary === null ? null : about(this.#policies[boundary] ?? [], name);
    const levels = (this.#scp[account] ?? []).map((level) => about(level, name));
    const plan: Plan = {
      denies: [...levels.flat(), ...(limit ?? []), ...identity].filter((one) => !one.allows),
      levels: levels.map(allowing).filter((level) => !level.some(isAlways)),
      boundary: limit === null || allowing(limit).some(isAlways) ? null : allowing(limit),
      allows: allowing(identity),
    };
    this.#plans.set(who * ACTIONS + action, plan);
    return plan;
  }

  #holderPlan(holder: number, action: number): HolderPlan {
    const known = this.#holderPlans.get(holder * ACTIONS + action);
    if (known !== undefined) return known;
    const statements = about(this.#holders[holder] ?? [], this.#actions[action] ?? '');
    const plan = { denies: statements.filter((one) => !one.allows), allows: allowing(statements) };
    this.#holderPlans.set(holder * ACTIONS + action, plan);
    return plan;
  }
}

const NOTHING: HolderPlan = { denies: [], allows: [] };

function allowing(statements: readonly Compiled[]): readonly Compiled[] {
  return statements.filter((one) => one.allows);
}

function isAlways({ resources, conditions }: Compiled): boolean {
  return resources === null && conditions.length === 0;
}

function about(statements: readonly Compiled[], action: string): readonly Compiled[] {
  const name = action.toLowerCase();
  return statements.filter(({ actions, notActions }) => actions.some((glob) => glob.matches(name)) !== notActions);
}

function anyApplies(list: readonly Compiled[], arn: string, context: Context, caller: Caller): boolean {
  for (const one of list) if (applies(one, arn, context, caller)) return true;
  return false;
}

function applies({ resources, conditions }: Compiled, arn: string, context: Context, caller: Caller): boolean {
  if (resources !== null && !matchesAny(resources, arn)) return false;
  for (const holds of conditions) if (!holds(context, caller)) return false;
  return true;
}

function matchesAny(globs: readonly Glob[], text: string): boolean {
  for (const glob of globs) if (glob.matches(text)) return true;
  return false;
}

function naming({ names }: Compiled, { arn, accountId, isSession }: Caller): number {
  if (names === null) return DIRECTLY;
  let strongest = NOT_NAMED;
  for (const name of names) {
    if (name === arn) return isSession ? AS_ROLE : DIRECTLY;
    if (name === accountId) strongest = AS_ACCOUNT;
  }
  return strongest;
}

function callerOf({ facts, account }: BenchPrincipal): Caller {
  const isSession = facts.kind === 'roleSession';
  const arn = isSession ? facts.role.arn : 'arn' in facts ? facts.arn : '';
  const team = 'tags' in facts ? facts.tags['team'] : undefined;
  return {
    account,
    accountId: accountId(account),
    arn,
    team: isSession ? (team ?? facts.role.tags['team']) : team,
    isSession,
  };
}

function compileDocument(document: Doc): readonly Compiled[] {
  return listOf(document['Statement']).map((one) => compileStatement(one as Doc));
}

function compileStatement(statement: Doc): Compiled {
  const actions = textsOf(statement['Action'] ?? statement['NotAction']).map((text) => globOf(text.toLowerCase()));
  const resources = textsOf(statement['Resource']);
  const principal = statement['Principal'];
  const conditions = Object.entries((statement['Condition'] ?? {}) as Doc).flatMap(([operator, keys]) =>
    Object.entries(keys as Doc).map(([key, values]) => compileCondition(operator, key.toLowerCase(), textsOf(values))),
  );
  return {
    allows: statement['Effect'] === 'Allow',
    actions,
    notActions: statement['NotAction'] !== undefined,
    resources: resources.includes('*') ? null : resources.map(globOf),
    conditions,
    names: principal === undefined || principal === '*' ? null : textsOf((principal as Doc)['AWS'] ?? []),
  };
}

function compileCondition(operator: string, key: string, values: readonly string[]): Holds {
  const read = readerOf(key);
  const one = (fits: (text: string) => boolean, absent = false): Holds => {
    return (context, caller) => {
      const value = read(context, caller);
      return value === undefined ? absent : typeof value === 'string' && fits(value);
    };
  };
  const globs = values.map(globOf);
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return one((text) => values.includes(text));
    case 'StringNotEquals':
      return one((text) => !values.includes(text), true);
    case 'StringLike':
    case 'ArnLike':
      return one((text) => matchesAny(globs, text));
    case 'ArnNotLike':
      return one((text) => !matchesAny(globs, text), true);
    case 'NumericLessThan':
      return one((text) => values.some((value) => Number(text) < Number(value)));
    case 'IpAddress': {
      const ranges = values.map(parseRange).filter((range) => range !== null);
      return one((text) => {
        const given = parseRange(text);
        return given !== null && ranges.some((range) => rangeHolds(given, range));
      });
    }
    case 'ForAllValues:StringEquals':
      return (context, caller) => {
        const value = read(context, caller) ?? [];
        return (typeof value === 'string' ? [value] : value).every((text) => values.includes(text));
      };
    default:
      throw new Error(`no operator ${operator}`);
  }
}

function readerOf(key: string): (context: Context, caller: Caller) => string | readonly string[] | undefined {
  if (key === 'aws:principalarn') return (_, caller) => caller.arn;
  if (key === 'aws:principaltag/team') return (_, caller) => caller.team;
  // Credentials of a role prove no MFA, whatever the request says.
  if (key === 'aws:multifactorauthpresent') return (context, caller) => (caller.isSession ? 'false' : context.get(key));
  return (context) => context.get(key);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).map(String);
}
