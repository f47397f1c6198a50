import type { ControlPolicyType } from '../../directory/entities/organization-inputs.ts';
import { isServicePrincipal } from '../../policy/principal-id.ts';
import { checkWritten } from '../../policy/refused-policy.ts';
import { isPartition } from '../../policy/regions.ts';
import { ValidationError } from '../errors.ts';
import { checkText } from './resource-checks.ts';

// What AWS Organizations says of the parameters of its operations:
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Types.html

const NAME_CHARACTERS = 128;
const DESCRIPTION_CHARACTERS = 512;
const ACCOUNT_NAME_CHARACTERS = 50;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

/** Forms of ids, and what has them. */
const IDS = {
  organizationId: [/^o-[a-z0-9]{10,32}$/, 'an organization: o-…'],
  unitId: [/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/, 'an organizational unit: ou-…'],
  policyId: [/^p-[0-9a-zA-Z_]{8,128}$/, 'a control policy: p-…'],
  parent: [/^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/, 'a root or an organizational unit: r-… or ou-…'],
  targetId: [
    /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|\d{12})$/,
    'a root, an organizational unit or an account: r-…, ou-… or twelve digits',
  ],
} as const;

type IdKind = keyof typeof IDS;

/** Whether a text has the form of such an id. */
export function isId(kind: IdKind, id: string): boolean {
  return IDS[kind][0].test(id);
}

/** `field`: where it stands in the input; left out: under the name of its kind. */
export function checkId(kind: IdKind, id: string, field: string = kind): void {
  const [form, what] = IDS[kind];
  if (!form.test(id)) throw new ValidationError(`\`${id.slice(0, 100)}\` is not the id of ${what}`, field);
}

export function checkUnitName(name: string): void {
  checkText(name, 'name', NAME_CHARACTERS);
}

export function checkAccountName(name: string): void {
  checkText(name, 'name', ACCOUNT_NAME_CHARACTERS);
}

export function checkPartition(partition: string | undefined): void {
  if (partition === undefined || isPartition(partition)) return;
  throw new ValidationError(`there is no partition \`${partition.slice(0, 100)}\``, 'partition');
}

export function checkRoleName(name: string | undefined): void {
  if (name === undefined || ROLE_NAME.test(name)) return;
  throw new ValidationError('the name of a role has 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -', 'roleName');
}

export function checkServicePrincipal(servicePrincipal: string): void {
  checkText(servicePrincipal, 'servicePrincipal', NAME_CHARACTERS);
  if (isServicePrincipal(servicePrincipal)) return;
  throw new ValidationError(`\`${servicePrincipal}\` is no service principal`, 'servicePrincipal');
}

interface PolicyFields {
  readonly name?: string;
  readonly description?: string;
}

export function checkPolicyFields({ name, description }: PolicyFields): void {
  if (name !== undefined) checkText(name, 'name', NAME_CHARACTERS);
  if (description !== undefined) checkText(description, 'description', DESCRIPTION_CHARACTERS, 0);
}

/** Throws AWS's answer, and refuses what cannot be read. */
export function checkControlDocument(document: string, type: ControlPolicyType): void {
  const kind = type === 'SERVICE_CONTROL_POLICY' ? 'scp' : 'rcp';
  checkWritten(document, kind, 'policyDocument', () => true);
}
