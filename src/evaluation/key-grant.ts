import type { JsonObject } from '../policy/json.ts';
import { type CompiledPolicy, readPolicy } from '../policy/load.ts';
import { readNamedPrincipal } from '../policy/principal-element.ts';
import type { AttachedPolicy } from './applicable-policies.ts';

/** A grant of a KMS key. https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html */
export interface KmsGrant {
  readonly id: string;
  readonly name?: string;
  /** ARN or service principal. */
  readonly granteePrincipal: string;
  readonly retiringPrincipal?: string;
  /** Decrypt, GenerateDataKey … */
  readonly operations: readonly string[];
  readonly encryptionContextSubset?: Readonly<Record<string, string>>;
  readonly encryptionContextEquals?: Readonly<Record<string, string>>;
}

/** Cryptographic operations that take an encryption context. */
const WITH_CONTEXT = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
] as const;

/** Operations to which the constraints of a grant do not apply. */
const WITHOUT_CONTEXT = [
  'DeriveSharedSecret',
  'DescribeKey',
  'GenerateMac',
  'GetPublicKey',
  'RetireGrant',
  'Sign',
  'Verify',
  'VerifyMac',
] as const;

const CREATE_GRANT = 'CreateGrant';
const RETIRE_GRANT = 'RetireGrant';

/**
 * What a grant can allow: AWS refuses every other operation. In lower case, with the service.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations
 */
export const GRANT_OPERATIONS: ReadonlySet<string> = new Set(
  [...WITH_CONTEXT, ...WITHOUT_CONTEXT, CREATE_GRANT].map((name) => `kms:${name.toLowerCase()}`),
);

/**
 * A grant as a policy of its key, so that grants and key policies are decided and explained in one way. What cannot be read of it
 * grants nothing: an operation that no grant can allow, or a grantee that is no principal.
 */
export function grantPolicy(key: string, grant: KmsGrant): AttachedPolicy {
  const policy = compiled.get(grant) ?? compileGrant(grant);
  compiled.set(grant, policy);
  return { policy, id: grant.id, name: grant.name ?? null, arn: null, holder: key };
}

/** A simulation has the same grants for every key. */
const compiled = new WeakMap<KmsGrant, CompiledPolicy>();

function compileGrant(grant: KmsGrant): CompiledPolicy {
  const { granteePrincipal, retiringPrincipal, operations } = grant;
  const statements: JsonObject[] = [];
  const add = (principal: string, allowed: readonly string[], Condition: JsonObject): void => {
    const who = principalOf(principal);
    if (who === null || allowed.length === 0) return;
    const Action = allowed.map((operation) => `kms:${operation}`);
    statements.push({
      Effect: 'Allow',
      Principal: who,
      Action,
      Resource: '*',
      ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
    });
  };
  const allowed = new Set(operations);
  const constraints = constraintsOf(grant);
  add(
    granteePrincipal,
    WITH_CONTEXT.filter((one) => allowed.has(one)),
    constraints,
  );
  add(
    granteePrincipal,
    WITHOUT_CONTEXT.filter((one) => allowed.has(one)),
    {},
  );
  // Whoever may create grants by a grant may only pass on its operations, under an equal or stricter constraint. Condition keys
  // do not tell which of its constraints the pairs of the new grant are of: a constrained grant is not taken to allow it.
  const isConstrained = Object.keys(constraints).length > 0;
  if (allowed.has(CREATE_GRANT) && !isConstrained) add(granteePrincipal, [CREATE_GRANT], passingOn(operations));
  // https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
  if (retiringPrincipal !== undefined) add(retiringPrincipal, [RETIRE_GRANT], {});
  const document = { Version: '2008-10-17', Statement: statements };
  return readPolicy(document, 'resource');
}

const NAMES: ReadonlySet<string> = new Set([...WITH_CONTEXT, ...WITHOUT_CONTEXT, CREATE_GRANT]);

/** Whether it is the name of an operation that a grant can allow, without the service. */
export function isGrantOperation(name: string): boolean {
  return NAMES.has(name);
}

/** Whether a grant can name it as grantee. */
export function isGrantPrincipal(text: string): boolean {
  return principalOf(text) !== null;
}

function principalOf(text: string): JsonObject | null {
  if (readNamedPrincipal('AWS', text) !== null) return { AWS: text };
  return readNamedPrincipal('Service', text) === null ? null : { Service: text };
}

export const PAIR = 'kms:EncryptionContext:';
export const PAIRS = 'kms:EncryptionContextKeys';

/**
 * The conditions that the encryption context of the request must meet; none: there is no constraint, or an empty one. The keys of
 * its pairs are compared without case, the values with.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
 */
function constraintsOf({ encryptionContextSubset = {}, encryptionContextEquals = {} }: KmsGrant): JsonObject {
  const equals = Object.keys(encryptionContextEquals);
  const exact = { 'ForAllValues:StringEqualsIgnoreCase': { [PAIRS]: equals } };
  return {
    ...pairsOf('StringEquals', encryptionContextSubset),
    // Another spelling of the same operator, so that both constraints count where both name a key.
    ...pairsOf('stringequals', encryptionContextEquals),
    ...(equals.length === 0 ? {} : exact),
  };
}

function pairsOf(operator: string, pairs: Readonly<Record<string, string>>): JsonObject {
  const named = Object.entries(pairs).map(([key, value]) => [PAIR + key, value] as const);
  return named.length === 0 ? {} : { [operator]: Object.fromEntries(named) };
}

function passingOn(operations: readonly string[]): JsonObject {
  const key = 'kms:GrantOperations';
  return { 'ForAllValues:StringEquals': { [key]: [...operations] }, Null: { [key]: 'false' } };
}
