import type {
  AccessPointInput,
  KmsGrantInput,
  OidcProviderInput,
  ResourceInput,
  VpcEndpointInput,
} from '../../directory/document.ts';
import type { JsonValue } from '../../policy/json.ts';
import { isJsonObject } from '../entry.ts';
import { publicAccessBlock } from './organizations.ts';
import { Misfit } from './place.ts';
import { policyDocument } from './policy-document.ts';
import { boundTo, tags } from './principals.ts';
import { list, may, must, object, oneOf, orNull, record, type Shape } from './shape.ts';
import { accountId, anyArn, boolean, iamArn, instant, STORABLE, text } from './texts.ts';

const STAYS = 'Left out: what is stored stays';

const grant = object<KmsGrantInput>('A grant of a KMS key', {
  id: must(text, 'GrantId'),
  name: may(text, 'Name'),
  granteePrincipal: must(text, 'Who may use the key: an ARN or a service principal'),
  retiringPrincipal: may(text, 'Who may retire the grant'),
  operations: must(list(text), 'Decrypt, GenerateDataKey …'),
  encryptionContextSubset: may(record(text, text), 'The encryption context must have these pairs'),
  encryptionContextEquals: may(record(text, text), 'The encryption context must be these pairs'),
});

const accessPoint = object<AccessPointInput>('What an access point leads to, and from where it can be reached', {
  bucket: must(anyArn, 'ARN of its bucket'),
  vpcId: must(orNull(text), 'The VPC that its requests must come from; null: they may come from the internet'),
});

export const resource = object<ResourceInput>('A resource', {
  arn: must(anyArn, 'ARN'),
  accountId: must(accountId, 'Id of the account that owns it: the ARN of a bucket does not say'),
  region: may(orNull(text), `Region of an S3 bucket; null: not known. ${STAYS}`),
  tags: may(tags, `Tag keys and values. ${STAYS}`),
  policy: may(
    orNull(policyDocument('resource')),
    `Resource-based policy, as an object or as its text; null: none. ${STAYS}`,
  ),
  policyBindings: may(boundTo, 'As `trustBindings` of a role, for the principals that `policy` names. Left out: none'),
  publicAccessBlock: may(
    orNull(publicAccessBlock),
    `S3 Block Public Access of a bucket or access point; null: none is configured. ${STAYS}`,
  ),
  accessPoint: may(orNull(accessPoint), `Of an access point of S3; null: not known. ${STAYS}`),
  objectOwnership: may(
    orNull(oneOf('BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter')),
    `S3 Object Ownership of a bucket; null: not known. ${STAYS}`,
  ),
  abacEnabled: may(
    orNull(boolean),
    `Whether attribute-based access control is enabled for a bucket; null: not known. ${STAYS}`,
  ),
  grants: may(list(grant), `Grants of a KMS key, all of them. ${STAYS}`),
  known: may(
    list(oneOf('policy', 'grants', 'publicAccessBlock')),
    'Of these, what is here is all there is: where the account’s knowledge of the layer is PARTIAL, no answer has a gap about it. ' +
      'Left out: only what was known before',
  ),
  unknown: may(
    list(oneOf('policy', 'grants', 'publicAccessBlock')),
    'Of these, it is not known any more whether what is stored is all there is. Left out: none',
  ),
});

export const vpcEndpoint = object<VpcEndpointInput>('A VPC endpoint', {
  id: must(text, 'vpce-…'),
  accountId: must(accountId, 'Id of the account that owns it'),
  region: must(text, 'Region'),
  vpcId: must(orNull(text), 'vpc-…; null: not known'),
  serviceName: must(text, 'com.amazonaws.us-east-1.s3 …'),
  type: must(text, 'Gateway, Interface …'),
  tags: may(tags, `Tag keys and values. ${STAYS}`),
  policy: may(
    orNull(policyDocument('vpce')),
    `Endpoint policy, as an object or as its text; null: none, so that it allows everything. ${STAYS}`,
  ),
});

/** JSON that PostgreSQL stores: any text in it has the form of `text`. */
function everyText(value: JsonValue, fits: (text: string) => void): void {
  if (typeof value === 'string') fits(value);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      fits(name);
      everyText(inner, fits);
    }
  }
}

type KeySet = NonNullable<OidcProviderInput['jwks']>;

const keySet: Shape<KeySet> = {
  schema: {
    type: 'object',
    properties: { keys: { type: 'array', items: { type: 'object', propertyNames: { pattern: STORABLE } } } },
    propertyNames: { pattern: STORABLE },
    required: ['keys'],
  },
  read: (value, place) => {
    if (!isJsonObject(value)) throw Misfit.value(place, 'a JSON Web Key Set', value);
    const keys = value['keys'] ?? null;
    if (!Array.isArray(keys) || !keys.every(isJsonObject))
      throw Misfit.value(place.member('keys'), 'a list of keys', keys);
    everyText(value, (each) => void text.read(each, place));
    return { ...value, keys };
  },
  // as: a key set is JSON
  write: (value) => value as unknown as JsonValue,
};

export const oidcProvider = object<OidcProviderInput>('An OpenID Connect provider that roles can trust', {
  arn: must(iamArn('oidc-provider'), 'ARN'),
  url: must(text, 'https://host/path: the `iss` of its tokens'),
  clientIds: must(list(text), 'Audiences that are accepted in its tokens'),
  createdAt: may(instant, 'When it was created. Left out: what is stored stays; now, for a new one'),
  jwks: may(keySet, 'Its JSON Web Key Set, with public keys. Left out: what is stored stays; none, for a new one'),
});
