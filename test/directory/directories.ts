import * as fc from 'fast-check';
import type {
  DirectoryDocument,
  GroupInput,
  ManagedPolicyInput,
  PublicAccessBlock,
  ResourceInput,
  RoleInput,
  UserInput,
} from '../../src/directory/document.ts';
import { ORDERS } from '../support/own-service.ts';

const HERE = '111111111111';
const THERE = '222222222222';
const ORGANIZATION = 'o-generated1';
const ROOT = 'r-gene';

const account = fc.constantFrom(HERE, THERE);
const name = fc.stringMatching(/^[A-Za-z0-9+=,.@_-]{1,12}$/);
const path = fc.constantFrom('/', '/team/', '/aws-service-role/x/');

/** Texts that people write, and those that break what handles them badly. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((one) => one.replaceAll('\0', '')),
  fc.constantFrom('', '\u202e', '"', '\\', '\n', '__proto__', '\u{1f600}', '%00', '\\u0000'),
);
const tags = fc.dictionary(text, text, { maxKeys: 3 });
const instant = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.constantFrom('s3:*', '*'),
  Resource: fc.constant('*'),
});
/** Documents that are objects, and texts whose reading and writing as an object would change them. */
const document = fc.oneof(
  statement.map((one) => JSON.stringify({ Version: '2012-10-17', Statement: [one] })),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '{"Version": "2012-10-17", "Statement": []}',
    '{"Statement":[],"Statement":[]}',
    '{"2":1,"1":2}',
    '{"__proto__":{"a":1}}',
    '{"a":1e400}',
    '{"a":1.0}',
    '{"a":"\\u00e9\\ud800"}',
    '{"a":"\\ud800"}',
    '"text"',
    '[]',
    'null',
    '',
    'no JSON',
    '\ufeff{}',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ),
);

const inlinePolicies = fc.uniqueArray(fc.record({ name, document }), { selector: (one) => one.name, maxLength: 3 });
const blocks: fc.Arbitrary<PublicAccessBlock | null> = fc.option(
  fc.record({
    blockPublicAcls: fc.boolean(),
    ignorePublicAcls: fc.boolean(),
    blockPublicPolicy: fc.boolean(),
    restrictPublicBuckets: fc.boolean(),
  }),
);
const bindings = fc.dictionary(
  name.map((one) => `arn:aws:iam::${THERE}:user/${one}`),
  fc.stringMatching(/^AIDA[A-Z0-9]{8}$/),
  { maxKeys: 2 },
);

function id(prefix: string) {
  return fc.stringMatching(/^[A-Z0-9]{16}$/).map((rest) => prefix + rest);
}

/** A name without regard to case is given once in an account: as in IAM. */
function named<T>(type: string, rest: (arn: string) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const arn = fc
    .tuple(account, path, name)
    .map(([owner, where, what]) => ({ owner, what, arn: `arn:aws:iam::${owner}:${type}${where}${what}` }));
  return fc
    .uniqueArray(arn, { selector: ({ owner, what }) => `${owner} ${what.toLowerCase()}`, maxLength: 4 })
    .chain((list) => fc.tuple(...list.map((one) => rest(one.arn))));
}

const AWS_POLICIES = ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/NotInTheCatalogue'];

/** Any directory: what it names is in it. */
export const directories: fc.Arbitrary<DirectoryDocument> = named<ManagedPolicyInput>('policy', (arn) =>
  fc
    .uniqueArray(
      fc.record({ versionId: fc.integer({ min: 1, max: 9 }).map((n) => `v${n}`), document, createdAt: instant }),
      {
        selector: (one) => one.versionId,
        minLength: 1,
        maxLength: 3,
      },
    )
    .chain((versions) =>
      fc.record({
        arn: fc.constant(arn),
        id: id('ANPA'),
        createdAt: instant,
        defaultVersionId: fc.constantFrom(...versions.map((one) => one.versionId)),
        versions: fc.constant(versions),
      }),
    ),
).chain((policies) => {
  const policyArn = fc.constantFrom(...AWS_POLICIES, ...policies.map((one) => one.arn));
  const attachedPolicies = fc.uniqueArray(policyArn, { maxLength: 3 });
  const permissionsBoundary = fc.option(policyArn);
  const base = (arn: string, prefix: string) => ({
    arn: fc.constant(arn),
    id: id(prefix),
    createdAt: instant,
    inlinePolicies,
    attachedPolicies,
  });
  return named<GroupInput>('group', (arn) => fc.record(base(arn, 'AGPA'))).chain((groups) =>
    named<RoleInput>('role', (arn) =>
      fc.record(
        {
          ...base(arn, 'AROA'),
          tags,
          permissionsBoundary,
          trustPolicy: document,
          trustBindings: bindings,
          description: text,
          maxSessionDuration: fc.integer({ min: 3600, max: 43_200 }),
        },
        { requiredKeys: ['arn', 'id', 'trustPolicy'] },
      ),
    ).chain((roles) =>
      fc.record({
        organizations: fc.constant([
          {
            id: ORGANIZATION,
            rootId: ROOT,
            rootName: 'Top',
            managementAccountId: HERE,
            scpEnabled: true,
            rcpEnabled: false,
            units: [
              { id: 'ou-gene-b', name: 'Upper', parentId: null },
              { id: 'ou-gene-a', name: 'Lower', parentId: 'ou-gene-b' },
            ],
            controlPolicies: [
              {
                id: 'p-generated',
                type: 'SERVICE_CONTROL_POLICY' as const,
                name: 'Generated',
                description: 'Described',
                document: '{"Version":"2012-10-17","Statement":[]}',
                targets: [ROOT, 'ou-gene-a', THERE],
              },
            ],
            delegatedAdministrators: [{ accountId: THERE, servicePrincipal: 'config.amazonaws.com' }],
          },
        ]),
        accounts: fc.tuple(blocks, blocks, fc.option(text)).map(([publicAccessBlock, ofOrganization, alias]) => [
          { id: HERE, name: 'here', membership: { organizationId: ORGANIZATION, unitId: null }, publicAccessBlock },
          {
            id: THERE,
            alias,
            membership: { organizationId: ORGANIZATION, unitId: 'ou-gene-a' },
            organizationPublicAccessBlock: ofOrganization,
          },
          { id: '333333333333', partition: 'aws', membership: 'NONE' as const },
          { id: '444444444444' },
        ]),
        policies: fc.constant(policies),
        groups: fc.constant(groups),
        users: named<UserInput>('user', (arn) =>
          fc.record(
            { ...base(arn, 'AIDA'), tags, permissionsBoundary, groups: fc.subarray(groups.map((one) => one.arn)) },
            { requiredKeys: ['arn', 'id'] },
          ),
        ),
        roles: fc.constant(roles),
        instanceProfiles: named('instance-profile', (arn) =>
          fc.record({
            arn: fc.constant(arn),
            id: id('AIPA'),
            createdAt: instant,
            role: fc.constantFrom(null, ...roles.map((one) => one.arn)),
          }),
        ),
        oidcProviders: fc.record({ createdAt: instant, key: text }).map(({ createdAt, key }) => [
          {
            arn: `arn:aws:iam::${HERE}:oidc-provider/tokens.example.com/path`,
            url: 'https://tokens.example.com/path',
            clientIds: ['one', 'another'],
            createdAt,
            jwks: { keys: [{ kty: 'OKP', kid: key, nested: { list: [1, null, 'x'] } }] },
          },
        ]),
        services: text.map((one) => [
          {
            ...ORDERS,
            name: `n${one.slice(0, 100)}`,
            actions: ORDERS.actions.map((action) => ({ resourceTypes: [], conditionKeys: [], ...action })),
            resourceTypes: ORDERS.resourceTypes.map((type) => ({ conditionKeys: [], canHavePolicy: false, ...type })),
          },
        ]),
        resources: fc
          .tuple(tags, fc.option(document), bindings, blocks, fc.option(fc.boolean()))
          .map(([given, policy, policyBindings, publicAccessBlock, abacEnabled]): ResourceInput[] => [
            {
              arn: 'arn:aws:s3:::a-bucket',
              accountId: THERE,
              tags: given,
              policy,
              ...(policy === null ? {} : { policyBindings }),
              region: 'eu-central-1',
              publicAccessBlock,
              objectOwnership: 'BucketOwnerEnforced',
              abacEnabled,
            },
            {
              arn: `arn:aws:s3:eu-central-1:${HERE}:accesspoint/finance`,
              accountId: HERE,
              policy: null,
              accessPoint: { bucket: 'arn:aws:s3:::a-bucket', vpcId: abacEnabled === true ? 'vpc-1a2b3c' : null },
            },
            {
              arn: `arn:aws:kms:eu-central-1:${HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
              accountId: HERE,
              policy: null,
              grants: [
                {
                  id: 'g1',
                  name: 'n',
                  granteePrincipal: `arn:aws:iam::${THERE}:user/alice`,
                  retiringPrincipal: 'ec2.amazonaws.com',
                  operations: ['Decrypt', 'Encrypt'],
                  encryptionContextSubset: given,
                },
              ],
            },
          ]),
        vpcEndpoints: fc.tuple(tags, fc.option(document)).map(([given, policy]) => [
          {
            id: 'vpce-0123456789abcdef0',
            accountId: HERE,
            region: 'eu-central-1',
            vpcId: null,
            serviceName: 'com.amazonaws.eu-central-1.s3',
            type: 'Gateway',
            tags: given,
            policy,
          },
        ]),
        knowledge: fc.tuple(fc.option(instant), text).map(([at, missing]) => [
          { accountId: HERE, layer: 'IDENTITY_POLICIES' as const, state: 'COMPLETE' as const, at },
          {
            accountId: HERE,
            layer: 'RESOURCE_POLICIES' as const,
            service: 's3',
            state: 'PARTIAL' as const,
            missing: [missing],
          },
          { accountId: THERE, layer: 'GRANTS' as const, state: 'COMPLETE' as const },
        ]),
      }),
    ),
  );
});
