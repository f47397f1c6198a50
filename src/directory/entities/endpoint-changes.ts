import { RolegateError } from '../../policy/errors.ts';
import { ChangeSet } from '../apply/change-set.ts';
import { planEndpoint } from '../apply/plan-endpoint.ts';
import { readEndpoints, type StoredEndpoint } from '../apply/stored.ts';
import { writeChanges } from '../apply/write.ts';
import type { VpcEndpointInput } from '../document.ts';
import type { WritingSql } from '../prisma/database.ts';
import { type ChangeTools, type Made, reading } from './change-of.ts';
import type { EndpointChanges, EndpointName, NewEndpoint } from './resource-inputs.ts';
import { checkAccount, recordOf, tagsWith } from './resources.ts';
import { checkPrincipals } from './trust-principals.ts';

/** Of the id of a new endpoint: seventeen hexadecimal digits. */
const DIGITS = 17;

async function sayOfEndpoint(sql: WritingSql, stored: StoredEndpoint | null, said: VpcEndpointInput): Promise<Made> {
  const changes = new ChangeSet();
  planEndpoint(said, stored, changes);
  await writeChanges(sql, changes, () => undefined);
  return { touched: changes.touched, result: said.id, reads: [{ entity: 'VpcEndpoint', entityId: said.id }] };
}

async function find(sql: WritingSql, { endpointId: id, ofAccount }: EndpointName): Promise<StoredEndpoint> {
  const [stored] = await readEndpoints(sql, [id]);
  if (stored !== undefined && (ofAccount ?? stored.accountId) === stored.accountId) return stored;
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  throw new RolegateError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`, {
    field: 'endpointId',
  });
}

async function create(
  sql: WritingSql,
  { endpointId, policyDocument, tags = [], ...given }: NewEndpoint,
  { draw }: ChangeTools,
): Promise<Made> {
  await checkAccount(sql, given.accountId);
  const id = endpointId ?? `vpce-${draw.hex(DIGITS)}`;
  const [taken] = await readEndpoints(sql, [id]);
  if (taken !== undefined) {
    throw new RolegateError('EntityAlreadyExists', `The VPC endpoint ${id} exists already.`, { field: 'endpointId' });
  }
  const principals = policyDocument === undefined ? [] : await checkPrincipals(sql, policyDocument);
  const made = await sayOfEndpoint(sql, null, {
    ...given,
    id,
    vpcId: given.vpcId ?? null,
    tags: tagsWith(recordOf(tags), null),
    policy: policyDocument ?? null,
  });
  return reading(made, { entity: 'Account', entityId: given.accountId }, ...principals);
}

/** Changes of VPC endpoints. */
export const ENDPOINT_CHANGES: EndpointChanges = {
  createVpcEndpoint: create,
  modifyVpcEndpoint: async (sql, { policyDocument, ...named }) => {
    const stored = await find(sql, named);
    const reads = policyDocument === undefined ? [] : await checkPrincipals(sql, policyDocument);
    return reading(await sayOfEndpoint(sql, stored, { ...stored, policy: policyDocument ?? null }), ...reads);
  },
  deleteVpcEndpoint: async (sql, named) => {
    const { id: endpointId } = await find(sql, named);
    await sql.query('DELETE FROM "VpcEndpoint" WHERE id = $1', [endpointId]);
    return { touched: [{ entity: 'VpcEndpoint', entityId: endpointId }], result: endpointId };
  },
};
