/**
 * Grants of KMS keys, for the naive evaluator.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import type { KmsGrant } from '../../src/evaluation/key-grant.ts';
import { BY_ROLE, NOT, principalNamed } from './naive-principals.ts';
import type { NaiveRequest } from './naive-request.ts';

const CRYPTOGRAPHIC = /^(Decrypt|Encrypt|GenerateDataKey(Pair)?(WithoutPlaintext)?|ReEncrypt(From|To))$/;
const OTHER = /^(DeriveSharedSecret|DescribeKey|GenerateMac|GetPublicKey|RetireGrant|Sign|Verify|VerifyMac)$/;

export interface GrantHit {
  readonly id: string;
  readonly named: number;
}

/** The grants that allow the request, each as often as it names the caller: as grantee, and as who may retire it. */
export function grantsFor(q: NaiveRequest): readonly GrantHit[] {
  if (!/^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(q.resource.arn) || !q.action.name.startsWith('kms:')) return [];
  const operation = q.action.name.slice('kms:'.length);
  return (q.resource.grants ?? []).flatMap((grant) => {
    const { id, granteePrincipal, retiringPrincipal } = grant;
    const hits = [
      ...(allows(q, grant, operation) ? [{ id, named: namedAs(q, granteePrincipal) }] : []),
      ...(operation === 'RetireGrant' && retiringPrincipal !== undefined
        ? [{ id, named: namedAs(q, retiringPrincipal) }]
        : []),
    ];
    return hits.filter(({ named }) => named !== NOT);
  });
}

/** Boundaries and session policies limit a grant like an IAM policy: it names nobody more strongly than a role. */
function namedAs(q: NaiveRequest, principal: string): number {
  const type = /^(arn:|\d{12}$|A(ID|RO)A)/.test(principal) ? 'AWS' : 'Service';
  const named = principalNamed(q, 'vpce', { Effect: 'Allow', Principal: { [type]: principal } });
  return q.principal.kind === 'service' ? named : Math.min(named, BY_ROLE);
}

function allows(q: NaiveRequest, grant: KmsGrant, operation: string): boolean {
  const { operations, encryptionContextSubset: subset = {}, encryptionContextEquals: equals = {} } = grant;
  if (!operations.includes(operation)) return false;
  if (OTHER.test(operation)) return true;
  const wanted = [...Object.entries(subset), ...Object.entries(equals)];
  if (CRYPTOGRAPHIC.test(operation)) return hasPairs(q, wanted) && !hasMore(q, Object.keys(equals));
  // It creates grants of what it may do itself; of those it must say what they allow.
  if (operation !== 'CreateGrant' || wanted.length > 0) return false;
  const asked = q.context.get('kms:grantoperations');
  return asked !== undefined && asked.length > 0 && [asked].flat().every((one) => operations.includes(one));
}

const hasPairs = ({ context }: NaiveRequest, pairs: readonly (readonly [string, string])[]): boolean =>
  pairs.every(([key, value]) => context.get(`kms:encryptioncontext:${key.toLowerCase()}`) === value);

/** The encryption context of the request has a pair besides these. None of these: there is no such constraint. */
function hasMore({ context }: NaiveRequest, keys: readonly string[]): boolean {
  if (keys.length === 0) return false;
  const lower = keys.map((key) => key.toLowerCase());
  const given = [context.get('kms:encryptioncontextkeys') ?? []].flat();
  const pairs = [...context.keys()].filter((key) => key.startsWith('kms:encryptioncontext:'));
  const all = [...given, ...pairs.map((key) => key.slice('kms:encryptioncontext:'.length))];
  return all.some((key) => !lower.includes(key.toLowerCase()));
}
