import type { Answer } from '../question.ts';
import { allowsOf, resourcesFor } from './grants.ts';
import { type Asked, allAllowed, type Judge } from './judge.ts';
import { METHODS, type ServiceCall, type ServiceMethod } from './methods.ts';
import type { EscalationStep } from './paths.ts';
import type { Actor, Populations } from './population.ts';
import type { Sight } from './sight.ts';

const PASS_ROLE = 'iam:PassRole';

/** The calls of a method, proved. */
interface Proved {
  readonly answers: readonly Answer[];
  /** The first resource of them; null: they have none. */
  readonly resource: string | null;
}

/** Steps through services that run code with a role of the account. */
export class ServiceEdges {
  readonly #judge: Judge;
  readonly #populations: Populations;
  readonly #sight: Sight;

  constructor(judge: Judge, populations: Populations, sight: Sight) {
    this.#judge = judge;
    this.#populations = populations;
    this.#sight = sight;
  }

  async from(actor: Actor): Promise<readonly EscalationStep[]> {
    const steps: EscalationStep[] = [];
    for (const method of METHODS.services) {
      await this.#judge.work.turn();
      for (const step of await this.#through(actor, method)) steps.push(step);
    }
    return steps;
  }

  async #through(actor: Actor, method: ServiceMethod): Promise<readonly EscalationStep[]> {
    const passes = method.kind === 'PASS_ROLE';
    const needed = [...(passes ? [PASS_ROLE] : []), ...method.calls.map(({ action }) => action)];
    if (!needed.every((name) => this.#mayTry(actor, name))) return [];
    const trusting = this.#populations
      .rolesOfService(method.service, actor.prepared.accountId)
      .filter(({ arn }) => arn !== actor.arn);
    const roles = trusting.length === 0 ? [] : await this.#sight.principals(trusting);
    if (roles.length === 0 || !(await this.#sight.service(method.service))) return [];
    const calls = await this.#calls(actor, method);
    if (calls === null) return [];
    const passed = passes
      ? await this.#judge.decideAs(
          actor,
          roles.map(({ arn }) => ({
            action: PASS_ROLE,
            resource: arn,
            context: { 'iam:passedtoservice': method.service },
          })),
        )
      : null;
    const taken = await this.#judge.decide(
      roles.map(
        ({ arn }): Asked => ({
          principal: method.service,
          action: 'sts:AssumeRole',
          resource: arn,
          context: sourceKeys(actor, calls.resource),
        }),
      ),
    );
    return roles.flatMap(({ arn }, index) => {
      const proof = allAllowed([...(passed === null ? [] : [passed[index]]), ...calls.answers, taken[index]]);
      return proof === null ? [] : [{ method, from: actor.arn, target: arn, to: arn, answers: proof }];
    });
  }

  /** Every call of the method, on the same resource where they take one of the same type; null: not all are allowed. */
  async #calls(actor: Actor, { calls }: ServiceMethod): Promise<Proved | null> {
    const answers: Answer[] = [];
    const chosen = new Map<string, string>();
    for (const { action, types } of calls) {
      const found = types.length === 0 ? await this.#withoutResource(actor, action) : [];
      for (const type of types) {
        const answer = await this.#onType(actor, calls, action, type, chosen);
        if (answer === null) return null;
        found.push(answer);
      }
      if (found.length === 0) return null;
      answers.push(...found);
    }
    return { answers, resource: chosen.values().next().value ?? null };
  }

  async #withoutResource(actor: Actor, action: string): Promise<Answer[]> {
    const [answer = null] = await this.#judge.decideAs(actor, [{ action, resource: '*' }]);
    return answer?.decision.allowed === true ? [answer] : [];
  }

  /** The call on the resource of that type that is chosen; the first one chooses. */
  async #onType(
    actor: Actor,
    calls: readonly ServiceCall[],
    action: string,
    type: string,
    chosen: Map<string, string>,
  ): Promise<Answer | null> {
    const before = chosen.get(type);
    if (before === undefined) {
      const sharing = calls.filter(({ types }) => types.includes(type)).map((call) => call.action);
      const tried = [
        ...new Set(
          sharing.flatMap((one) => resourcesFor(this.#judge.tools.catalog.now, actor.prepared, { action: one, type })),
        ),
      ];
      const decided = await this.#judge.decideAs(
        actor,
        tried.flatMap((resource) => sharing.map((one) => ({ action: one, resource }))),
      );
      const at = tried.findIndex(
        (_resource, index) => allAllowed(decided.slice(index * sharing.length, (index + 1) * sharing.length)) !== null,
      );
      const resource = tried[at];
      if (resource === undefined) return null;
      chosen.set(type, resource);
    }
    const [answer = null] = await this.#judge.decideAs(actor, [{ action, resource: chosen.get(type) ?? '' }]);
    return answer?.decision.allowed === true ? answer : null;
  }

  #mayTry({ prepared }: Actor, name: string): boolean {
    const action = this.#judge.tools.catalog.action(name);
    return action !== null && allowsOf(prepared, action).length > 0;
  }
}

/** The service calls for something in the account. */
function sourceKeys({ prepared }: Actor, resource: string | null): Readonly<Record<string, string>> {
  const account = { 'aws:sourceaccount': prepared.accountId };
  return resource === null ? account : { ...account, 'aws:sourcearn': resource };
}
