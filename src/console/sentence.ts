import type { AskQuery, PolicyLayer } from '../generated/console/questions.ts';
import { list, nameOf, shortName } from './names.ts';
import { wordsOf } from './words.ts';

export type Decision = NonNullable<AskQuery['decision']>;
export type Statement = Decision['matchedStatements'][number];

/** Who is asked about: `alice in the role DataWriter`. */
export function whoOf({ principal, assumedRole }: Pick<Decision, 'principal' | 'assumedRole'>): string {
  const name = nameOf(principal);
  return assumedRole === null ? name : `${name} in the role ${assumedRole.name}`;
}

/** The resource as people call it. */
export function whatOf({ resource }: Pick<Decision, 'resource'>): string {
  return resource === '*' ? 'anything' : shortName(resource);
}

const LEVELS = { ACCOUNT: 'account', ORGANIZATIONAL_UNIT: 'unit', ROOT: 'root of the organization' } as const;

function levelOf({ kind, name, id }: NonNullable<Statement['level']>): string {
  return kind === 'ROOT' ? `the ${LEVELS.ROOT}` : `the ${LEVELS[kind]} ${name ?? id}`;
}

/** A sentence on why, of the statements that decided. */
export function becauseOf(decision: Decision): string {
  if (decision.effect === 'ALLOWED') return allowedBy(decision);
  const { deniedBy, effect, layers, matchedStatements } = decision;
  if (deniedBy === null) return decision.reason;
  const at = layers.find(({ layer }) => layer === deniedBy)?.deniedAt ?? [];
  if (effect === 'EXPLICIT_DENY') {
    const [statement] = matchedStatements;
    const level = statement?.level ?? at[0];
    return `${sentenceStart(deniedBy)}${named(statement)}${level == null ? '' : ` of ${levelOf(level)}`} denies it explicitly.`;
  }
  return `${MISSING[deniedBy] ?? `${sentenceStart(deniedBy)} does not allow it`}${at.length === 0 ? '' : ` at ${list(at.map(levelOf))}`}.`;
}

/** What an Allow is missing in. */
const MISSING: Readonly<Partial<Record<PolicyLayer, string>>> = {
  SERVICE_CONTROL_POLICY: 'No service control policy allows it',
  RESOURCE_CONTROL_POLICY: 'No resource control policy allows it',
  IDENTITY_POLICY: 'No identity policy allows it',
  RESOURCE_POLICY: 'No policy of the resource allows it',
  SESSION_POLICY: 'No session policy allows it',
  PERMISSIONS_BOUNDARY: 'The permissions boundary does not reach that far',
  TRUST_POLICY: 'The trust policy of the role does not let this caller in',
  VPC_ENDPOINT_POLICY: 'The policy of the VPC endpoint does not let it pass',
};

function allowedBy({ matchedStatements, reason }: Decision): string {
  const names = [...new Set(matchedStatements.map((each) => `${wordsOf(each.layer).long}${named(each)}`))];
  if (names.length === 0) return reason;
  const text = list(names);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${names.length === 1 ? 'allows' : 'allow'} it, and nothing denies it.`;
}

function named(statement: Statement | undefined): string {
  const name = statement?.policyName ?? null;
  return name === null ? '' : ` “${name}”`;
}

function sentenceStart(layer: PolicyLayer): string {
  const { long } = wordsOf(layer);
  return long.charAt(0).toUpperCase() + long.slice(1);
}
