import { isObject, policyRemoval, policyWrite, type ResourceWrite, tagWrite } from '../catalog/resource-writes.ts';
import { PARTS } from '../directory/entities/parts.ts';
import { accountIn, goneTags } from '../directory/entities/resources.ts';
import type { ContextValue, RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { partitionOf } from '../policy/regions.ts';
import { isEndpointId } from '../session/operations/resource-checks.ts';
import { noteParts } from './asked-parts.ts';
import type { Attempt, AttemptOf } from './attempt.ts';
import type { GuardContext } from './context.ts';
import { creationOfGrant, type NamedGrant, type NewGrant, retirementOfGrant } from './grant-attempts.ts';
import { lambdaPrincipals } from './lambda-principals.ts';
import type { Permission } from './permission.ts';

interface Tag {
  readonly key: string;
  readonly value: string;
}

interface NamedResource {
  readonly resourceArn: string;
}

/** Null: left out. */
interface NewResource extends NamedResource {
  readonly accountId: string | null;
  readonly tags: readonly Tag[] | null;
}

interface BlockedPlace {
  readonly accountId: string | null;
  readonly resourceArn: string | null;
}

interface NewEndpoint {
  readonly accountId: string;
  readonly region: string;
  readonly endpointId: string | null;
  readonly vpcId: string | null;
  readonly serviceName: string;
  readonly tags: readonly Tag[] | null;
}

/** The values of each operation on resources that its guard uses. */
export interface ResourceValues {
  readonly PutResource: NewResource;
  readonly DeleteResource: NamedResource;
  readonly PutResourcePolicy: NamedResource & { readonly policyDocument: string };
  readonly DeleteResourcePolicy: NamedResource;
  readonly TagResource: NamedResource & { readonly tags: readonly Tag[] };
  readonly UntagResource: NamedResource & { readonly tagKeys: readonly string[] };
  readonly PutPublicAccessBlock: BlockedPlace;
  readonly DeletePublicAccessBlock: BlockedPlace;
  readonly CreateGrant: NewGrant;
  readonly RevokeGrant: { readonly keyArn: string };
  readonly RetireGrant: NamedGrant;
  readonly CreateVpcEndpoint: NewEndpoint;
  readonly ModifyVpcEndpoint: { readonly endpointId: string };
  readonly DeleteVpcEndpoint: { readonly endpointId: string };
}

/** More are refused by the operation itself. */
const MOST_TAGS = 50;

/** The condition keys of a request that gives tags. No tags: none of them. */
export function tagsInRequest(
  tags: readonly Tag[] | null,
  [key, keys]: readonly [key: string, keys: string] = ['aws:requesttag/', 'aws:tagkeys'],
): RequestContext {
  const given = (tags ?? []).slice(0, MOST_TAGS);
  const context = new Map<string, ContextValue>(given.map((tag) => [`${key}${tag.key.toLowerCase()}`, tag.value]));
  return given.length === 0
    ? context
    : context.set(
        keys,
        given.map((tag) => tag.key),
      );
}

function permitted(...permissions: readonly Permission[]): Attempt {
  return { kind: 'permitted', permissions };
}

/** What is asked on something else than the resource is a request about the account in its ARN. */
function permissionOn({ action, resource }: ResourceWrite, arn: string, context?: RequestContext): Permission {
  const account = resource === arn ? null : accountIn(arn);
  return { action, resource, account, ...(context === undefined ? {} : { context }) };
}

function on(permission: Permission, target: string): Attempt {
  return { kind: 'permitted', permissions: [permission], target };
}

const OBJECT_TAGS = ['s3:requestobjecttag/', 's3:requestobjecttagkeys'] as const;

/** The type of a control policy, which AWS Organizations writes into its ARN. */
function policyTypeOf(arn: string): RequestContext {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const [, type] = (service === 'organizations' && /^policy\/[^/]+\/([a-z_]+)\//.exec(resource)) || [];
  return type === undefined ? new Map() : new Map([['organizations:policytype', type.toUpperCase()]]);
}

function tagging({ catalog }: GuardContext, arn: string, tags: readonly Tag[]): Permission {
  const keys = isObject(catalog, arn) ? tagsInRequest(tags, OBJECT_TAGS) : tagsInRequest(tags);
  return permissionOn(tagWrite(catalog, arn, 'tag'), arn, new Map([...keys, ...policyTypeOf(arn)]));
}

function untagging({ catalog }: GuardContext, arn: string, tagKeys: readonly string[]): Permission {
  const keys = new Map<string, ContextValue>([['aws:tagkeys', tagKeys.slice(0, MOST_TAGS)], ...policyTypeOf(arn)]);
  return permissionOn(tagWrite(catalog, arn, 'untag'), arn, isObject(catalog, arn) ? undefined : keys);
}

/** Whoever enters a resource with tags needs what tagging it needs, and what taking away those needs that it has no more. */
const entering: AttemptOf<NewResource> = async ({ resourceArn: arn, accountId, tags }, context) => {
  const entry: Permission = {
    action: 'rolegate:PutResource',
    resource: arn,
    account: accountId,
    context: tagsInRequest(tags),
  };
  if (tags === null) return permitted(entry);
  const stored = await context.directory.prisma.resource.findUnique({ where: { arn }, select: { tags: true } });
  const gone = goneTags(Object.keys(stored?.tags ?? {}), tags);
  noteParts(context, arn, gone.map(PARTS.tag));
  const changes = [
    ...(tags.length === 0 ? [] : [tagging(context, arn, tags)]),
    ...(gone.length === 0 ? [] : [untagging(context, arn, gone)]),
  ];
  // Of one that is not there yet, the request says whose it is.
  const needed = changes.map((one) => (one.resource === arn ? { ...one, account: accountId } : one));
  return { kind: 'permitted', permissions: [entry, ...needed], event: 'PutResource', target: arn };
};

/** Lambda's key has one value: each principal that the policy names is asked about by itself. */
const policyWriting: AttemptOf<ResourceValues['PutResourcePolicy']> = (
  { resourceArn: arn, policyDocument },
  { catalog },
) => {
  const write = policyWrite(catalog, arn);
  const keys = catalog.action(write.action)?.conditionKeys ?? [];
  const principals = keys.includes('lambda:Principal') ? lambdaPrincipals(policyDocument) : [];
  const permissions = principals.map((principal) =>
    permissionOn(write, arn, new Map([['lambda:principal', principal]])),
  );
  return {
    kind: 'permitted',
    permissions: permissions.length === 0 ? [permissionOn(write, arn)] : permissions,
    target: arn,
  };
};

/** Where the policy cannot be removed, it is asked as for replacing it: the operation then says so. */
function removal({ catalog }: GuardContext, arn: string): ResourceWrite {
  return policyRemoval(catalog, arn) ?? policyWrite(catalog, arn);
}

/**
 * S3 has one action for configuring Block Public Access and for removing it. If no place is named, or two, the operation says so to
 * everybody.
 */
function blocking({ accountId, resourceArn }: BlockedPlace): Attempt {
  if (resourceArn === null) {
    if (accountId === null) return permitted();
    const action = 's3:PutAccountPublicAccessBlock';
    return { kind: 'permitted', permissions: [{ action, resource: '*', account: accountId }], target: accountId };
  }
  const isAccessPoint = parseArn(resourceArn)?.resource.startsWith('accesspoint/') === true;
  const write = isAccessPoint
    ? { action: 's3:PutAccessPointPublicAccessBlock', resource: '*' }
    : { action: 's3:PutBucketPublicAccessBlock', resource: resourceArn };
  return on(permissionOn(write, resourceArn), resourceArn);
}

/** An id that no endpoint has: that of a new one is made later. */
const NEW_ENDPOINT = 'vpce-00000000000000000';

/** Whose service an endpoint leads to, as far as its name says it: nobody but AWS has names of this form. */
function serviceOwner(serviceName: string): RequestContext {
  const ofAws = /^(?:cn\.)?com\.amazonaws\.(?!vpce\.)/.test(serviceName);
  return ofAws ? new Map([['ec2:vpceserviceowner', 'amazon']]) : new Map();
}

/**
 * Policies everywhere name endpoints by their ids, so that nobody but the operator chooses one. AWS makes none without a VPC. Tags
 * need an action of their own.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
function creationOfEndpoint({ accountId, region, endpointId, vpcId, serviceName, tags }: NewEndpoint): Attempt {
  const action = 'ec2:CreateVpcEndpoint';
  if (endpointId !== null || vpcId === null) {
    const attempted = { event: 'CreateVpcEndpoint', action, target: endpointId ?? accountId };
    const sentence = 'only the operator may enter a VPC endpoint with an id of its choice, or without a VPC';
    return { kind: 'operators', attempted, sentence, always: false };
  }
  const arn = (resource: string): string => `arn:${partitionOf(region)}:ec2:${region}:${accountId}:${resource}`;
  const given = tagsInRequest(tags);
  const keys = new Map<string, ContextValue>([
    ...given,
    ...serviceOwner(serviceName),
    ['ec2:region', region],
    ['ec2:vpceservicename', serviceName],
  ]);
  const resource = arn(`vpc-endpoint/${NEW_ENDPOINT}`);
  const tagging: Permission = {
    action: 'ec2:CreateTags',
    resource,
    account: null,
    context: new Map([...given, ['ec2:createaction', 'CreateVpcEndpoint']]),
  };
  return permitted(
    { action, resource: arn(`vpc/${vpcId}`), account: null, context: new Map([['ec2:vpcid', vpcId]]) },
    { action, resource, account: null, context: keys },
    ...(given.size === 0 ? [] : [tagging]),
  );
}

/** The account whose endpoints a caller can change, which have no policies that could let others; undefined: all accounts. */
export function accountOfEndpoints({ caller }: Pick<GuardContext, 'caller'>): string | undefined {
  if (caller.kind !== 'principal') return undefined;
  return 'accountId' in caller.ref ? caller.ref.accountId : '000000000000';
}

/** Endpoints are no resources of the directory, so that the request says which tags they have. Of several alike, none counts. */
function tagsOfEndpoint(tags: unknown): readonly (readonly [key: string, value: string])[] {
  const stored = Object.entries((tags ?? {}) as Readonly<Record<string, string>>); // as: what the column holds
  const names = stored.map(([key]) => key.toLowerCase());
  return stored.flatMap(([key, value]) => {
    const name = key.toLowerCase();
    if (names.indexOf(name) !== names.lastIndexOf(name)) return [];
    return [[`aws:resourcetag/${name}`, value] as const, [`ec2:resourcetag/${name}`, value] as const];
  });
}

/**
 * One that does not exist, and one of another account, costs the same statements: it is asked about as one of the caller's account.
 * The operation itself finds none of another account.
 */
function onEndpoint(action: string): AttemptOf<{ readonly endpointId: string }> {
  return async ({ endpointId }, context) => {
    const own = accountOfEndpoints(context) ?? '000000000000';
    const stored = await context.directory.prisma.vpcEndpoint.findUnique({
      where: { id: isEndpointId(endpointId) ? endpointId : NEW_ENDPOINT },
      select: { arn: true, region: true, accountId: true, serviceName: true, tags: true },
    });
    const row = stored?.accountId === own ? stored : null;
    const resource = row?.arn ?? `arn:aws:ec2:us-east-1:${own}:vpc-endpoint/${NEW_ENDPOINT}`;
    const keys = new Map<string, ContextValue>([
      ['ec2:region', row?.region ?? 'us-east-1'],
      ...(row === null ? [] : ([['ec2:vpceservicename', row.serviceName]] as const)),
      ...serviceOwner(row?.serviceName ?? ''),
      ...tagsOfEndpoint(row?.tags),
    ]);
    return { kind: 'permitted', permissions: [{ action, resource, account: null, context: keys }], target: endpointId };
  };
}

/** What each operation on resources needs. */
export const RESOURCE_ATTEMPTS: { readonly [Name in keyof ResourceValues]: AttemptOf<ResourceValues[Name]> } = {
  PutResource: entering,
  DeleteResource: ({ resourceArn: resource }) =>
    permitted({ action: 'rolegate:DeleteResource', resource, account: null }),
  PutResourcePolicy: policyWriting,
  DeleteResourcePolicy: ({ resourceArn: arn }, context) => on(permissionOn(removal(context, arn), arn), arn),
  TagResource: ({ resourceArn, tags }, context) => on(tagging(context, resourceArn, tags), resourceArn),
  UntagResource: ({ resourceArn, tagKeys }, context) => on(untagging(context, resourceArn, tagKeys), resourceArn),
  PutPublicAccessBlock: blocking,
  DeletePublicAccessBlock: blocking,
  CreateGrant: creationOfGrant,
  RevokeGrant: ({ keyArn: resource }) => permitted({ action: 'kms:RevokeGrant', resource, account: null }),
  RetireGrant: retirementOfGrant,
  CreateVpcEndpoint: creationOfEndpoint,
  ModifyVpcEndpoint: onEndpoint('ec2:ModifyVpcEndpoint'),
  DeleteVpcEndpoint: onEndpoint('ec2:DeleteVpcEndpoints'),
};
