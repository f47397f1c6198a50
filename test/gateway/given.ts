import type { DirectoryDocument, OrganizationInput } from '../../src/directory/document.ts';

/** Statements of one policy, as AWS writes them. */
type Statements = readonly object[];

interface HolderOfPolicies {
  /** Of its one inline policy. */
  readonly policy?: Statements;
  /** Of the managed policy that is its permissions boundary. */
  readonly boundary?: Statements;
  readonly tags?: Readonly<Record<string, string>>;
  /** The unique id; left out: any. */
  readonly id?: string;
}

/** What a case begins with, by ARN; accounts by number. All policies are of version 2012-10-17. */
export interface Given {
  readonly users?: Readonly<
    Record<string, HolderOfPolicies & { readonly groups?: readonly string[]; readonly mfa?: boolean }>
  >;
  readonly groups?: Readonly<Record<string, Pick<HolderOfPolicies, 'policy'>>>;
  readonly roles?: Readonly<
    Record<string, HolderOfPolicies & { readonly trust: Statements; readonly maxSessionDuration?: number }>
  >;
  readonly policies?: Readonly<Record<string, Statements>>;
  readonly resources?: Readonly<
    Record<
      string,
      { readonly account: string; readonly policy?: Statements; readonly tags?: Readonly<Record<string, string>> }
    >
  >;
  /** By ARN, the role; null: none. */
  readonly instanceProfiles?: Readonly<Record<string, string | null>>;
  /** By ARN; the keys that sign their tokens are made by the runner. */
  readonly oidcProviders?: Readonly<Record<string, { readonly clientIds: readonly string[] }>>;
  /**
   * Accounts of one organization, all directly below its root; 999999999999 manages it. `scp`: the statements of the only
   * service control policy of an account (left out: FullAWSAccess). `rcp`: of a resource control policy beside
   * RCPFullAWSAccess.
   */
  readonly organization?: {
    readonly members: readonly string[];
    readonly scp?: Readonly<Record<string, Statements>>;
    readonly rcp?: Readonly<Record<string, Statements>>;
  };
}

const FULL_ACCESS = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

function documentOf(statements: Statements): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

const entries = <T>(map: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] =>
  Object.entries(map ?? {});

const inline = ({ policy }: HolderOfPolicies) => ({
  inlinePolicies: policy === undefined ? [] : [{ name: 'inline', document: documentOf(policy) }],
});

function boundaryArn(holder: string): string {
  return holder.replace(/:(user|role)\/(.*\/)?/, ':policy/boundary-of-');
}

function boundary(arn: string, { boundary }: HolderOfPolicies) {
  return { permissionsBoundary: boundary === undefined ? null : boundaryArn(arn) };
}

function rest({ tags, id }: HolderOfPolicies) {
  return { ...(tags === undefined ? {} : { tags }), ...(id === undefined ? {} : { id }) };
}

/**
 * The same as a document of the directory. `isChange`: something is there already; accounts stay where they are unless
 * the change is about the organization.
 */
export function directoryDocument(given: Given, { isChange = false } = {}): DirectoryDocument {
  const holders = [...entries(given.users), ...entries(given.roles)];
  const boundaries = holders.flatMap(([arn, { boundary }]) =>
    boundary === undefined ? [] : [[boundaryArn(arn), boundary] as const],
  );
  const accounts = new Set(JSON.stringify(given).match(/(?<=[:"])\d{12}(?=[:"])/g));
  const { organization } = given;
  return {
    ...(organization === undefined ? {} : { organizations: [organizationOf(organization)] }),
    accounts:
      isChange && organization === undefined
        ? []
        : [...accounts].map((id) => ({ id, membership: membershipOf(id, organization) })),
    policies: [...entries(given.policies), ...boundaries].map(([arn, statements]) => ({
      arn,
      defaultVersionId: 'v1',
      versions: [{ versionId: 'v1', document: documentOf(statements) }],
    })),
    groups: entries(given.groups).map(([arn, group]) => ({ arn, ...inline(group) })),
    users: entries(given.users).map(([arn, user]) => ({
      arn,
      ...inline(user),
      ...boundary(arn, user),
      ...rest(user),
      groups: user.groups ?? [],
    })),
    roles: entries(given.roles).map(([arn, role]) => ({
      arn,
      trustPolicy: documentOf(role.trust),
      ...inline(role),
      ...boundary(arn, role),
      ...rest(role),
      ...(role.maxSessionDuration === undefined ? {} : { maxSessionDuration: role.maxSessionDuration }),
    })),
    instanceProfiles: entries(given.instanceProfiles).map(([arn, role]) => ({ arn, role })),
    resources: entries(given.resources).map(([arn, { account, policy, tags }]) => ({
      arn,
      accountId: account,
      policy: policy === undefined ? null : documentOf(policy),
      ...(tags === undefined ? {} : { tags }),
    })),
  };
}

function membershipOf(id: string, organization: Given['organization']) {
  if (organization === undefined || !isIn(id, organization)) return 'NONE';
  return { organizationId: organizationIdOf(organization), unitId: null };
}

const isIn = (id: string, { members }: NonNullable<Given['organization']>) => members.includes(id);

/** Each case has accounts of its own, and so organizations and policies of its own. */
function organizationIdOf({ members }: NonNullable<Given['organization']>): string {
  return `o-exampleorg${members[0]}`;
}

function organizationOf(organization: NonNullable<Given['organization']>): OrganizationInput {
  const { members, scp = {}, rcp = {} } = organization;
  const [first = ''] = members;
  const rootId = `r-${first.slice(-8)}`;
  const withFullAccess = [rootId, ...members.filter((id) => scp[id] === undefined)];
  const service = 'SERVICE_CONTROL_POLICY' as const;
  const resource = 'RESOURCE_CONTROL_POLICY' as const;
  return {
    id: organizationIdOf(organization),
    rootId,
    managementAccountId: members.find((id) => id.startsWith('9')) ?? `9${first.slice(1)}`,
    controlPolicies: [
      {
        id: `p-full${first}`,
        type: service,
        name: 'FullAWSAccess',
        document: documentOf(FULL_ACCESS),
        targets: withFullAccess,
      },
      ...entries(scp).map(([id, statements]) => ({
        id: `p-scp${id}`,
        type: service,
        name: `scp-${id}`,
        document: documentOf(statements),
        targets: [id],
      })),
      ...entries(rcp).map(([id, statements]) => ({
        id: `p-rcp${id}`,
        type: resource,
        name: `rcp-${id}`,
        document: documentOf(statements),
        targets: [id],
      })),
    ],
  };
}

/** One document of several that have nothing in common. */
export function together(documents: readonly DirectoryDocument[]): DirectoryDocument {
  const all = <T>(list: (document: DirectoryDocument) => readonly T[] | undefined): T[] =>
    documents.flatMap((document) => list(document) ?? []);
  return {
    organizations: all(({ organizations }) => organizations),
    accounts: all(({ accounts }) => accounts),
    policies: all(({ policies }) => policies),
    groups: all(({ groups }) => groups),
    users: all(({ users }) => users),
    roles: all(({ roles }) => roles),
    instanceProfiles: all(({ instanceProfiles }) => instanceProfiles),
    resources: all(({ resources }) => resources),
  };
}
