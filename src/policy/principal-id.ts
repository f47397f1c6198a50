import { parseArn } from './arn.ts';
import { Recent } from './recent.ts';

/**
 * A principal as the public schema names it (scalar PrincipalId): an ARN, a service principal, a 12-digit account id (its
 * root user), or `anonymous`. A role ARN means a session of the role whose name is unknown.
 */
export type PrincipalRef =
  | { readonly kind: 'user'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'role'; readonly arn: string; readonly accountId: string }
  | {
      readonly kind: 'roleSession';
      readonly arn: string;
      readonly accountId: string;
      /** Without its path: a session ARN does not contain it. */
      readonly roleName: string;
      readonly sessionName: string;
    }
  | { readonly kind: 'federatedUser'; readonly arn: string; readonly accountId: string; readonly name: string }
  | { readonly kind: 'root'; readonly arn: string; readonly accountId: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'anonymous' };

const ACCOUNT = /^\d{12}$/;
// IAM issues names of [\w+=,.@-]. Recorded accounts hold placeholders such as `<role-name:1>`, which can be asked about,
// too: any printable character except slashes and wildcards.
const NAME = /^[\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]{1,128}$/;
// A path begins and ends with a slash and holds U+0021 to U+007E; the name follows the last slash.
const PATH_AND_NAME = /^\/(?:[\x21-\x7e]{0,510}\/)?[\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]{1,128}$/;
const SERVICE = /^[a-z0-9][a-z0-9.-]{0,200}\.amazonaws\.com(?:\.cn)?$/;

export function isAccountId(text: string): boolean {
  return ACCOUNT.test(text);
}

/** `ec2.amazonaws.com` and similar names, also `SERVICE.REGION.amazonaws.com` and `.com.cn`. */
export function isServicePrincipal(text: string): boolean {
  return SERVICE.test(text);
}

const known = new Recent<PrincipalRef>();

/** Null: the text is not the name of a principal. Nothing is looked up. Mostly the same object for the same text: batches repeat a few. */
export function parsePrincipalRef(text: string): PrincipalRef | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  const read = readPrincipalRef(text);
  if (read !== null) known.set(text, read);
  return read;
}

function readPrincipalRef(text: string): PrincipalRef | null {
  if (text === 'anonymous') return { kind: 'anonymous' };
  if (isAccountId(text)) return { kind: 'root', arn: `arn:aws:iam::${text}:root`, accountId: text };
  if (isServicePrincipal(text)) return { kind: 'service', service: text };
  const arn = parseArn(text);
  if (arn === null || arn.region !== '' || !isAccountId(arn.accountId)) return null;
  if (arn.service === 'iam') return iamPrincipal(text, arn.accountId, arn.resource);
  return arn.service === 'sts' ? stsPrincipal(text, arn.accountId, arn.resource) : null;
}

function iamPrincipal(arn: string, accountId: string, resource: string): PrincipalRef | null {
  if (resource === 'root') return { kind: 'root', arn, accountId };
  if (resource.startsWith('user/') && PATH_AND_NAME.test(resource.slice(4))) return { kind: 'user', arn, accountId };
  if (resource.startsWith('role/') && PATH_AND_NAME.test(resource.slice(4))) return { kind: 'role', arn, accountId };
  return null;
}

function stsPrincipal(arn: string, accountId: string, resource: string): PrincipalRef | null {
  const [type, first = '', second, ...more] = resource.split('/');
  if (more.length > 0 || !NAME.test(first)) return null;
  if (type === 'federated-user' && second === undefined) return { kind: 'federatedUser', arn, accountId, name: first };
  if (type !== 'assumed-role' || second === undefined || !NAME.test(second)) return null;
  return { kind: 'roleSession', arn, accountId, roleName: first, sessionName: second };
}

/** The text that `parsePrincipalRef` reads back. */
export function principalIdOf(ref: PrincipalRef): string {
  if (ref.kind === 'service') return ref.service;
  return ref.kind === 'anonymous' ? 'anonymous' : ref.arn;
}
