import type { JsonObject } from '../policy/json.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { AttachedPolicy, LevelName } from './applicable-policies.ts';
import type { MatchedStatement } from './decision.ts';
import type { PolicyLayer } from './layer.ts';

/** A statement where it is attached, in the form in which decisions show it. */
export class StatementInPolicy implements MatchedStatement {
  readonly layer: PolicyLayer;
  readonly policy: string;
  readonly policyName: string | null;
  readonly arn: string | null;
  readonly holder: string | null;
  readonly level: LevelName | null;
  readonly sid: string | null;
  readonly index: number;
  readonly effect: 'ALLOW' | 'DENY';
  /** Of the document nothing else is kept: what is told can outlive what is in memory. */
  readonly #source: PolicySource;

  constructor(layer: PolicyLayer, attached: AttachedPolicy, { sid, index, allows }: CompiledStatement) {
    this.layer = layer;
    this.policy = attached.id;
    this.policyName = attached.name;
    this.arn = attached.arn;
    this.holder = attached.holder ?? null;
    this.level = attached.level ?? null;
    this.sid = sid;
    this.index = index;
    this.effect = allows ? 'ALLOW' : 'DENY';
    this.#source = attached.policy.source;
  }

  get statement(): JsonObject {
    return this.#source.statement(this.index);
  }

  get documentText(): string | null {
    return this.#source.text;
  }
}

/** A statement of a control policy can deny both on an access point and on the bucket behind it: it is named once. */
export function withoutRepetition(statements: readonly MatchedStatement[]): readonly MatchedStatement[] {
  const isRepeated = (one: MatchedStatement, at: number): boolean =>
    statements.slice(0, at).some((other) => isSame(one, other));
  return statements.filter((one, at) => !isRepeated(one, at));
}

function isSame(one: MatchedStatement, other: MatchedStatement): boolean {
  return (
    one.layer === other.layer && one.policy === other.policy && one.level === other.level && one.index === other.index
  );
}
