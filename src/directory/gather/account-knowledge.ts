import type { KnowledgeLayer, MissingConcerns } from '../document.ts';
import type { KnowledgeRow } from './account-rows.ts';

/** How much is known of one layer. `missing`: for PARTIAL, what is missing, as sentences. */
export interface LayerKnowledge {
  readonly state: 'COMPLETE' | 'PARTIAL' | 'NONE';
  readonly missing: readonly string[];
  /** Of each of them; empty: all concern everything. */
  readonly concerns: readonly MissingConcerns[];
}

const NOTHING: LayerKnowledge = { state: 'NONE', missing: [], concerns: [] };

/** A resource, by what says of it that something is known: itself (KNOWN), or only the layer. */
export type ResourceKnowledge = 'KNOWN' | 'STORED' | 'UNSTORED';

/** What is missing that can matter to it. */
const CONCERNING: Readonly<Record<ResourceKnowledge, readonly MissingConcerns[]>> = {
  KNOWN: ['ALL'],
  STORED: ['ALL', 'UNKNOWN', 'STORED'],
  UNSTORED: ['ALL', 'UNKNOWN', 'UNSTORED'],
};

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

  /**
   * The gap about a resource that a layer leaves: none if nothing that is missing of the layer concerns it. Null: nothing is known of
   * the layer.
   */
  ofResource(resource: ResourceKnowledge, layer: KnowledgeLayer, service = ''): readonly string[] | null {
    const { state, missing, concerns } = this.of(layer, service);
    if (state === 'NONE') return null;
    if (state === 'COMPLETE') return [];
    const concerning = missing.filter((_, index) => CONCERNING[resource].includes(concerns[index] ?? 'ALL'));
    // One of which nothing is known, though it is in no list: all that is missing is said.
    const isUnsaid = resource === 'STORED' && concerning.length === 0;
    if (concerning.length === 0 && missing.length > 0 && !isUnsaid) return [];
    return [this.#inPart(layer, service, isUnsaid ? missing : concerning)];
  }

  /** The gaps of layers that are known in part: each says what is missing. */
  partly(...layers: readonly KnowledgeLayer[]): readonly string[] {
    return layers.flatMap((layer) => {
      const { state, missing } = this.of(layer);
      return state === 'PARTIAL' ? [this.#inPart(layer, '', missing)] : [];
    });
  }

  #inPart(layer: KnowledgeLayer, service: string, missing: readonly string[]): string {
    const what = service === '' ? NAMES[layer] : `${NAMES[layer]} of ${service}`;
    const rest = missing.length === 0 ? '' : `: ${missing.join('; ')}`;
    return `of the account ${this.#account}, ${what} are known only in part${rest}`;
  }
}
