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

/** What the statements about an action make of its resources: by what they tell them apart. */
export class DecidingRules {
  readonly forms: Form[] = [];
  readonly accounts = new Set<string>();
  regionMatters = false;
  /** A statement hangs on what is not known of a resource whose name is not. */
  dependsOnOpen = false;
  /** An entry names what the question leaves unsaid: what it tells apart is not known. */
  isUnsaid = false;
  readonly #rules = new Set<Rule | string>();
  readonly #action: CatalogAction;
  readonly #request: RequestFacts;

  constructor(action: CatalogAction, request: RequestFacts) {
    this.#action = action;
    this.#request = request;
  }

  readonly open = (key: ContextKey): boolean => isOpen(key, this.#request);

  /** Adds what decides on one resource; says whether something is new. */
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

  /** An account that a condition names is one that makes a difference; what it names by a pattern makes many. */
  #account(value: string): void {
    if (isAccountId(value)) this.accounts.add(value);
    else this.forms.push(formOf(['*', '*', '*', '*', value], []));
  }
}

/** Policies of resources can be gathered several times, as other objects: within one revision their place says which they are. */
function identityOf(rule: Rule): Rule | string {
  const { layer, level, attached, statement } = rule;
  return OF_RESOURCE.has(layer) ? JSON.stringify([layer, level, attached.id, statement.index]) : rule;
}

const OF_RESOURCE: ReadonlySet<PolicyLayer> = new Set(['RESOURCE_POLICY', 'TRUST_POLICY', 'RESOURCE_CONTROL_POLICY']);

/** Null: everything, or a variable in it has no value, so that it is the same for all that have its first five parts. */
function formOfEntry({ everything, parts }: ResourcePattern, variables: boolean, reader: Evaluation): Form | null {
  if (everything || parts.length <= HEADS) return null;
  const pieces = resolveTemplate(readTemplate(parts[HEADS] ?? '', { variables, wildcards: true }), reader);
  return pieces === null ? null : formOf(parts, pieces);
}
