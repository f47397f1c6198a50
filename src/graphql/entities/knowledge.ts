import type { KnowledgeLayer as Layer } from '../../directory/document.ts';
import { builder } from '../builder.ts';

/** In the order of the answer. */
export const LAYERS = {
  IDENTITY_POLICIES: { description: 'Identity-based policies of users, groups and roles' },
  TRUST_POLICIES: { description: 'Trust policies of roles' },
  PERMISSIONS_BOUNDARIES: { description: 'Permissions boundaries of users and roles' },
  ORGANIZATION: { description: 'The place of the account in an organization, or that it belongs to none' },
  CONTROL_POLICIES: { description: 'Service and resource control policies above the account' },
  RESOURCE_POLICIES: { description: 'Resource-based policies, service by service' },
  VPC_ENDPOINTS: { description: 'VPC endpoints with their policies' },
  BLOCK_PUBLIC_ACCESS: { description: 'Settings of S3 Block Public Access' },
  GRANTS: { description: 'Grants of KMS keys' },
} as const satisfies Record<Layer, object>;

const KnowledgeLayer = builder.enumType('KnowledgeLayer', {
  description: 'Layers of an account’s policies that the directory can know or not',
  values: LAYERS,
});

const KnowledgeState = builder.enumType('KnowledgeState', {
  description: 'How much the directory knows of a layer',
  values: {
    COMPLETE: { description: 'Everything: what is not in the directory does not exist' },
    PARTIAL: { description: 'A part: `missing` says what is missing' },
    NONE: { description: 'Nothing is known to be complete; what is in the directory counts nevertheless' },
  } as const,
});

/** What is known of one layer. */
export interface Knowledge {
  readonly layer: Layer;
  readonly service: string | null;
  readonly state: 'COMPLETE' | 'PARTIAL' | 'NONE';
  readonly at: Date | null;
  readonly missing: readonly string[];
}

export const AccountKnowledge = builder.objectRef<Knowledge>('AccountKnowledge').implement({
  description: 'What the directory knows of one layer of an account’s policies. `gaps` of decisions follow from it',
  fields: (t) => ({
    layer: t.field({ type: KnowledgeLayer, description: 'The layer', resolve: ({ layer }) => layer }),
    service: t.exposeString('service', {
      nullable: true,
      description: 'The service prefix (s3, sqs …) for RESOURCE_POLICIES; null for other layers, and if none is known',
    }),
    state: t.field({ type: KnowledgeState, description: 'How much is known', resolve: ({ state }) => state }),
    at: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it became complete; null if it is not, or if that is not known',
      resolve: ({ at }) => at,
    }),
    missing: t.stringList({
      description: 'What is missing, for PARTIAL',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});
