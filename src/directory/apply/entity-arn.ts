import { createHash } from 'node:crypto';
import { parseArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { isAccountId } from '../../policy/principal-id.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const KINDS = {
  User: { type: 'user', prefix: 'AIDA', noun: 'user' },
  Group: { type: 'group', prefix: 'AGPA', noun: 'group' },
  Role: { type: 'role', prefix: 'AROA', noun: 'role' },
  ManagedPolicy: { type: 'policy', prefix: 'ANPA', noun: 'policy' },
  InstanceProfile: { type: 'instance-profile', prefix: 'AIPA', noun: 'instance profile' },
} as const;

/** The entities of IAM that have a unique id. */
export type EntityKind = keyof typeof KINDS;

export function nounOf(kind: EntityKind): string {
  return KINDS[kind].noun;
}

/** An entity of an account that is to be made, as its ARN has it. */
export interface NewName {
  readonly accountId: string;
  readonly partition: string;
  /** `/` or `/division/team/`. */
  readonly path: string;
}

/** The ARN of an entity that has this name. */
export function arnOf(kind: EntityKind, { accountId, partition, path }: NewName, name: string): string {
  return `arn:${partition}:iam::${accountId}:${KINDS[kind].type}${path}${name}`;
}

/** What the ARN of an entity says about it. */
export interface EntityName {
  readonly arn: string;
  readonly partition: string;
  /** Null: a policy of AWS. */
  readonly accountId: string | null;
  readonly path: string;
  readonly name: string;
}

/** Throws InvalidInput when `arn` is not that of an entity of this kind. */
export function entityName(kind: EntityKind, arn: string): EntityName {
  const { type, noun } = KINDS[kind];
  const parsed = parseArn(arn);
  const slash = parsed?.resource.indexOf('/') ?? -1;
  const last = (parsed?.resource.lastIndexOf('/') ?? -1) + 1;
  const name = parsed?.resource.slice(last) ?? '';
  if (parsed?.service !== 'iam' || parsed.resource.slice(0, slash) !== type || name === '') {
    throw new InvalidInput('document', `\`${arn}\` is not the ARN of a ${noun}`);
  }
  const ofAws = kind === 'ManagedPolicy' && parsed.accountId === 'aws';
  if (!ofAws && !isAccountId(parsed.accountId)) {
    throw new InvalidInput('document', `\`${arn}\` names no account of twelve digits`);
  }
  const accountId = ofAws ? null : parsed.accountId;
  return { arn, partition: parsed.partition, accountId, path: parsed.resource.slice(slash, last), name };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Characters of an id behind its prefix: first those of the salt, then those that mark it as generated here. */
const SALT_CHARACTERS = 8;
const PROOF_CHARACTERS = 9;

function characters(text: string, count: number): string {
  const digest = createHash('sha256').update(text).digest();
  return Array.from(digest.subarray(0, count), (byte) => ALPHABET.charAt(byte & 31)).join('');
}

function madeId(kind: EntityKind, arn: string, salt: string, attempt: number): string {
  return `${KINDS[kind].prefix}${salt}${characters(`${arn}#${salt}#${attempt}`, PROOF_CHARACTERS)}`;
}

/** How many ids are tried for one ARN. 85 random bits never collide; hostile inputs may. */
const ATTEMPTS = 8;

/**
 * An unused id in IAM's form, for an entity that came without one. It is the same for the same `salt` and differs
 * otherwise: an entity created again under a name must not be taken for the previous one. It is recognisable as generated.
 */
export function freeId(kind: EntityKind, arn: string, salt: string, isTaken: (id: string) => boolean): string {
  const mixed = characters(salt, SALT_CHARACTERS);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = madeId(kind, arn, mixed, attempt);
    if (!isTaken(id)) return id;
  }
  throw new InvalidInput('document', `no unique id is free for \`${arn}\``);
}

/** Whether `id` was generated here, and so does not say which entity of that name it is. */
export function isMadeId(kind: EntityKind, arn: string, id: string): boolean {
  const from = KINDS[kind].prefix.length;
  const salt = id.slice(from, from + SALT_CHARACTERS);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (madeId(kind, arn, salt, attempt) === id) return true;
  return false;
}
