import type { KnowledgeLayer } from '../document.ts';
import type { KnowledgeRow } from './account-rows.ts';

/** How much is known of one layer. `missing`: for PARTIAL, what is missing, as sentences. */
export interface LayerKnowledge {
  readonly state: 'COMPLETE' | 'PARTIAL' | 'NONE';
  readonly missing: readonly string[];
}

const NOTHING: LayerKnowledge = { state: 'NONE', missing: [] };

/** What gaps call each layer, with its verb. */
const NAMES = {
  IDENTITY_POLICIES: 'the identity-based policies',
  TRUST_POLICIES: 'the trust policies',
  PERMISSIONS_BOUNDARIES: 'the permissions boundaries',
  ORGANIZATION: 'the facts about its organization',
  CONTROL_POLICIES: 'the control policies above it',
  RESOURCE_POLICIES: 'the resource-based policies',
  VPC_ENDPOINTS: 'the VPC endpoints',
  BLOCK_PUBLIC_ACCESS: 'the settings of S3 Block Public Access',
  GRANTS: 'the grants of KMS keys',
} as const satisfies Record<KnowledgeLayer, string>;

/** What is known of an account, layer by layer. */
export class AccountKnowledge {
  readonly #account: string;
  readonly #rows: readonly KnowledgeRow[];

  constructor(account: string, rows: readonly KnowledgeRow[]) {
    this.#account = account;
    this.#rows = rows;
  }

  /** `service`: the service prefix, for RESOURCE_POLICIES. */
  of(layer: KnowledgeLayer, service = ''): LayerKnowledge {
    return this.#rows.find((row) => row.layer === layer && row.service === service) ?? NOTHING;
  }

  isComplete(layer: KnowledgeLayer, service = ''): boolean {
    return this.of(layer, service).state === 'COMPLETE';
  }

  /** The gaps of layers that are known in part: each says what is missing. */
  partly(...layers: readonly KnowledgeLayer[]): readonly string[] {
    return layers.flatMap((layer) => this.#partly(layer, ''));
  }

  /** The same for the resource-based policies of a service. */
  partlyOfService(service: string): readonly string[] {
    return this.#partly('RESOURCE_POLICIES', service);
  }

  #partly(layer: KnowledgeLayer, service: string): readonly string[] {
    const { state, missing } = this.of(layer, service);
    if (state !== 'PARTIAL') return [];
    const what = service === '' ? NAMES[layer] : `${NAMES[layer]} of ${service}`;
    const rest = missing.length === 0 ? '' : `: ${missing.join('; ')}`;
    return [`of the account ${this.#account}, ${what} are known only in part${rest}`];
  }
}
