import { readActionPattern } from './action-pattern.ts';
import { parseArn } from './arn.ts';
import { actionFault } from './identity-checks.ts';
import {
  invalidEffect,
  join,
  type PolicyNode,
  type Report,
  type StatementNode,
  textsAt,
  textsIn,
} from './policy-checks.ts';
import { readNamedPrincipal } from './principal-element.ts';
import { isAccountId } from './principal-id.ts';
import { isRead } from './readable-parts.ts';
import { asksFor, requiredKey } from './shared-providers.ts';

/** Checks of documents that name principals: trust policies of roles, and policies of resources. */

export function checkPrincipals(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) checkPrincipalOf(statement, report);
}

function checkPrincipalOf(statement: StatementNode, report: Report): void {
  const { elements, path, node } = statement;
  const negation = elements.get('NotPrincipal');
  if (negation !== undefined && elements.get('Effect')?.value === 'Allow') {
    report('Allow with NotPrincipal is not allowed.', join(path, 'NotPrincipal'), negation);
  }
  const element = elements.get('Principal') ?? negation;
  if (element === undefined) {
    report('Missing required field Principal', path, node);
    return;
  }
  const name = join(path, negation === undefined ? 'Principal' : 'NotPrincipal');
  const named = (element.members ?? []).flatMap(({ node: values }) => values.items ?? [values]);
  if (element.value !== '*' && named.length === 0) {
    report('Missing required field Principal cannot be empty!', name, element);
  }
  for (const { key, node: values } of element.members ?? []) {
    for (const { text, path: place, node: item } of textsIn(values, join(name, key))) {
      if (!isPrincipal(key, text)) report(invalidPrincipal(key, text), place, item);
    }
  }
}

function invalidPrincipal(type: string, text: string): string {
  return `Invalid principal in policy: "${type}":"${text}"`;
}

/** Groups and instance profiles are not principals, a part of an ARN cannot be a wildcard, and services have no `*`. */
export function isPrincipal(type: string, text: string): boolean {
  if (type === 'AWS') return text === '*' || isAwsPrincipal(text);
  return type === 'Service' ? isServicePrincipalName(text) : text !== '';
}

function isAwsPrincipal(text: string): boolean {
  if (readNamedPrincipal('AWS', text) === null) return false;
  const account = parseArn(text)?.accountId;
  // AWS's own accounts have words as ids; policies name only the one of CloudFront's origin access identities.
  return account === undefined || isAccountId(account) || account === 'cloudfront';
}

/** The domains of AWS's services, in all partitions. */
const SERVICE_DOMAINS = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'aws.internal',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'csp.hci.ic.gov',
  'cloud.adc-e.uk',
];

/** `SERVICE.amazonaws.com` and similar names; the catalogue knows whether the service exists. */
function isServicePrincipalName(text: string): boolean {
  const name = text.toLowerCase();
  return SERVICE_DOMAINS.some(
    (domain) => name.endsWith(`.${domain}`) && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(name.slice(0, -domain.length - 1)),
  );
}

const TRUST_ACTIONS = 'AssumeRole policy may only specify STS AssumeRole actions.';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html and similar pages: the actions for assuming a role.
const ASSUMING = [
  'assumerole',
  'assumerolewithsaml',
  'assumerolewithwebidentity',
  'tagsession',
  'setsourceidentity',
  'setcontext',
];

function isAboutAssuming(action: string): boolean {
  const pattern = readActionPattern(action);
  return pattern?.service === 'sts' && ASSUMING.some((name) => pattern.name.matches(name));
}

export function checkTrust(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    const { elements, path, node } = statement;
    const effect = elements.get('Effect');
    if (effect !== undefined && effect.value !== 'Allow' && effect.value !== 'Deny') {
      report(invalidEffect(effect), join(path, 'Effect'), effect);
    }
    const negation = elements.get('NotPrincipal');
    if (negation !== undefined) {
      report('AssumeRole policy must not contain NotPrincipal field.', join(path, 'NotPrincipal'), negation);
    }
    // Only S3 knows canonical users.
    for (const { text, path: place, node: item } of principalsOf(statement, 'CanonicalUser')) {
      report(invalidPrincipal('CanonicalUser', text), place, item);
    }
    if (textsAt(statement, 'Action').length === 0) report('Missing required field Action', path, node);
    for (const { text, path: place, node: item } of textsAt(statement, 'Action')) {
      if (!isAboutAssuming(text)) report(TRUST_ACTIONS, place, item);
    }
    for (const [name, message] of PROHIBITED_IN_TRUST) {
      const element = elements.get(name);
      if (element !== undefined) report(message, join(path, name), element);
    }
    checkProviders(statement, report);
  }
}

const PROHIBITED_IN_TRUST = [
  ['Resource', 'Has prohibited field Resource'],
  ['NotResource', 'AssumeRole policy must not contain resources.'],
] as const;

/** A statement that trusts a shared provider must say whose tokens it trusts. */
function checkProviders(statement: StatementNode, report: Report): void {
  if (statement.elements.get('Effect')?.value !== 'Allow' || !isRead(statement, 'Condition')) return;
  for (const { text: provider, path, node } of principalsOf(statement, 'Federated')) {
    const key = requiredKey(provider);
    if (key === null || asksFor(statement, key)) continue;
    const message =
      provider === COGNITO
        ? 'A condition block must be present for the Cognito provider'
        : `The trust policy has to evaluate the condition key ${key} of the shared provider ${provider}`;
    report(message, path, node);
  }
}

function principalsOf({ elements, path }: StatementNode, type: string): ReturnType<typeof textsIn> {
  const values = elements.get('Principal')?.members?.find((member) => member.key === type)?.node;
  return values === undefined ? [] : textsIn(values, join(path, `Principal.${type}`));
}

const COGNITO = 'cognito-identity.amazonaws.com';

const CONTROL = 'The provided policy document does not meet the requirements of the specified policy type.';

/** Customers write resource control policies only to deny: everybody, in named services, on resources. */
export function checkResourceControl(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    const { elements, path, node } = statement;
    const effect = elements.get('Effect');
    if (effect !== undefined && effect.value !== 'Deny') report(CONTROL, join(path, 'Effect'), effect);
    const principal = elements.get('Principal');
    if (principal?.value !== '*') report(CONTROL, join(path, 'Principal'), principal ?? node);
    for (const name of ['NotPrincipal', 'NotAction']) {
      const element = elements.get(name);
      if (element !== undefined) report(CONTROL, join(path, name), element);
    }
    for (const { text, path: place, node: item } of textsAt(statement, 'Action')) {
      if (text === '*' || text === '*:*') report(CONTROL, place, item);
    }
    requireElements(statement, report);
    checkControlActions(statement, report);
  }
}

export function checkServiceControl(policy: PolicyNode, report: Report): void {
  for (const statement of policy.statements) {
    for (const name of ['Principal', 'NotPrincipal']) {
      const element = statement.elements.get(name);
      if (element !== undefined) report(CONTROL, join(statement.path, name), element);
    }
    requireElements(statement, report);
    checkControlActions(statement, report);
    const effect = statement.elements.get('Effect');
    if (effect !== undefined && effect.value !== 'Allow' && effect.value !== 'Deny') {
      report(CONTROL, join(statement.path, 'Effect'), effect);
    }
  }
}

/** Each entry names a service, and something in it. */
function checkControlActions(statement: StatementNode, report: Report): void {
  for (const name of ['Action', 'NotAction']) {
    for (const { text, path, node } of textsAt(statement, name)) {
      if (actionFault(text) !== null) report(CONTROL, path, node);
    }
  }
}

function requireElements(statement: StatementNode, report: Report): void {
  for (const name of ['Action', 'Resource']) {
    const count = textsAt(statement, name).length + textsAt(statement, `Not${name}`).length;
    if (count === 0) report(CONTROL, statement.path, statement.node);
  }
}

export function checkControlVersion(policy: PolicyNode, report: Report): void {
  const version = policy.elements.get('Version');
  if (version?.value !== '2012-10-17') report(CONTROL, 'Version', version ?? policy.root);
}

export const CONTROL_MESSAGE = CONTROL;
