import type { KnownPart, ResourceInput, VpcEndpointInput } from '../directory/document.ts';
import { parseArn } from '../policy/arn.ts';
import type { Facts } from './facts.ts';
import type { ResourceFacts } from './facts-types.ts';
import { isAccountId } from './iam-arn.ts';

const KNOWN_PARTS = ['grants', 'policy', 'publicAccessBlock'] as const satisfies readonly KnownPart[];

/** Resources whose account is known: that of a bucket is not in its ARN. */
export function assembleResources(facts: Facts): readonly ResourceInput[] {
  return facts.resources.entries().flatMap(([arn, resource]) => {
    const inArn = parseArn(arn)?.accountId ?? '';
    const accountId = resource.accountId ?? (isAccountId(inArn) ? inArn : undefined);
    if (accountId !== undefined) return [{ ...resource, arn, accountId, ...knownOf(arn, resource, facts) }];
    const { file } = facts.resources.firstPlace(arn);
    facts.note(
      { file, place: `resource ${arn}` },
      'no file says which account it belongs to (put its files into a folder that is named after the account); it is left out',
    );
    return [];
  });
}

/**
 * What files say of it, even if they say that there is none, and what they do not say although it was asked. A log group has two policies, which are stored as one: that of its account
 * and Region says nothing of its own.
 */
function knownOf(
  arn: string,
  resource: Partial<ResourceFacts>,
  facts: Facts,
): Pick<ResourceInput, 'known' | 'unknown'> {
  const isJoined = parseArn(arn)?.service === 'logs';
  const known = KNOWN_PARTS.filter((part) => resource[part] !== undefined).filter(
    (part) => part !== 'policy' || !isJoined || facts.logGroups.has(arn),
  );
  const unknown = facts.unanswered(arn);
  return { ...(known.length > 0 && { known }), ...(unknown.length > 0 && { unknown }) };
}

export function assembleVpcEndpoints(facts: Facts): readonly VpcEndpointInput[] {
  return facts.vpcEndpoints.entries().flatMap(([id, endpoint]) => {
    const { accountId, region, serviceName, type, vpcId = null } = endpoint;
    if (accountId !== undefined && region !== undefined && serviceName !== undefined && type !== undefined) {
      return [{ ...endpoint, id, accountId, region, serviceName, type, vpcId }];
    }
    const { file } = facts.vpcEndpoints.firstPlace(id);
    facts.note(
      { file, place: `VPC endpoint ${id}` },
      'no file says its account, Region, service and type; it is left out',
    );
    return [];
  });
}
