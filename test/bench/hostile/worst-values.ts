import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { ACCOUNT, BUCKET, HOSTILE, ORGANIZATION, TRUSTING, VICTIM } from './hostile-world.ts';

/** What is chosen where one of several things can be given. */
export interface Choice {
  /** How many entries each list has. */
  readonly entries: number;
  /** Arguments and fields of inputs that are not given. */
  readonly leftOut: ReadonlySet<string>;
  /** The field of an input that takes one alone; null: another one for each entry of a list. */
  readonly oneOf: string | null;
  /** The value of enums that have it; null: the first. */
  readonly value: string | null;
  /** Characters of a policy document. */
  readonly document: number;
}

/** The worst value of a type, for the argument or the input field `name` of `within`. */
export function worstOf(type: GraphQLInputType, name: string, choice: Choice, within: string, index = 0): unknown {
  if (isNonNullType(type)) return worstOf(type.ofType, name, choice, within, index);
  if (isListType(type)) {
    const of = isNonNullType(type.ofType) ? type.ofType.ofType : type.ofType;
    if (isEnumType(of)) return of.getValues().map((one) => one.name);
    // A list in a list has one entry.
    const inner = { ...choice, entries: 1 };
    return Array.from({ length: choice.entries }, (_, n) => worstOf(of, name, inner, within, n + index));
  }
  if (isEnumType(type)) {
    const names = type.getValues().map((one) => one.name);
    return names.find((one) => one === choice.value) ?? names.find((one) => one === 'NAME') ?? names[0];
  }
  if (isInputObjectType(type)) {
    const given = fieldsOf(type, choice, index);
    return Object.fromEntries(given.map((one) => [one.name, worstOf(one.type, one.name, choice, type.name, index)]));
  }
  return (SCALARS[type.name] ?? textOf)({ name, index, choice, within });
}

function fieldsOf(type: GraphQLInputObjectType, { leftOut, oneOf }: Choice, index: number) {
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    const chosen = fields.find((one) => one.name === oneOf) ?? fields[index % fields.length];
    return chosen === undefined ? [] : [chosen];
  }
  return fields.filter(({ name, type: of }) => isNonNullType(of) || !leftOut.has(name));
}

interface Place {
  readonly name: string;
  readonly index: number;
  readonly choice: Choice;
  /** The field or the input that it is given to. */
  readonly within: string;
}

/** What a mutation is made on, by the name of the argument. */
const TARGETS: Readonly<Record<string, string>> = {
  userArn: VICTIM.user,
  groupArn: VICTIM.group,
  policyArn: VICTIM.policy,
  permissionsBoundary: VICTIM.policy,
  sessionPolicyArns: VICTIM.policy,
  serialNumber: VICTIM.device,
  arn: VICTIM.provider,
  instanceProfileArn: VICTIM.profile,
  resourceArn: BUCKET,
  keyArn: VICTIM.kmsKey,
};

/** Actions on objects of a bucket. */
const ON_OBJECTS =
  'GetObject PutObject DeleteObject GetObjectAcl PutObjectAcl GetObjectTagging PutObjectTagging DeleteObjectTagging GetObjectVersion DeleteObjectVersion GetObjectVersionAcl GetObjectVersionTagging PutObjectVersionAcl PutObjectVersionTagging RestoreObject AbortMultipartUpload ListMultipartUploadParts GetObjectRetention PutObjectRetention GetObjectLegalHold PutObjectLegalHold GetObjectAttributes GetObjectTorrent BypassGovernanceRetention'
    .split(' ')
    .map((name) => `s3:${name}`);

const TEXTS: Readonly<Record<string, string>> = {
  accessKeyId: VICTIM.key,
  policyName: 'Many',
  jwks: '{"keys":[]}',
  action: 's3:GetObject',
  services: 's3',
  service: 's3',
  search: 'a',
  path: '/',
  newPath: '/',
  organizationId: ORGANIZATION.id,
  targetId: ORGANIZATION.rootId,
  destinationParentId: ORGANIZATION.rootId,
  parentId: ORGANIZATION.rootId,
  policyId: ORGANIZATION.policyId,
  granteePrincipal: HOSTILE,
  retiringPrincipal: HOSTILE,
  operations: 'Decrypt',
  servicePrincipal: 'cloudtrail.amazonaws.com',
  region: 'us-east-1',
  versionId: 'v1',
  endpointType: 'Gateway',
  serviceName: 'com.amazonaws.us-east-1.s3',
  arnPattern: 'arn:${Partition}:x0:${Region}:${Account}:thing/${Name}',
  type: 'STRING',
  roleName: 'x',
};

function textOf({ name, index, within }: Place): unknown {
  if (name === 'id' || name === 'ids') return within === 'organization' ? ORGANIZATION.id : nodeId(index);
  if (name === 'roleSession') return Buffer.from(`RoleSession:x${index}`).toString('base64');
  if (name === 'url') return `https://x${index}.example.com`;
  if (name === 'actions' || name === 'gains') {
    return within === 'whoCan' ? ON_OBJECTS[index % ON_OBJECTS.length] : `s3:*${index}*`;
  }
  return TEXTS[name] ?? `x${index}`;
}

/** The id of a role, as the gateway returns it. */
function nodeId(index: number): string {
  return Buffer.from(`Role:${roleOf(index)}`).toString('base64');
}

function roleOf(index: number): string {
  return TRUSTING.replace(/\d+$/, String(index % 200));
}

function arnOf({ name, index, within }: Place): string {
  if (name === 'roleArn' || name === 'role' || name === 'assumedRole') return roleOf(index);
  const target = TARGETS[name];
  if (target !== undefined && within !== 'resource') return target;
  return `${BUCKET}/${'a'.repeat(900)}${index}`;
}

/** The worst value of each scalar. */
const SCALARS: Readonly<Record<string, (place: Place) => unknown>> = {
  Int: ({ name, within }) => INTEGERS[`${within} ${name}`] ?? INTEGERS[name] ?? 1000,
  Boolean: () => true,
  AccountId: () => ACCOUNT,
  ID: textOf,
  Arn: arnOf,
  PrincipalId: ({ within }) => (within === 'ComparedSubjectInput' ? VICTIM.user : HOSTILE),
  DateTime: () => '2026-11-26T00:00:00.000Z',
  RequestContext: ({ index }) => ({ 'aws:UserAgent': `x${index}`.repeat(100), 'aws:TagKeys': ['a', 'b', 'c'] }),
  Revision: () => 'r0000000000000000001',
  PolicyDocument: ({ name, index, choice, within }) => documentOf(name, within, index, choice),
  JSON: () => ({}),
};

const INTEGERS: Readonly<Record<string, number>> = {
  maxDepth: 4,
  'accessRoutes maxDepth': 3,
  depth: 4,
  durationSeconds: 3600,
  maxSessionDuration: 3600,
};

/** Documents of inputs in which somebody is let in. */
const OF_RESOURCES = new Set([
  'UpdateAssumeRolePolicyInput',
  'PutResourcePolicyInput',
  'CreateVpcEndpointInput',
  'ModifyVpcEndpointInput',
]);
/** Kinds of policies in which somebody is let in. */
const KINDS_OF_RESOURCES = new Set([
  'RESOURCE_POLICY',
  'TRUST_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'VPC_ENDPOINT_POLICY',
]);

function documentOf(name: string, within: string, index: number, { document, value }: Choice): string {
  const isTrust =
    name === 'assumeRolePolicyDocument' || within === 'UpdateAssumeRolePolicyInput' || value === 'TRUST_POLICY';
  const letsIn =
    isTrust || OF_RESOURCES.has(within) || name === 'resourcePolicy' || KINDS_OF_RESOURCES.has(value ?? '');
  return worstDocument(
    index,
    name === 'before' ? document + 1 : document,
    letsIn ? (isTrust ? 'trust' : 'resource') : 'identity',
  );
}

/** The longest document that there may be: every entry is another pattern, that has to be compared with the whole catalogue. */
export function worstDocument(
  index: number,
  length = 260_000,
  kind: 'identity' | 'resource' | 'trust' = 'identity',
): string {
  const statement = (n: number) => ({
    Effect: 'Allow',
    ...(kind !== 'identity' && { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/trusting-${n % 100}` } }),
    Action:
      kind === 'trust'
        ? 'sts:AssumeRole'
        : Array.from({ length: length > 10_000 ? 20 : 4 }, (_, i) => `ec2:*${index}a${n}*b${i}*`),
    ...(kind !== 'trust' && {
      Resource: Array.from({ length: length > 10_000 ? 20 : 4 }, (_, i) => `arn:aws:ec2:*:*:*a${n}*b*c*${i}`),
    }),
    Condition: { StringLike: { [`aws:reqesttag/${n}`]: ['*a*b*'], [`ec2:reqion${n}`]: '*' } },
  });
  const one = JSON.stringify(statement(10_000)).length + 1;
  const Statement = Array.from({ length: Math.max(1, Math.floor((length - 50) / one)) }, (_, n) => statement(n));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
