import type { JsonObject } from '../policy/json.ts';
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
  readonly #attached: AttachedPolicy;

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
    this.#attached = attached;
  }

  get statement(): JsonObject {
    return this.#attached.policy.source.statement(this.index);
  }

  get documentText(): string | null {
    return this.#attached.policy.source.text;
  }
}
