import { isGrantOperation, isGrantPrincipal, type KmsGrant } from '../evaluation/key-grant.ts';
import { InvalidInput } from '../policy/errors.ts';

/** Grants of a simulation, each checked like KMS checks it. `field` names the list in errors. */
export function checkedGrants(grants: readonly KmsGrant[], field: string): readonly KmsGrant[] {
  if (grants.length > MAX_GRANTS) {
    throw new InvalidInput(field, `${grants.length} grants; a simulation has at most ${MAX_GRANTS}`);
  }
  for (const [index, grant] of grants.entries()) checkGrant(grant, `${field}[${index}]`);
  return grants;
}

const MAX_GRANTS = 100;
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html */
const MAX_PAIRS = 8;

function checkGrant(grant: KmsGrant, field: string): void {
  const { granteePrincipal, operations, encryptionContextSubset = {}, encryptionContextEquals = {} } = grant;
  if (!isGrantPrincipal(granteePrincipal)) {
    throw new InvalidInput(
      `${field}.granteePrincipal`,
      'a grantee is an account, a user, a role, a session or a service',
    );
  }
  const unknown = operations.findIndex((operation) => !isGrantOperation(operation));
  if (unknown >= 0) {
    throw new InvalidInput(`${field}.operations[${unknown}]`, 'no grant can allow this operation');
  }
  for (const [name, pairs] of Object.entries({ encryptionContextSubset, encryptionContextEquals })) {
    if (Object.keys(pairs).length > MAX_PAIRS) {
      throw new InvalidInput(`${field}.${name}`, `a constraint has at most ${MAX_PAIRS} pairs`);
    }
  }
}
