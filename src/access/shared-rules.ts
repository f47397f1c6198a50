import { CallerDependence, relevanceOf } from '../evaluation/caller-marks.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { type Rule, rulesOf } from '../evaluation/rule.ts';
import { resourceControlOf } from '../evaluation/situation.ts';
import { actionMatches } from '../policy/action-pattern.ts';
import { parseArn } from '../policy/arn.ts';
import type { CompiledStatement } from '../policy/statement.ts';

/** What the policies on the side of the resource say about a request, whoever makes it, and of whom they say it. */
export class SharedRules {
  /** Their parts that depend on the caller. */
  readonly dependences: readonly CallerDependence[];
  /** Accounts that they name. */
  readonly accounts = new Set<string>();
  /** An Allow of them needs no other one, for somebody whom it does not name. */
  letsInUnnamed = false;
  /** Their statements, by where they stand. */
  readonly places: readonly string[];
  readonly #arns = new Set<string>();
  readonly #ids = new Set<string>();
  /** Roles of which they name a session: account and name. */
  readonly #sessionRoles = new Set<string>();

  /** The request, of any caller. `evaluations`: it is one on all of these resources, and on others beside. */
  constructor(evaluation: Evaluation, evaluations: readonly Evaluation[] | null = null) {
    const isOfMany = evaluations !== null;
    const dependences: CallerDependence[] = [];
    const places: string[] = [];
    for (const each of [evaluation, ...(evaluations ?? [])]) {
      for (const rule of rulesAbout(each, isOfMany)) {
        const dependence = CallerDependence.of(rule);
        if (dependence !== null) dependences.push(dependence);
        places.push(
          JSON.stringify([rule.layer, rule.level, rule.attached.arn, rule.attached.id, rule.statement.index]),
        );
        this.#note(rule.statement);
        // Control policies let nobody in.
        if (rule.allows && rule.layer !== 'RESOURCE_CONTROL_POLICY' && !namesAll(rule.statement))
          this.letsInUnnamed = true;
      }
    }
    this.dependences = dependences;
    this.places = places;
    for (const each of [evaluation, ...(evaluations ?? [])]) this.#bind(each);
  }

  #bind({ resource: { facts, bucket } }: Evaluation): void {
    // A saved policy means who had the name then.
    for (const bindings of [facts.policyBindings, bucket?.facts.policyBindings ?? {}]) {
      for (const [arn, id] of Object.entries(bindings)) if (this.#arns.has(arn)) this.#ids.add(id);
    }
  }

  /** Whether they name this one, and not only its account. */
  names(arn: string, id: string, accountId: string, isRole: boolean): boolean {
    if (this.#arns.has(arn) || this.#ids.has(id)) return true;
    if (!isRole || this.#sessionRoles.size === 0) return false;
    return this.#sessionRoles.has(`${accountId} ${arn.slice(arn.lastIndexOf('/') + 1)}`);
  }

  #note({ principal }: CompiledStatement): void {
    for (const named of principal?.named ?? []) {
      if (named.kind === 'account') this.accounts.add(named.accountId);
      else if (named.kind === 'uniqueId') this.#ids.add(named.id);
      else if (named.kind === 'arn') {
        this.#arns.add(named.arn);
        const arn = parseArn(named.arn);
        const [kind, name] = arn?.resource.split('/', 2) ?? [];
        if (kind === 'assumed-role') this.#sessionRoles.add(`${arn?.accountId ?? ''} ${name ?? ''}`);
      }
    }
  }
}

/** Whether whom it means is named, as itself or by the account, which alone needs policies of its own. */
function namesAll({ principal }: CompiledStatement): boolean {
  return principal !== null && !principal.negated && !principal.everyone;
}

/** The statements of the policies of the resource, of what stands above it, and of the endpoint on the way, that can match. */
function rulesAbout(evaluation: Evaluation, isOfMany: boolean): readonly Rule[] {
  const { action, resource, request } = evaluation;
  const name = actionName(action);
  const all = [
    ...(resource.policyPlans?.for(action).placed ?? []),
    ...(resource.grantPlans?.for(action).placed ?? []),
    ...(resource.bucket?.plans?.for(action).placed ?? []),
    ...(resourceControlOf(evaluation)?.for(action).placed ?? []),
    ...(request.endpoint === undefined ? [] : rulesOf(request.endpoint.source, 'VPC_ENDPOINT_POLICY', 0)),
  ];
  return all.filter(
    ({ statement }) =>
      actionMatches(statement.actions, action.service, name) &&
      (isOfMany || relevanceOf(statement, evaluation, true) !== 'NEVER'),
  );
}
