import type { Touched } from '../directory/apply/revision.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import type { GuardContext } from './context.ts';
import { allOf, type MaybePromise } from './maybe-promise.ts';
import { mayDo } from './permission.ts';
import { mayRead, type NodeTypeName } from './readable.ts';

/** Most entities that are named: the rest is withheld, because each is decided. */
const MOST_NAMED = 1000;

/** Decides about an entity that may be gone by now. `named`: ARNs or ids that the caller has named itself. */
type Knowing = (context: GuardContext, id: string, named: readonly string[]) => MaybePromise<boolean>;

const readable =
  (type: NodeTypeName): Knowing =>
  (context, id) =>
    mayRead(context, type, id);

/** Of a deleted key no owner is known: it was one of a user that the change was about. */
const accessKey: Knowing = async (context, id, named) => {
  if (context.caller.kind === 'operator') return true;
  const key = await context.directory.prisma.accessKey.findUnique({
    where: { id },
    select: { user: { select: { arn: true } } },
  });
  const owners = key === null ? named.filter((arn) => arn.includes(':user/')) : [key.user?.arn ?? []].flat();
  const verdicts = await allOf(
    owners.map((resource) => mayDo(context, { action: 'iam:ListAccessKeys', resource, account: null })),
  );
  return verdicts.length > 0 && !verdicts.includes(false);
};

const mfaDevice: Knowing = (context, serialNumber) =>
  mayDo(context, {
    action: 'iam:ListVirtualMFADevices',
    resource: '*',
    account: parseArn(serialNumber)?.accountId ?? '',
  });

const oidcProvider: Knowing = (context, arn) =>
  mayDo(context, { action: 'iam:GetOpenIDConnectProvider', resource: arn, account: null });

/** Who may know of an entity of each kind, by its name in the log of changes. */
const KNOWING = {
  AccessKey: accessKey,
  Account: readable('Account'),
  Group: readable('Group'),
  InstanceProfile: readable('InstanceProfile'),
  ManagedPolicy: readable('ManagedPolicy'),
  MfaDevice: mfaDevice,
  OidcProvider: oidcProvider,
  Organization: readable('Organization'),
  // The catalogue is everybody's.
  OwnService: () => true,
  Resource: readable('Resource'),
  Role: readable('Role'),
  User: readable('User'),
  VpcEndpoint: readable('VpcEndpoint'),
} satisfies Readonly<Record<string, Knowing>>;

/** The kinds of entities that a change can touch, as the log of changes names them. */
export type KnowableKind = keyof typeof KNOWING;

/** An entity that the caller may know of. */
export interface KnownEntity {
  readonly kind: KnowableKind;
  /** Its ARN, or its id where it has none. */
  readonly target: string;
}

/** What the caller may know of what was touched. */
export interface KnownEntities {
  readonly known: readonly KnownEntity[];
  /** Whether something else was touched, too. */
  readonly withheld: boolean;
}

function isKnowable(entity: string): entity is KnowableKind {
  return Object.hasOwn(KNOWING, entity);
}

/** Who has just renamed or deleted itself is nobody who could be allowed anything: the change was made all the same. */
async function mayKnow(
  context: GuardContext,
  { kind, target }: KnownEntity,
  named: readonly string[],
): Promise<boolean> {
  try {
    return await KNOWING[kind](context, target, named);
  } catch (error) {
    if (error instanceof RolegateError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

/**
 * What the caller may know of `touched`: what it may read as things are now, and what it has named itself, in their order. What
 * is gone is decided as if it were there, where its name says enough. At most 1,000 are looked at.
 */
export async function knownOf(
  context: GuardContext,
  touched: readonly Touched[],
  named: readonly string[] = [],
): Promise<KnownEntities> {
  const own = new Set(named);
  const entities = touched
    .slice(0, MOST_NAMED)
    .flatMap(({ entity, entityId }): KnownEntity[] => (isKnowable(entity) ? [{ kind: entity, target: entityId }] : []));
  const verdicts = await allOf(entities.map((entity) => own.has(entity.target) || mayKnow(context, entity, named)));
  const known = entities.filter((_entity, index) => verdicts[index] === true);
  return { known, withheld: known.length < touched.length };
}

/** Those of `touched` that the caller has named itself (`named`: ARNs or ids), or may read. */
export async function knownAmong(
  context: GuardContext,
  touched: readonly Touched[],
  named: readonly string[],
): Promise<readonly Touched[]> {
  const { known } = await knownOf(context, touched, named);
  return known.map(({ kind, target }) => ({ entity: kind, entityId: target }));
}
