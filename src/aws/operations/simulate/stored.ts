import type { AttachedPolicy, PrincipalPolicies } from '../../../evaluation/applicable-policies.ts';
import type { OrganizationFacts, PrincipalFacts } from '../../../evaluation/principal.ts';
import { type CompiledPolicy, closedPolicy, readPolicy } from '../../../policy/load.ts';
import { MalformedPolicy } from '../../../policy/malformed-policy.ts';
import type { PrincipalRef } from '../../../policy/principal-id.ts';
import { noSuchNamed } from '../named-entities.ts';
import type { AwsContext } from '../operation.ts';
import { type Entity, refOf } from './entity.ts';

/** What the directory holds of an entity. */
export interface StoredEntity {
  /** Null: of a group, which makes no calls. */
  readonly facts: PrincipalFacts | null;
  readonly policies: PrincipalPolicies;
  /** Null: its account is in none, or not known to be. */
  readonly organization: OrganizationFacts | null;
}

/** The policies of a user (with those of its groups), a role or a group, as they are. Throws NoSuchEntity. */
export async function storedEntity(context: AwsContext, entity: Entity): Promise<StoredEntity> {
  const stored =
    entity.kind === 'group' ? await storedGroup(context, entity) : await storedPrincipal(context, refOf(entity));
  if (stored !== null) return stored;
  const kind = ({ user: 'User', role: 'Role', group: 'Group' } as const)[entity.kind];
  throw noSuchNamed(kind, entity.arn.slice(entity.arn.lastIndexOf('/') + 1));
}

/** The organization of an account, and the service control policies above it. */
export async function storedAccount(
  context: AwsContext,
  { accountId, partition }: Pick<Entity, 'accountId' | 'partition'>,
): Promise<StoredEntity | null> {
  return storedPrincipal(context, { kind: 'root', arn: `arn:${partition}:iam::${accountId}:root`, accountId });
}

async function storedPrincipal({ directory, now }: AwsContext, ref: PrincipalRef): Promise<StoredEntity | null> {
  const gathered = await directory.gather({ principals: [ref], roles: [], resources: [], now });
  const known = gathered.principal(ref)?.value;
  if (known?.policies == null) return null;
  const { facts } = known;
  return { facts, policies: known.policies.source, organization: 'organization' in facts ? facts.organization : null };
}

/** No request of the directory's is about a group alone: nobody calls as a group. */
async function storedGroup(context: AwsContext, entity: Entity): Promise<StoredEntity | null> {
  const { arn } = entity;
  const document = { select: { text: true } } as const;
  const group = await context.directory.prisma.group.findUnique({
    where: { arn },
    select: {
      inlinePolicies: { select: { name: true, document }, orderBy: { name: 'asc' } },
      attachments: {
        select: {
          policy: {
            select: {
              arn: true,
              name: true,
              defaultVersionId: true,
              versions: { select: { versionId: true, document } },
            },
          },
        },
        orderBy: { policy: { arn: 'asc' } },
      },
    },
  });
  const account = group === null ? null : await storedAccount(context, entity);
  if (group === null || account === null) return null;
  const inline = group.inlinePolicies.map(
    ({ name, document: { text } }): AttachedPolicy => ({
      policy: compiled(text),
      id: name,
      name,
      arn: null,
      holder: arn,
    }),
  );
  const attached = group.attachments.flatMap(({ policy }): AttachedPolicy[] => {
    const version = policy.versions.find(({ versionId }) => versionId === policy.defaultVersionId);
    // As for users and roles: a policy whose document is not known is left out.
    if (version === undefined) return [];
    return [{ policy: compiled(version.document.text), id: policy.arn, name: policy.name, arn: policy.arn }];
  });
  const { serviceControl } = account.policies;
  return {
    facts: null,
    policies: { identity: [...inline, ...attached], boundary: null, serviceControl },
    organization: account.organization,
  };
}

/** A stored text that is no policy document could deny anything. */
function compiled(text: string): CompiledPolicy {
  try {
    return readPolicy(text, 'identity');
  } catch (error) {
    if (error instanceof MalformedPolicy) return closedPolicy('identity');
    throw error;
  }
}
