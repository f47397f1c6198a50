import type { Findings } from './decide.ts';
import type { Evaluation } from './evaluation.ts';
import type { LayerInPlace, StatementInPlace } from './explain.ts';
import { isGrantee } from './grantee.ts';
import type { PolicyLayer } from './layer.ts';
import { type Naming, NOT_NAMED } from './match-principal.ts';
import { hasEverything } from './situation.ts';

/** The order in which AWS's messages name layers that deny. */
export const DENY_ORDER: readonly PolicyLayer[] = [
  'SERVICE_CONTROL_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
  'BLOCK_PUBLIC_ACCESS',
  'PERMISSIONS_BOUNDARY',
  'SESSION_POLICY',
  'RESOURCE_POLICY',
  'TRUST_POLICY',
  'UNDERLYING_BUCKET_POLICY',
  'KMS_GRANT',
  'IDENTITY_POLICY',
];

/** The findings of the layers if exactly the statements for which `counts` is true matched. */
export class AssumedFindings implements Findings {
  readonly #evaluation: Evaluation;
  readonly #layers: readonly LayerInPlace[];
  readonly #counts: (statement: StatementInPlace) => boolean;

  constructor(
    evaluation: Evaluation,
    layers: readonly LayerInPlace[],
    counts: (statement: StatementInPlace) => boolean,
  ) {
    this.#evaluation = evaluation;
    this.#layers = layers;
    this.#counts = counts;
  }

  explicitlyDeniedBy(): PolicyLayer | null {
    const denies = (name: PolicyLayer): boolean =>
      this.#statements(name).some((one) => !one.rule.statement.allows && this.#counts(one));
    return DENY_ORDER.find(denies) ?? null;
  }

  closedBy(): PolicyLayer | null {
    const isClosed = (name: PolicyLayer): boolean => this.#layers.some(({ layer, closed }) => layer === name && closed);
    return DENY_ORDER.find(isClosed) ?? null;
  }

  serviceControlAllows(): boolean {
    return this.#allows('SERVICE_CONTROL_POLICY');
  }

  endpointAllows(): boolean {
    return this.#allows('VPC_ENDPOINT_POLICY');
  }

  publicAccessAllows(): boolean {
    return this.#allows('BLOCK_PUBLIC_ACCESS');
  }

  grant(): Naming {
    return this.#strongest([
      ...this.#statements('RESOURCE_POLICY'),
      ...this.#statements('TRUST_POLICY'),
      ...this.#statements('KMS_GRANT'),
    ]);
  }

  bucketGrant(): Naming {
    return this.#strongest(this.#statements('UNDERLYING_BUCKET_POLICY'));
  }

  isGrantee(): boolean {
    return isGrantee(this.#strongest(this.#statements('KMS_GRANT')));
  }

  identityAllows(): boolean {
    return hasEverything(this.#evaluation.principal.facts) || this.#allows('IDENTITY_POLICY');
  }

  boundaryAllows(): boolean {
    return this.#allows('PERMISSIONS_BOUNDARY');
  }

  sessionAllows(): boolean {
    return this.#allows('SESSION_POLICY');
  }

  #strongest(statements: readonly StatementInPlace[]): Naming {
    let strongest: Naming = NOT_NAMED;
    for (const one of statements) {
      if (one.rule.statement.allows && one.naming > strongest && this.#counts(one)) strongest = one.naming;
    }
    return strongest;
  }

  /** Every level of the layer has an Allow that counts; a layer that does not take part allows. */
  #allows(name: PolicyLayer): boolean {
    const layer = this.#layers.find((one) => one.layer === name);
    if (layer === undefined) return true;
    const allowing = layer.statements.filter((one) => one.rule.statement.allows && this.#counts(one));
    const levels = new Set(allowing.map((one) => one.rule.level));
    return levels.size >= layer.levels;
  }

  #statements(name: PolicyLayer): readonly StatementInPlace[] {
    return this.#layers.find((one) => one.layer === name)?.statements ?? [];
  }
}
