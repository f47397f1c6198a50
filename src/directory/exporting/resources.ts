import type {
  AccessPointInput,
  KmsGrantInput,
  KnownPart,
  OidcProviderInput,
  OwnServiceInput,
  PublicAccessBlock,
  ResourceInput,
  VpcEndpointInput,
} from '../document.ts';
import { toIso } from '../instants.ts';
import { CREATED, exported, type KeyedRow, pageOf, textOf, withoutKey } from './exported.ts';
import { boundOf } from './principals.ts';

const POLICY = `${textOf('e."policyHash"')} AS policy`;

interface ResourceRow extends KeyedRow {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy: string | null;
  readonly policyBindings: Readonly<Record<string, string>>;
  readonly publicAccessBlock: PublicAccessBlock | null;
  readonly accessPoint: AccessPointInput | null;
  readonly objectOwnership: string | null;
  readonly abacEnabled: boolean | null;
  readonly grants: readonly KmsGrantInput[];
  readonly known: readonly KnownPart[];
}

export const resources = exported<ResourceInput>(
  `SELECT e.arn AS key, e.arn, e."accountId", e.region, e.tags, ${POLICY}, e."policyBindings", e."publicAccessBlock",
     e."accessPoint", e."objectOwnership", e."abacEnabled", e.grants, e.known
   FROM ${pageOf('Resource')} ORDER BY e.arn`,
  ({ policyBindings, ...row }: ResourceRow) => ({ ...withoutKey(row), ...boundOf('policyBindings', policyBindings) }),
);

export const vpcEndpoints = exported<VpcEndpointInput>(
  `SELECT e.id AS key, e.id, e."accountId", e.region, e."vpcId", e."serviceName", e.type, e.tags, ${POLICY}
   FROM ${pageOf('VpcEndpoint', 'id')} ORDER BY e.id`,
  (row: VpcEndpointInput & KeyedRow) => withoutKey(row),
);

interface ProviderRow extends KeyedRow {
  readonly arn: string;
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly jwks: NonNullable<OidcProviderInput['jwks']>;
  readonly createdAt: number;
}

export const oidcProviders = exported<OidcProviderInput>(
  `SELECT e.arn AS key, e.arn, e.url, e."clientIds", e.jwks, ${CREATED} FROM ${pageOf('OidcProvider')} ORDER BY e.arn`,
  ({ arn, url, clientIds, jwks, createdAt }: ProviderRow) => ({
    arn,
    url,
    clientIds,
    createdAt: toIso(createdAt),
    jwks,
  }),
);

export const services = exported<OwnServiceInput>(
  `SELECT e.prefix AS key, e.definition FROM ${pageOf('OwnService', 'prefix')} ORDER BY e.prefix`,
  ({ definition }: KeyedRow & { readonly definition: OwnServiceInput }) => definition,
);
