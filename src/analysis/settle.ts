import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { filledValue } from '../evaluation/call-keys.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { StatementInPolicy } from '../evaluation/matched-statement.ts';
import { holdsUnsaid, unsaidBy } from '../evaluation/unsaid.ts';
import type { Condition } from '../policy/condition.ts';
import { type ContextKey, type ContextReader, SESSION_NAME, type Unsaid } from '../policy/context-key.ts';
import { RolegateError } from '../policy/errors.ts';
import { type OperatorUse, readOperator } from '../policy/operator.ts';
import { ANY_RUN, type Piece } from '../policy/pattern.ts';
import type { ResourcePattern } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import { isVariable, readTemplate, type Template, type Variable } from '../policy/variable.ts';
import { type ConditionUse, conditionUse, valuesOf } from './condition-use.ts';
import { EVERYTHING, globOfParts, type ResourceGlob } from './resource-set.ts';
import { simplified, type Term } from './term.ts';
import { templateText } from './wildcard.ts';

/**
 * Statements with all parts decided that do not depend on the resource: those that follow from the principal, the time and
 * the given context. Decided by the engine's own conditions, on an evaluation whose resource is only a stand-in.
 */
export class Settling implements ContextReader {
  readonly #evaluation: Evaluation;
  readonly #ownerKnown: boolean;

  /** `ownerKnown`: the account and organization of the resource in `evaluation` are real, not a stand-in. */
  constructor(evaluation: Evaluation, ownerKnown: boolean) {
    this.#evaluation = evaluation;
    this.#ownerKnown = ownerKnown;
  }

  /** The requests that the statement matches by Resource and Condition, as a union of terms. */
  *termsOf(layer: PolicyLayer, attached: AttachedPolicy, statement: CompiledStatement): Steps<readonly Term[]> {
    const { variables } = attached.policy;
    const conditions: ConditionUse[] = [];
    for (const condition of statement.conditions) {
      const settled = this.#isUnsaid(condition.unsaid)
        ? this.#unsaidCondition(condition, statement)
        : this.condition(condition, variables);
      if (settled === false) return [];
      if (settled !== true) conditions.push(settled);
    }
    const statements = [new StatementInPolicy(layer, attached, statement)];
    const terms: Term[] = [];
    for (const term of this.#resourceTerms(statement, variables)) {
      const one = yield* simplified({ ...term, conditions: [...conditions, ...term.conditions], statements });
      if (one !== null) terms.push(one);
    }
    return terms;
  }

  /** Whether the condition holds, or the part that stays open. `variables`: its document supports policy variables. */
  condition(condition: Condition, variables: boolean): boolean | ConditionUse {
    if (condition.keys.every((key) => this.#isSettled(key))) return condition.holds(this.#evaluation);
    const use = readOperator(condition.operator);
    if (use === null) return false;
    if (this.#isSettled(condition.key)) {
      // Open variables can only add further matches.
      const holds = condition.holds(this);
      const negated = use.operator?.negated ?? false;
      if (holds !== negated) return holds;
    }
    const kinds = valuesOf(use);
    const values = kinds.variables
      ? condition.values
          .map((value) => this.#value(value, variables, kinds.wildcards))
          .filter((value) => value !== null)
      : condition.values;
    // No remaining value could match anything.
    if (values.length === 0 && neverWithoutValues(use)) return false;
    return conditionUse(condition.operator, condition.key.written, values) ?? false;
  }

  /** A use that an earlier settling left open. */
  again(use: ConditionUse): boolean | ConditionUse {
    const settled = this.condition(use.condition, true);
    return typeof settled === 'object' && settled.id === use.id ? use : settled;
  }

  /** The value if the key is settled; none if it is open. */
  value(key: ContextKey): ReturnType<ContextReader['value']> {
    return this.#isSettled(key) ? this.#evaluation.value(key) : undefined;
  }

  /** It depends on the name of the principal's session, which is unknown. */
  #isUnsaid(unsaid: Unsaid): boolean {
    return (unsaid & SESSION_NAME) !== 0 && (unsaidBy(this.#evaluation) & SESSION_NAME) !== 0;
  }

  /** Like `condition`: in an Allow it must hold for every name, in a Deny for some name. Other open keys: the worst case. */
  #unsaidCondition(condition: Condition, statement: CompiledStatement): boolean {
    const open = condition.keys.some((key) => key.unsaid !== SESSION_NAME && !this.#isSettled(key));
    if (open) return !statement.allows;
    return holdsUnsaid(this.#evaluation, { statement }, SESSION_NAME, (said) => condition.holds(said));
  }

  #isSettled(key: ContextKey): boolean {
    const { request } = this.#evaluation;
    // Of keys that follow from the call, a resource with its owner settles those of access points.
    if (key.owner === 'call') return this.#ownerKnown && this.#isOfAccessPoint(key);
    if (this.#evaluation.comesWithRequest(key)) {
      const known = request.context.has(key.name) || request.settled?.has(key.name) === true;
      return known || this.#evaluation.isAssumed(key);
    }
    return key.owner !== 'resource' || (this.#ownerKnown && key.tag === null);
  }

  #isOfAccessPoint(key: ContextKey): boolean {
    return key.name.includes('accesspoint') && typeof filledValue(key, this.#evaluation) === 'string';
  }

  /** A condition value with its settled variables replaced; null: it can match nothing. */
  #value(text: string, variables: boolean, wildcards: boolean): string | null {
    const template = this.#template(readTemplate(text, { variables, wildcards }));
    return template === null ? null : templateText(template, wildcards);
  }

  /** Null: a settled variable has no value. */
  #template(template: Template, unsaidName: 'any' | 'none' = 'none'): Template | null {
    const pieces: (Piece | Variable)[] = [];
    for (const piece of template) {
      if (!isVariable(piece)) {
        pieces.push(piece);
        continue;
      }
      if (piece.key.multiValued) return null;
      if (this.#isUnsaid(piece.key.unsaid)) {
        const { facts } = this.#evaluation.principal;
        if (unsaidName === 'none' || facts.kind !== 'roleSession') return null;
        pieces.push(`${facts.role.id}:`, ANY_RUN);
        continue;
      }
      if (!this.#isSettled(piece.key)) {
        pieces.push(piece);
        continue;
      }
      const value = this.#evaluation.value(piece.key) ?? piece.fallback;
      if (typeof value !== 'string') return null;
      pieces.push(value);
    }
    return pieces;
  }

  #resourceTerms({ resources, allows }: CompiledStatement, variables: boolean): readonly ResourceTerm[] {
    if (resources === null) return [{ resources: [], notResources: [], conditions: [] }];
    // The user id of a session without a name: a Deny applies if it matches for some name, an Allow excludes it only for all.
    const unsaidName = allows === resources.negated ? 'any' : 'none';
    const entries = resources.patterns.map((pattern) => this.#entry(pattern, variables, unsaidName));
    if (!resources.negated) {
      const globs = entries.flatMap((entry) => (entry.glob === null ? [] : [entry.glob]));
      return globs.length === 0 ? [] : [{ resources: [globs], notResources: [], conditions: [] }];
    }
    return allows ? allowedNotResources(entries) : [deniedNotResources(entries)];
  }

  #entry({ everything, parts }: ResourcePattern, variables: boolean, unsaidName: 'any' | 'none'): Entry {
    if (everything) return { glob: EVERYTHING, head: EVERYTHING, open: [] };
    const heads = parts.slice(0, HEADS);
    const template = this.#template(readTemplate(parts[HEADS] ?? '', { variables, wildcards: true }), unsaidName);
    return {
      glob: template === null ? null : globOfParts(heads, template),
      head: globOfParts(heads, [ANY_RUN]),
      open: template === null ? [] : template.filter(isVariable),
    };
  }
}

/** Parts of an ARN before its resource. */
const HEADS = 5;

function neverWithoutValues({ operator, ifExists, quantifier }: OperatorUse): boolean {
  return operator !== null && !operator.negated && !ifExists && quantifier !== 'forAllValues';
}

type ResourceTerm = Pick<Term, 'resources' | 'notResources' | 'conditions'>;

interface Entry {
  /** Null: a variable in it has no value. */
  readonly glob: ResourceGlob | null;
  /** The glob of everything with the same first five parts. */
  readonly head: ResourceGlob;
  readonly open: readonly Variable[];
}

function deniedNotResources(entries: readonly Entry[]): ResourceTerm {
  const notResources = entries.flatMap((entry) => (entry.glob === null ? [] : [entry.glob]));
  return { resources: [], notResources, conditions: [] };
}

const MAX_OPEN_ENTRIES = 6;

/**
 * An Allow with NotResource does not apply if a variable of an entry has no value and the entry's first five parts match
 * the resource. So each entry with open variables makes two cases: those parts do not match, or the variables have values.
 */
function allowedNotResources(entries: readonly Entry[]): readonly ResourceTerm[] {
  const open = entries.filter((entry) => entry.open.length > 0);
  if (open.length > MAX_OPEN_ENTRIES) {
    throw new RolegateError(
      'LIMIT_EXCEEDED',
      `a NotResource with ${open.length} entries that hold open policy variables; the limit is ${MAX_OPEN_ENTRIES}`,
    );
  }
  let terms: readonly ResourceTerm[] = [{ resources: [], notResources: [], conditions: [] }];
  for (const entry of entries) {
    const glob = entry.glob;
    const apart = (term: ResourceTerm): ResourceTerm => ({ ...term, notResources: [...term.notResources, entry.head] });
    if (glob === null) terms = terms.map(apart);
    else if (entry.open.length === 0) {
      terms = terms.map((term) => ({ ...term, notResources: [...term.notResources, glob] }));
    } else {
      const known = entry.open.map(hasValue).filter((use) => use !== null);
      terms = terms.flatMap((term) => [
        apart(term),
        { ...term, notResources: [...term.notResources, glob], conditions: [...term.conditions, ...known] },
      ]);
    }
  }
  return terms;
}

/** True if the key has one value, or if it has none and the variable has a default. */
function hasValue({ key, fallback }: Variable): ConditionUse | null {
  return conditionUse(fallback === null ? 'StringLike' : 'StringLikeIfExists', key.written, ['*']);
}
