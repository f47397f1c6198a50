import { parseIso } from './date.ts';
import type { Located } from './json-text.ts';

import { join, type PolicyNode, type Report, type StatementNode, textOf, textsAt, textsIn } from './policy-checks.ts';
import { isPartition } from './regions.ts';

/**
 * IAM's checks of a document without principals once its grammar is right, with IAM's own messages. Which message comes first
 * was recorded from AWS (test/data/decision-truth/policy-validation-recorded.json).
 */

export const LEGACY = 'The policy failed legacy parsing';

function isPartitionOrStar(text: string): boolean {
  return text === '*' || isPartition(text);
}

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
];
const IAM_PATH_MESSAGE = `IAM resource path must either be "*", root, or start with ${IAM_PATHS.join(', ')}.`;

export function checkVersion(policy: PolicyNode, report: Report): void {
  const version = policy.elements.get('Version');
  if (version?.value === '2012-10-17') return;
  report(
    'Policy document must be version 2012-10-17 or greater.',
    version === undefined ? '' : 'Version',
    version ?? policy.root,
  );
}

export function checkNoPrincipal(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    for (const name of ['Principal', 'NotPrincipal']) {
      const element = statement.elements.get(name);
      if (element !== undefined)
        report('Policy document should not specify a principal.', join(statement.path, name), element);
    }
  }
}

/** What an older parser of AWS cannot read: Effect in another case, invalid dates, ARNs with too few parts. */
export function checkLegacy(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    const effect = statement.elements.get('Effect');
    if (effect !== undefined && effect.value !== 'Allow' && effect.value !== 'Deny') {
      report(LEGACY, join(statement.path, 'Effect'), effect, capitalized(textOf(effect)));
    }
    checkDates(statement, report);
    for (const { text, path, node } of [...textsAt(statement, 'Resource'), ...textsAt(statement, 'NotResource')]) {
      if (isTooShort(text)) report(LEGACY, path, node);
    }
  }
}

/** `allow` is Allow. */
function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`;
}

function isTooShort(text: string): boolean {
  const [, partition = '', service, ...rest] = text.split(':');
  if (!isPartitionOrStar(partition) || service === undefined) return false;
  return service === '' || (rest.length < 3 && text.includes('::'));
}

function checkDates(statement: StatementNode, report: Report): void {
  const condition = statement.elements.get('Condition');
  for (const operator of condition?.members ?? []) {
    if (!/^(?:For(?:Any|All)Values?:)?Date/.test(operator.key)) continue;
    for (const key of operator.node.members ?? []) {
      const at = join(statement.path, `Condition.${operator.key}.${key.key}`);
      for (const { text, path, node } of textsIn(key.node, at)) if (!isLegacyDate(text)) report(LEGACY, path, node);
    }
  }
}

const INTEGER = /^-?\d{1,19}$/;
const MOST = 9_223_372_036_854_775_807n;

/** 64-bit seconds, or a date. */
function isLegacyDate(text: string): boolean {
  if (INTEGER.test(text)) return BigInt(text) <= MOST && BigInt(text) >= -MOST - 1n;
  return parseIso(text) !== null;
}

export function checkSids(policy: PolicyNode, report: Report): void {
  const seen = new Set<string>();
  const check = (sid: Located, path: string): void => {
    const text = textOf(sid);
    if (text !== '' && seen.has(text)) report('Statement IDs (SID) in a single policy must be unique.', path, sid);
    seen.add(text);
  };
  for (const statement of policy.statements) {
    const sid = statement.elements.get('Sid');
    if (sid !== undefined) check(sid, join(statement.path, 'Sid'));
  }
  for (const statement of policy.statements) {
    const sid = statement.elements.get('Sid');
    if (sid === undefined || /^[0-9A-Za-z]*$/.test(textOf(sid))) continue;
    const message =
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
    report(message, join(statement.path, 'Sid'), sid);
  }
}

export function checkActionsPresent(policy: PolicyNode, report: Report): void {
  checkPresent(policy, 'Action', 'Policy statement must contain actions.', report);
}

export function checkResourcesPresent(policy: PolicyNode, report: Report): void {
  checkPresent(policy, 'Resource', 'Policy statement must contain resources.', report);
}

function checkPresent(policy: PolicyNode, name: string, message: string, report: Report): void {
  for (const statement of policy.statements) {
    const count = textsAt(statement, name).length + textsAt(statement, `Not${name}`).length;
    const element = statement.elements.get(name) ?? statement.elements.get(`Not${name}`);
    if (count === 0) report(message, statement.path, element ?? statement.node);
  }
}

export function checkResources(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    for (const { text, path, node } of [...textsAt(statement, 'Resource'), ...textsAt(statement, 'NotResource')]) {
      const message = resourceFault(text);
      if (message !== null) report(message, path, node);
    }
  }
}

function resourceFault(text: string): string | null {
  if (/^\*+$/.test(text)) return null;
  const [first, partition, service, region, account, ...rest] = text.split(':');
  if (first === undefined || partition === undefined) return `Resource ${text} must be in ARN format or "*".`;
  if (!isPartitionOrStar(partition)) return partitionFault(partition, [service, region, account, rest]);
  if (service === undefined) return 'Resource vendor must be fully qualified and cannot contain regexes.';
  const hasRegion = region !== undefined && region !== '' && region !== '*';
  if (service === 'iam' && hasRegion) return `IAM resource ${text} cannot contain region information.`;
  // Access points, jobs and similar resources have a Region, and an account with it.
  if (service === 's3' && hasRegion && account === '') return `Resource ${text} can not contain region information.`;
  if (service !== 'iam' || rest.length === 0) return null;
  const path = rest.join(':');
  const isKnown = path.startsWith('*') || path === 'root' || IAM_PATHS.some((known) => path.startsWith(known));
  return isKnown ? null : IAM_PATH_MESSAGE;
}

/** AWS prints the ARN that it read: the first part as `arn`, missing parts as stars. */
function partitionFault(
  partition: string,
  [service, region, account, rest]: readonly [
    string | undefined,
    string | undefined,
    string | undefined,
    readonly string[],
  ],
): string {
  const last = rest.length === 0 ? '*' : rest.join(':');
  const arn = ['arn', partition, service ?? '*', region ?? '*', account ?? '*', last].join(':');
  return `Partition "${partition}" is not valid for resource "${arn}".`;
}

export function checkActions(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    for (const { text, path, node } of [...textsAt(statement, 'Action'), ...textsAt(statement, 'NotAction')]) {
      const message = actionFault(text);
      if (message !== null) report(message, path, node);
    }
  }
}

/** Why AWS refuses an entry of Action or NotAction; null: it does not. */
export function actionFault(text: string): string | null {
  if (text === '*' || text === '*:*') return null;
  const [vendor = '', name, more] = text.split(':');
  if (name === undefined) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  if (more !== undefined) return 'Actions/Condition can contain only one colon.';
  if (/[*?]/.test(vendor)) return 'Action vendors (e.g., aws, ec2, etc.) must not contain wildcards';
  return /^[A-Za-z0-9.-]+$/.test(vendor) ? null : `Vendor ${vendor} is not valid`;
}
