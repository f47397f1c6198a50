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

/** What the ARN of an entity says of it. */
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

/**
 * An id in IAM's form for an entity that came without one: always the same for an ARN and `attempt`, so that it can be
 * told from one that was given.
 */
function madeId(kind: EntityKind, arn: string, attempt: number): string {
  const digest = createHash('sha256').update(`${arn}#${attempt}`).digest();
  let id: string = KINDS[kind].prefix;
  for (let index = 0; index < 17; index++) id += ALPHABET.charAt((digest[index] ?? 0) & 31);
  return id;
}

/** How many ids are tried for one ARN; 85 bits collide never, made-up inputs may. */
const ATTEMPTS = 8;

/** The first id that nobody holds. */
export function freeId(kind: EntityKind, arn: string, isTaken: (id: string) => boolean): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = madeId(kind, arn, attempt);
    if (!isTaken(id)) return id;
  }
  throw new InvalidInput('document', `no unique id is free for \`${arn}\``);
}

/** Whether `id` was made here, and so says nothing about which entity of that name it is. */
export function isMadeId(kind: EntityKind, arn: string, id: string): boolean {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (madeId(kind, arn, attempt) === id) return true;
  return false;
}
