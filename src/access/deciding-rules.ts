import type { CatalogAction } from '../catalog/catalog.ts';
import { Evaluation } from '../evaluation/evaluation.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { RequestFacts } from '../evaluation/request.ts';
import { dependsOnOpen, isOpen } from '../evaluation/rereading.ts';
import type { Rule } from '../evaluation/rule.ts';
import { resourceControlOf } from '../evaluation/situation.ts';
import type { ContextKey } from '../policy/context-key.ts';
import { isAccountId } from '../policy/principal-id.ts';
import { type ResourcePattern, resourceElementKeys } from '../policy/resource-pattern.ts';
import { readTemplate, resolveTemplate } from '../policy/variable.ts';
import { type Form, formOf } from './pattern-resources.ts';

/** Parts of an ARN before its resource. */
const HEADS = 5;

const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'aws:resourceaccount',
  's3:resourceaccount',
  's3express:resourceaccount',
  's3:dataaccesspointaccount',
]);
const OF_REGION: ReadonlySet<string> = new Set(['aws:requestedregion', 'ec2:region']);

/** The distinctions that the statements about an action make between resources. */
export class DecidingRules {
  readonly forms: Form[] = [];
  readonly accounts = new Set<string>();
  regionMatters = false;
  /** A statement depends on unknown facts about a resource with an unknown name. */
  dependsOnOpen = false;
  /** An entry depends on a fact that the question leaves unsaid: its distinctions are unknown. */
  isUnsaid = false;
  readonly #rules = new Set<Rule | string>();
  readonly #action: CatalogAction;
  readonly #request: RequestFacts;

  constructor(action: CatalogAction, request: RequestFacts) {
    this.#action = action;
    this.#request = request;
  }

  readonly open = (key: ContextKey): boolean => isOpen(key, this.#request);

  /** Adds the rules that decide on one resource; returns whether one is new. */
  add(principal: PreparedPrincipal, resource: PreparedResource): boolean {
    const before = this.#rules.size;
    const evaluation = new Evaluation(principal, this.#action, resource, this.#request);
    for (const rule of this.#about(evaluation)) {
      const identity = identityOf(rule);
      if (this.#rules.has(identity)) continue;
      this.#rules.add(identity);
      this.#read(rule, evaluation);
    }
    return this.#rules.size > before;
  }

  *#about(evaluation: Evaluation): Generator<Rule> {
    const { principal, resource, action, request } = evaluation;
    const plan = principal.policies?.for(action);
    if (plan !== undefined) {
      yield* plan.placed;
      yield* plan.boundary?.placed ?? [];
      yield* plan.serviceControl?.placed ?? [];
    }
    yield* principal.session?.plans.for(action).placed ?? [];
    yield* resource.policyPlans?.for(action).placed ?? [];
    yield* resource.bucket?.plans?.for(action).placed ?? [];
    yield* resource.grantPlans?.for(action).placed ?? [];
    yield* resourceControlOf(evaluation)?.for(action).placed ?? [];
    yield* request.endpoint?.for(action).placed ?? [];
  }

  #read({ statement, attached }: Rule, evaluation: Evaluation): void {
    const { resources, conditions } = statement;
    if (dependsOnOpen(statement, this.open)) this.dependsOnOpen = true;
    for (const { keys, values } of conditions) {
      if (keys.some(({ name }) => OF_REGION.has(name))) this.regionMatters = true;
      if (keys.some(({ name }) => OF_ACCOUNT.has(name))) for (const value of values) this.#account(value);
    }
    for (const key of resources === null ? [] : resourceElementKeys(resources)) {
      if (key.unsaid !== 0 && evaluation.value(key) === undefined) this.isUnsaid = true;
    }
    for (const pattern of resources?.patterns ?? []) {
      const form = formOfEntry(pattern, attached.policy.variables, evaluation);
      if (form !== null) this.forms.push(form);
    }
  }

  /** An account that a condition names makes a difference; a pattern in a condition can make a difference for many accounts. */
  #account(value: string): void {
    if (isAccountId(value)) this.accounts.add(value);
    else this.forms.push(formOf(['*', '*', '*', '*', value], []));
  }
}

/** Policies of resources can be gathered several times, as different objects: within one revision their place identifies them. */
function identityOf(rule: Rule): Rule | string {
  const { layer, level, attached, statement } = rule;
  return OF_RESOURCE.has(layer) ? JSON.stringify([layer, level, attached.id, statement.index]) : rule;
}

const OF_RESOURCE: ReadonlySet<PolicyLayer> = new Set([
  'RESOURCE_POLICY',
  'TRUST_POLICY',
  'UNDERLYING_BUCKET_POLICY',
  'KMS_GRANT',
  'RESOURCE_CONTROL_POLICY',
]);

/** Null: it matches everything, or a variable in it has no value, so that it treats all with its first five parts alike. */
function formOfEntry({ everything, parts }: ResourcePattern, variables: boolean, reader: Evaluation): Form | null {
  if (everything || parts.length <= HEADS) return null;
  const pieces = resolveTemplate(readTemplate(parts[HEADS] ?? '', { variables, wildcards: true }), reader);
  return pieces === null ? null : formOf(parts, pieces);
}
