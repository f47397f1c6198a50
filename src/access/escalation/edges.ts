import type { IndexedPrincipal, PrincipalIndex } from '../../directory/principals/indexed-principals.ts';
import type { PolicyLayer } from '../../evaluation/layer.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { Answer } from '../question.ts';
import { EVERYTHING, isRewritten, joiningOf, ofHolder } from './changes.ts';
import { allowsOf } from './grants.ts';
import { boundaryKey, contextOf, methodFor, trustIsEnough } from './iam-calls.ts';
import { allAllowed, type Judge, type Supposed } from './judge.ts';
import { liftedBy } from './lifted.ts';
import { type EscalationKind, type IamMethod, METHODS } from './methods.ts';
import type { EscalationStep } from './paths.ts';
import type { Actor, Populations } from './population.ts';
import { ServiceEdges } from './service-edges.ts';
import type { Sight } from './sight.ts';
import { inGroup, withEverything, without, withoutBoundary, withPolicyAs } from './supposed.ts';

/** A step that makes somebody more than it is. `supposed` null: what it is then is not known. */
export interface Growth {
  readonly step: EscalationStep;
  readonly supposed: Supposed | null;
}

/** What a user or role can do next. */
export interface Edges {
  /** Steps by which it has the permissions of another user or role. */
  readonly become: readonly EscalationStep[];
  /** Steps by which it makes itself, or one that it can become, more: by the ARN of that one. */
  readonly growths: ReadonlyMap<string, readonly Growth[]>;
}

/** What makes somebody more. */
const GROWTHS: ReadonlySet<EscalationKind> = new Set(['CHANGE_POLICY', 'JOIN_GROUP', 'LIFT_BOUNDARY']);
const NONE: Edges = { become: [], growths: new Map() };

/** A call that is to be decided, and what it would be a step of. */
interface Call {
  readonly method: IamMethod;
  readonly target: string;
  readonly to: string;
  readonly supposed: Supposed | null;
  readonly context: Readonly<Record<string, string>>;
}

/** A user or role that a call would change. */
interface Changed {
  /** As it is before the call. */
  readonly one: IndexedPrincipal;
  /** The same. */
  readonly prepared: PreparedPrincipal;
  /** What changed it before; null: nothing. */
  readonly before: Supposed | null;
}

/** `given`: condition keys of the call beside those of the method. */
type MakeCall = (target: string, then: Supposed | null, given?: Readonly<Record<string, string>>) => Call;

/** The steps from each user and role, found once. */
export class EdgeFinder {
  readonly #judge: Judge;
  readonly #index: PrincipalIndex;
  readonly #populations: Populations;
  readonly #sight: Sight;
  readonly #services: ServiceEdges;
  readonly #known = new Map<string, Promise<Edges>>();
  readonly #after = new WeakMap<Supposed, Promise<Edges>>();
  readonly #afterwards = new Map<string, Supposed>();

  constructor(judge: Judge, index: PrincipalIndex, populations: Populations, sight: Sight) {
    this.#judge = judge;
    this.#index = index;
    this.#populations = populations;
    this.#sight = sight;
    this.#services = new ServiceEdges(judge, populations, sight);
  }

  from(arn: string): Promise<Edges> {
    const known =
      this.#known.get(arn) ??
      this.#judge.principal(arn).then((prepared) => (prepared === null ? NONE : this.#find(arn, prepared, null)));
    this.#known.set(arn, known);
    return known;
  }

  /** The same of somebody as it would be. */
  after(supposed: Supposed): Promise<Edges> {
    const known = this.#after.get(supposed) ?? this.#find(supposed.arn, supposed.prepared, supposed);
    this.#after.set(supposed, known);
    return known;
  }

  async #find(arn: string, prepared: PreparedPrincipal, supposed: Supposed | null): Promise<Edges> {
    const actor = { arn, prepared, supposed, population: this.#populations.of(prepared.accountId) };
    const become = [
      ...(await this.#assumed(actor)),
      ...(await this.#taken(actor)),
      ...(await this.#services.from(actor)),
    ];
    const own = new Set([arn, ...become.map(({ to }) => to)]);
    const growths = new Map<string, Growth[]>();
    for (const growth of await this.#growths(actor, own)) {
      const list = growths.get(growth.step.to);
      if (list === undefined) growths.set(growth.step.to, [growth]);
      else list.push(growth);
    }
    return { become, growths };
  }

  /** Roles that it can assume, as they are or after it has changed their trust policies. */
  async #assumed(actor: Actor): Promise<readonly EscalationStep[]> {
    const assume = methodFor('assume-role');
    const trusting = await this.#seen(actor, [...this.#index.rolesTrusting(actor.prepared.facts)]);
    const first = await this.#decided(
      actor,
      trusting.map(({ arn }) => callOf(assume, arn)),
    );
    const reached = new Set(first.map(({ to }) => to));
    const change = methodFor('update-assume-role-policy');
    if (!this.#mayTry(actor, change)) return first;
    const others = await this.#seen(
      actor,
      actor.population.roles.filter(({ arn }) => !reached.has(arn)),
    );
    const changed = await this.#decided(
      actor,
      others.map(({ arn }) => callOf(change, arn)),
    );
    // The new trust policy lets it in; but nothing else must keep it out.
    const tried = await this.#judge.decideAs(
      actor,
      changed.map(({ target }) => ({ action: assume.action, resource: target })),
    );
    return [...first, ...changed.filter((_step, index) => trustIsEnough(tried[index] ?? null))];
  }

  /** Users whose credentials it can get. */
  async #taken(actor: Actor): Promise<readonly EscalationStep[]> {
    const methods = METHODS.iam.filter((one) => one.kind === 'TAKE_CREDENTIALS' && this.#mayTry(actor, one));
    if (methods.length === 0) return [];
    const users = await this.#seen(actor, actor.population.users);
    return this.#decided(
      actor,
      methods.flatMap((method) => users.map(({ arn }) => callOf(method, arn))),
    );
  }

  /** Changes of those that it is, or can become, in its own account: calls of IAM are about no other. */
  async #growths(actor: Actor, own: ReadonlySet<string>): Promise<readonly Growth[]> {
    const methods = METHODS.iam.filter((one) => GROWTHS.has(one.kind) && this.#mayTry(actor, one));
    if (methods.length === 0) return [];
    const calls: Call[] = [];
    for (const one of [...actor.population.users, ...actor.population.roles]) {
      if (!own.has(one.arn)) continue;
      await this.#judge.work.turn();
      const isItself = one.arn === actor.arn;
      const prepared = isItself ? actor.prepared : await this.#judge.principal(one.arn);
      if (prepared === null) continue;
      const before = isItself ? actor.supposed : null;
      const changed = { one: before?.one ?? one, prepared, before };
      for (const method of methods) calls.push(...(await this.#changes(actor, method, changed)));
    }
    const answers = await this.#answers(actor, calls);
    return calls.flatMap((call, index) => {
      const step = stepOf(actor, call, answers[index] ?? null);
      return step === null ? [] : [{ step, supposed: call.supposed }];
    });
  }

  /** The calls by which a method could make `one` more. */
  async #changes(actor: Actor, method: IamMethod, changed: Changed): Promise<readonly Call[]> {
    const { one, prepared } = changed;
    const { arn } = one;
    const boundary = prepared.policies?.source.boundary?.arn ?? null;
    const call: MakeCall = (target, then, given = {}) => ({
      method,
      target,
      to: arn,
      supposed: then,
      context: {
        ...(boundary === null || method.on === 'group' ? {} : boundaryKey(boundary)),
        ...contextOf(method, prepared),
        ...given,
      },
    });
    if (method.lifts !== undefined) return this.#lifted(method, changed, call);
    if (method.kind === 'LIFT_BOUNDARY') {
      if (one.kind !== method.on || boundary === null) return [];
      const isSeen = await this.#sight.policy({ layer: 'PERMISSIONS_BOUNDARY', arn: boundary, holder: null });
      const lift = (): PreparedPrincipal => withoutBoundary(prepared);
      return isSeen ? [call(arn, this.#supposed(changed, 'without a boundary', lift))] : [];
    }
    const more = (): PreparedPrincipal => withEverything(prepared, arn);
    switch (method.on) {
      case 'user':
      case 'role':
        return one.kind === method.on ? [call(arn, this.#supposed(changed, EVERYTHING, more))] : [];
      case 'group':
        return method.kind === 'JOIN_GROUP' ? this.#joined(actor, changed, call) : this.#ofGroups(changed, call);
      case 'policy':
        return this.#ofPolicies(actor, method, changed, call);
      default:
        return method.on satisfies never;
    }
  }

  /** Policies with Denies that are taken away. */
  async #lifted(method: IamMethod, changed: Changed, call: MakeCall): Promise<readonly Call[]> {
    const { one, prepared, before } = changed;
    const calls: Call[] = [];
    for (const { holder, policyArn, takes, left } of liftedBy(method, one, this.#index)) {
      const place = {
        layer: 'IDENTITY_POLICY',
        arn: policyArn,
        holder: policyArn === null ? holder.arn : null,
      } as const;
      const isSeen = method.on === 'group' ? await this.#sight.group(holder) : await this.#sight.policy(place);
      if (!isSeen) continue;
      const joining =
        method.lifts === 'membership' ? before?.changes.find((one) => one === joiningOf(holder)) : undefined;
      const change = joining ?? `without ${policyArn ?? method.lifts ?? ''}${ofHolder(holder)}`;
      const then = this.#supposed(changed, change, () => without(prepared, takes), left);
      // It has left what it had joined, and is as it was.
      if (then.changes.length === 0) continue;
      calls.push(call(holder.arn, then, policyArn === null ? {} : { 'iam:policyarn': policyArn }));
    }
    return calls;
  }

  async #joined({ population }: Actor, changed: Changed, call: MakeCall): Promise<readonly Call[]> {
    const { one, prepared, before } = changed;
    if (one.kind !== 'user') return [];
    const changes = before?.changes ?? [];
    const calls: Call[] = [];
    for (const group of population.groups) {
      // A group that it has changed or left would not be the one of the index, and gives nothing that it did not have.
      if (changes.some((change) => change.endsWith(ofHolder(group)))) continue;
      if (one.groups.some(({ arn }) => arn === group.arn) || !(await this.#sight.group(group))) continue;
      const inIt = (): PreparedPrincipal =>
        changes.filter(isRewritten).reduce(
          withPolicyAs,
          inGroup(prepared, group, (document) => this.#index.compiled(document)),
        );
      const joined = { ...one, groups: [...one.groups, group] };
      const isWhole = [...group.inline, ...group.attached.map(({ document }) => document)].every(
        (each) => each.isWhole,
      );
      // What cannot be read can deny.
      calls.push(call(group.arn, isWhole ? this.#supposed(changed, joiningOf(group), inIt, joined) : null));
    }
    return calls;
  }

  async #ofGroups(changed: Changed, call: MakeCall): Promise<readonly Call[]> {
    const { one, prepared, before } = changed;
    // It has all that another group could give.
    const changes = before?.changes ?? [];
    const hasAll = one.groups.some((group) => changes.includes(`${EVERYTHING}${ofHolder(group)}`));
    if (hasAll || changes.includes(EVERYTHING)) return [];
    const calls: Call[] = [];
    for (const group of one.groups) {
      if (!(await this.#sight.group(group))) continue;
      // It is lost again with the membership.
      const more = (): PreparedPrincipal => withEverything(prepared, group.arn);
      calls.push(call(group.arn, this.#supposed(changed, `${EVERYTHING}${ofHolder(group)}`, more)));
    }
    return calls;
  }

  async #ofPolicies(actor: Actor, method: IamMethod, changed: Changed, call: MakeCall): Promise<readonly Call[]> {
    const { prepared } = changed;
    const { identity = [], boundary = null } = prepared.policies?.source ?? {};
    const layers = new Map<string, PolicyLayer>();
    if (boundary?.arn != null) layers.set(boundary.arn, 'PERMISSIONS_BOUNDARY');
    for (const { arn } of identity) if (arn !== null) layers.set(arn, 'IDENTITY_POLICY');
    const calls: Call[] = [];
    for (const [arn, layer] of layers) {
      if (!arn.includes(`:${actor.prepared.accountId}:`)) continue;
      if (!(await this.#sight.policy({ layer, arn, holder: null }))) continue;
      const isOther = method.id === 'set-default-policy-version';
      calls.push(call(arn, isOther ? null : this.#supposed(changed, arn, () => withPolicyAs(prepared, arn))));
    }
    return calls;
  }

  /**
   * Somebody after a change: one object for the same changes, however and in whatever order they are made. Leaving a group that it has
   * joined takes the joining back. `then`: what it holds after it.
   */
  #supposed({ one, before }: Changed, change: string, make: () => PreparedPrincipal, then = one): Supposed {
    const { arn } = one;
    const made = before?.changes ?? [];
    const isBack = then.groups.length < one.groups.length && made.includes(change);
    const changes = isBack ? made.filter((other) => other !== change) : [...new Set([...made, change])].sort();
    const key = JSON.stringify([arn, changes]);
    const known = this.#afterwards.get(key) ?? { arn, changes, one: then, prepared: make() };
    this.#afterwards.set(key, known);
    return known;
  }

  /** Whether a policy of its own could let it make the call; anything else is not asked. */
  #mayTry({ prepared }: Actor, { action: name }: Pick<IamMethod, 'action'>): boolean {
    const action = this.#judge.tools.catalog.action(name);
    return action !== null && allowsOf(prepared, action).length > 0;
  }

  /** Those that may be told of, without itself. */
  async #seen({ arn }: Actor, list: readonly IndexedPrincipal[]): Promise<readonly IndexedPrincipal[]> {
    return this.#sight.principals(list.filter((one) => one.arn !== arn));
  }

  async #decided(actor: Actor, calls: readonly Call[]): Promise<readonly EscalationStep[]> {
    const answers = await this.#answers(actor, calls);
    return calls.flatMap((call, index) => stepOf(actor, call, answers[index] ?? null) ?? []);
  }

  #answers(actor: Actor, calls: readonly Call[]): Promise<readonly (Answer | null)[]> {
    return this.#judge.decideAs(
      actor,
      calls.map(({ method, target, context }) => ({ action: method.action, resource: target, context })),
    );
  }
}

function stepOf({ arn }: Actor, { method, target, to }: Call, answer: Answer | null): EscalationStep | null {
  const answers = allAllowed([answer]);
  return answers === null ? null : { method, from: arn, target, to, answers };
}

function callOf(method: IamMethod, target: string): Call {
  return { method, target, to: target, supposed: null, context: {} };
}
