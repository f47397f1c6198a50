import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
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
import { isVariable, readTemplate, type Template, type Variable } from '../policy/variable.ts';
import { type ConditionUse, conditionUse, valuesOf } from './condition-use.ts';
import { EVERYTHING, globOfParts, type ResourceGlob } from './resource-set.ts';
import { simplified, type Term } from './term.ts';
import { templateText } from './wildcard.ts';

/**
 * Statements with everything decided that is known before a resource is: what follows from the principal, from the time and
 * from the given context. Decided by the engine's own conditions, on an evaluation whose resource is only a stand-in.
 */
export class Settling implements ContextReader {
  readonly #evaluation: Evaluation;
  readonly #ownerKnown: boolean;

  /** `ownerKnown`: the resource of `evaluation` is not a stand-in as far as its account and organization go. */
  constructor(evaluation: Evaluation, ownerKnown: boolean) {
    this.#evaluation = evaluation;
    this.#ownerKnown = ownerKnown;
  }

  /** The requests that the statement matches by Resource and Condition, as terms whose union it is. */
  termsOf(layer: PolicyLayer, attached: AttachedPolicy, statement: CompiledStatement): readonly Term[] {
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
    return this.#resourceTerms(statement, variables)
      .map((term) => simplified({ ...term, conditions: [...conditions, ...term.conditions], statements }))
      .filter((term) => term !== null);
  }

  /** Whether the condition holds, or what is left of it. `variables`: its document knows policy variables. */
  condition(condition: Condition, variables: boolean): boolean | ConditionUse {
    if (condition.keys.every((key) => this.#isSettled(key))) return condition.holds(this.#evaluation);
    const use = readOperator(condition.operator);
    if (use === null) return false;
    if (this.#isSettled(condition.key)) {
      // Open variables can only add matches to what matches without them.
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
    // No value is left that anything could match.
    if (values.length === 0 && neverWithoutValues(use)) return false;
    return conditionUse(condition.operator, condition.key.written, values) ?? false;
  }

  /** A use that an earlier settling left over. */
  again(use: ConditionUse): boolean | ConditionUse {
    const settled = this.condition(use.condition, true);
    return typeof settled === 'object' && settled.id === use.id ? use : settled;
  }

  /** For what is settled, its value; for what is open, none. */
  value(key: ContextKey): ReturnType<ContextReader['value']> {
    return this.#isSettled(key) ? this.#evaluation.value(key) : undefined;
  }

  /** It depends on the name of the principal's session, which is not known. */
  #isUnsaid(unsaid: Unsaid): boolean {
    return (unsaid & SESSION_NAME) !== 0 && (unsaidBy(this.#evaluation) & SESSION_NAME) !== 0;
  }

  /** As `condition`: in an Allow it has to hold whatever the name is, in a Deny for some name. What else is open counts against. */
  #unsaidCondition(condition: Condition, statement: CompiledStatement): boolean {
    const open = condition.keys.some((key) => key.unsaid !== SESSION_NAME && !this.#isSettled(key));
    if (open) return !statement.allows;
    return holdsUnsaid(this.#evaluation, { statement }, SESSION_NAME, (said) => condition.holds(said));
  }

  #isSettled(key: ContextKey): boolean {
    const { request } = this.#evaluation;
    if (key.owner === 'call') return false;
    if (this.#evaluation.comesWithRequest(key)) return request.context.has(key.name) || this.#evaluation.isAssumed(key);
    return key.owner !== 'resource' || (this.#ownerKnown && key.tag === null);
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
    // The user id of a session without a name: a Deny is about it with some name, an Allow excludes it with every one.
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
  /** Everything that agrees with it up to the fifth colon. */
  readonly head: ResourceGlob;
  readonly open: readonly Variable[];
}

function deniedNotResources(entries: readonly Entry[]): ResourceTerm {
  const notResources = entries.flatMap((entry) => (entry.glob === null ? [] : [entry.glob]));
  return { resources: [], notResources, conditions: [] };
}

const MAX_OPEN_ENTRIES = 6;

/**
 * An Allow with NotResource does not apply where a variable of an entry has no value, as far as the entry's first five parts
 * agree with the resource. So each entry with open variables makes two cases: they do not agree, or it has its values.
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

/** True when the key has one value, or none where the variable has a default. */
function hasValue({ key, fallback }: Variable): ConditionUse | null {
  return conditionUse(fallback === null ? 'StringLike' : 'StringLikeIfExists', key.written, ['*']);
}
