import type { Condition } from '../policy/condition.ts';
import type { ContextKey, Unsaid } from '../policy/context-key.ts';
import type { PrincipalElement } from '../policy/principal-element.ts';
import { EVERY_MARK, type Marks } from '../policy/resource-marks.ts';
import { type ResourcePattern, resourceElementKeys } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { templateKeys } from '../policy/variable.ts';
import type { AttachedPolicy } from './applicable-policies.ts';
import type { MatchedStatement } from './decision.ts';
import type { PolicyLayer } from './layer.ts';
import { StatementInPolicy } from './matched-statement.ts';
import { type Names, namedBy } from './names.ts';

/** Replaces the patterns of NotResource, and of a Resource whose entries match nothing. */
export const NOT_RESOURCE: ResourcePattern = {
  everything: false,
  marks: EVERY_MARK,
  head: null,
  segments: null,
  start: '',
  rest: null,
  template: null,
  parts: [],
};

/**
 * A statement where it is attached. The fields that deciding reads first are in one object: most of the time of a decision is
 * spent waiting for memory.
 */
export class Rule {
  // `declare`: without it each field is first defined as undefined.
  declare readonly statement: CompiledStatement;
  declare readonly attached: AttachedPolicy;
  declare readonly layer: PolicyLayer;
  /** Level of the organization, from its root; 0 in other layers. */
  declare readonly level: number;
  /** Marks of the resources that it can match. */
  declare readonly marks: Marks;
  /**
   * Its first entry of Resource; null: it applies to every resource, and also to requests without one; NOT_RESOURCE: it has
   * none to compare.
   */
  declare readonly pattern: ResourcePattern | null;
  /** Its further entries of Resource; null: none. */
  declare readonly more: readonly ResourcePattern[] | null;
  /** The principals that it names. */
  declare readonly names: Names;
  /** Its Principal is everybody. */
  declare readonly everyone: boolean;
  declare readonly principal: PrincipalElement | null;
  declare readonly allows: boolean;
  /** Null: none. */
  declare readonly conditions: readonly Condition[] | null;
  /** The parts of a question that can be left unsaid and that its conditions and policy variables depend on. */
  declare readonly unsaid: Unsaid;
  declare private asMatchedRead: MatchedStatement | null;
  declare private keysRead: readonly ContextKey[] | null;

  constructor(statement: CompiledStatement, attached: AttachedPolicy, layer: PolicyLayer, level: number) {
    const { resources, conditions, principal, allows } = statement;
    const patterns = resources === null || resources.negated ? [] : resources.patterns;
    // In the order in which they are read: the first ones share a cache line.
    const everything = resources === null || patterns.some((pattern) => pattern.everything);
    this.marks =
      everything || resources.negated ? EVERY_MARK : patterns.reduce((marks, pattern) => marks | pattern.marks, 0);
    this.conditions = conditions.length === 0 ? null : conditions;
    this.pattern = everything ? null : (patterns[0] ?? NOT_RESOURCE);
    this.unsaid = unsaidIn(statement);
    this.more = patterns.length > 1 ? patterns.slice(1) : null;
    this.asMatchedRead = null;
    this.names = namedBy(principal);
    this.everyone = principal?.everyone === true && !principal.negated;
    this.principal = principal;
    this.allows = allows;
    this.statement = statement;
    this.attached = attached;
    this.layer = layer;
    this.level = level;
    this.keysRead = null;
  }

  /** It matches every request for the action, from any caller. */
  get always(): boolean {
    const { pattern, conditions, principal, statement } = this;
    return pattern === null && conditions === null && principal === null && statement.resources !== null;
  }

  /** Keys of the policy variables in its Resource or NotResource. */
  get resourceKeys(): readonly ContextKey[] {
    if (this.keysRead === null) {
      const { resources } = this.statement;
      this.keysRead = resources === null ? [] : resourceElementKeys(resources);
    }
    return this.keysRead;
  }

  /** In the form that decisions show: the same object every time. */
  get asMatched(): MatchedStatement {
    this.asMatchedRead ??= new StatementInPolicy(this.layer, this.attached, this.statement);
    return this.asMatchedRead;
  }
}

function unsaidIn({ conditions, resources }: CompiledStatement): Unsaid {
  let unsaid: Unsaid = 0;
  for (const condition of conditions) unsaid |= condition.unsaid;
  for (const pattern of resources?.patterns ?? NO_PATTERNS) {
    if (pattern.template !== null) for (const key of templateKeys(pattern.template)) unsaid |= key.unsaid;
  }
  return unsaid;
}

const NO_PATTERNS: readonly ResourcePattern[] = [];

interface RulesAt {
  readonly layer: PolicyLayer;
  readonly level: number;
  readonly rules: readonly Rule[];
}

/** By attachment: principals that share one share its rules. */
const known = new WeakMap<AttachedPolicy, RulesAt[]>();

/** The statements of a policy where it is attached, in the order of the document. */
export function rulesOf(attached: AttachedPolicy, layer: PolicyLayer, level: number): readonly Rule[] {
  const places = known.get(attached) ?? [];
  for (const place of places) if (place.layer === layer && place.level === level) return place.rules;
  const rules = attached.policy.statements.map((statement) => new Rule(statement, attached, layer, level));
  places.push({ layer, level, rules });
  known.set(attached, places);
  return rules;
}
