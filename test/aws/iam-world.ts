import { beforeAll } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { startedGateway, type TestGateway } from '../support/gateway.ts';
import { userWhoMay } from './iam-clients.ts';

/** The account that the tests of IAM's reads are about, beside what the demo organization has in it. */
export const ACCOUNT = '111111111111';
export const CREATED = '2024-05-06T07:08:09Z';
export const CREATED_AT = new Date(CREATED);

export const iamArn = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

/** May do everything in IAM. */
export const READER_KEY = 'AKIAREADERAAAAAAAAAA';
/** May do nothing. */
export const NOBODY_KEY = 'AKIANOBODYAAAAAAAAAA';
export const EC2_KEY = 'AKIADEMOEC2AAAAAAAAA';

export const ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
export const DENY_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
export const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}]}';

export const LIMITS = iamArn('policy/limits/Limits');
export const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
export const PROVIDER = iamArn('oidc-provider/ci.example.com/team');
export const DEVICE = iamArn('mfa/phone');
export const SPARE_DEVICE = iamArn('mfa/spare');

/** What characters XML, URLs and SQL mean something by can do in names and values. */
export const HOSTILE_TAGS = { '<&>"\'': '%00 & ]]> \u{1F600} ü+~*', ['__proto__']: 'polluted' };
export const HOSTILE_POLICY = "p_%<&>'+,.@=-";

/** Entities with paths, tags, boundaries, versions and keys that the demo organization has none of. */
export function worldOfIam(): readonly DirectoryDocument[] {
  return [
    {
      accounts: [{ id: ACCOUNT, alias: 'example-development' }],
      policies: [
        {
          arn: LIMITS,
          id: 'ANPALIMITS',
          createdAt: CREATED,
          defaultVersionId: 'v2',
          versions: [
            { versionId: 'v1', document: DENY_ALL, createdAt: CREATED },
            { versionId: 'v2', document: ALLOW_ALL, createdAt: '2024-06-01T00:00:00Z' },
            { versionId: 'v10', document: DENY_ALL, createdAt: '2024-07-01T00:00:00Z' },
          ],
        },
      ],
      groups: [{ arn: iamArn('group/teams/Operators'), id: 'AGPAOPERATORS', createdAt: CREATED }],
      users: [
        {
          arn: iamArn('user/teams/ops/Carol'),
          id: 'AIDACAROL',
          createdAt: CREATED,
          tags: { ...HOSTILE_TAGS, team: 'ops' },
          permissionsBoundary: LIMITS,
          groups: [iamArn('group/teams/Operators'), iamArn('group/developers')],
          attachedPolicies: [READ_ONLY, LIMITS],
          inlinePolicies: [
            { name: 'Zeta', document: ALLOW_ALL },
            { name: HOSTILE_POLICY, document: DENY_ALL },
          ],
        },
      ],
      roles: [
        {
          arn: iamArn('role/teams/Runner'),
          id: 'AROARUNNER',
          createdAt: CREATED,
          description: 'Runs <everything> & more',
          maxSessionDuration: 7200,
          tags: { team: 'ops' },
          permissionsBoundary: LIMITS,
          trustPolicy: TRUST,
          attachedPolicies: [LIMITS],
          inlinePolicies: [{ name: 'Run', document: ALLOW_ALL }],
        },
      ],
      instanceProfiles: [
        {
          arn: iamArn('instance-profile/teams/Runner'),
          id: 'AIPARUNNER',
          createdAt: CREATED,
          role: iamArn('role/teams/Runner'),
        },
        { arn: iamArn('instance-profile/Empty'), id: 'AIPAEMPTY', createdAt: CREATED, role: null },
      ],
      oidcProviders: [
        {
          arn: PROVIDER,
          url: 'https://ci.example.com/team',
          clientIds: ['b', 'a'],
          createdAt: CREATED,
          jwks: { keys: [] },
        },
      ],
    },
    userWhoMay('reader', READER_KEY, [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }]),
    userWhoMay('nobody', NOBODY_KEY, []),
  ];
}

/** How many of each kind are in the crowd. */
export const CROWD = 30;

/** Users, roles, groups and policies in two paths. */
export function crowd(): DirectoryDocument {
  const names = Array.from({ length: CROWD }, (_, index) => String(index).padStart(3, '0'));
  const path = (name: string) => (Number(name) % 2 === 0 ? 'even' : 'odd');
  const group = iamArn('group/Everybody');
  return {
    groups: [{ arn: group }],
    policies: names.map((name) => ({
      arn: iamArn(`policy/${path(name)}/Policy${name}`),
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: TRUST.replace(/"Principal":\{[^}]*\}/, '"Resource":"*"') }],
    })),
    users: names.map((name) => ({ arn: iamArn(`user/${path(name)}/User${name}`), groups: [group] })),
    roles: names.map((name) => ({ arn: iamArn(`role/${path(name)}/Role${name}`), trustPolicy: TRUST })),
  };
}

/**
 * Starts a gateway with the demo organization and the world, with an MFA device of carol's and one of nobody's; it is there
 * when the tests of the file run.
 */
export function startedIamWorld(further: DirectoryDocument = {}): TestGateway {
  const started = startedGateway();
  beforeAll(async () => {
    const { directory } = started.gateway.services;
    for (const document of [...worldOfIam(), further]) await directory.apply(document);
    const at = CREATED_AT.getTime();
    for (const [serialNumber, name] of [
      [DEVICE, 'phone'],
      [SPARE_DEVICE, 'spare'],
    ] as const) {
      await directory.mfaDevices.create({ serialNumber, accountId: ACCOUNT, name, seedId: name, createdAt: at });
    }
    const userArn = iamArn('user/teams/ops/Carol');
    await directory.mfaDevices.enable({ serialNumber: DEVICE, userArn, timeStep: 1, at });
  });
  return started;
}
