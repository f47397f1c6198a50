import type { AttachedPolicy, ControlLevel, LevelName } from '../evaluation/applicable-policies.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { JsonValue } from '../policy/json.ts';
import { type CompiledPolicy, loadPolicy } from '../policy/load.ts';
import { MalformedPolicy } from '../policy/malformed-policy.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { RefusedPolicy, unreadableFindings } from '../policy/refused-policy.ts';
import { eachInSteps, type Steps } from '../policy/steps.ts';

/** A document as given: an object, or its text. */
export type Document = JsonValue;

/** Root, five levels of organizational units, account. */
const MAX_CONTROL_LEVELS = 7;

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html */
const RCP_FULL_AWS_ACCESS = {
  arn: 'arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess',
  id: 'p-RCPFullAWSAccess',
  name: 'RCPFullAWSAccess',
  document: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
  },
} as const;

export function documents(
  list: readonly Document[],
  kind: PolicyKind,
  field: string,
  at: (field: string) => string,
): Steps<readonly AttachedPolicy[]> {
  return eachInSteps(list, (document, index) => {
    const id = `${field}[${index}]`;
    return { policy: load(document, kind, at(id)), id, name: null, arn: null };
  });
}

export function* controlLevels(
  levels: readonly (readonly Document[])[] | null,
  kind: 'scp' | 'rcp',
  field: string,
  at: (field: string) => string,
): Steps<readonly ControlLevel[] | null> {
  if (levels === null) return null;
  if (levels.length > MAX_CONTROL_LEVELS) {
    throw new InvalidInput(at(field), `${levels.length} levels; an organization has at most ${MAX_CONTROL_LEVELS}`);
  }
  const control: ControlLevel[] = [];
  for (const [index, list] of levels.entries()) {
    const id = `${field}[${index}]`;
    const level: LevelName = { kind: kindOfLevel(index, levels.length), id, name: null, arn: null };
    const policies = yield* documents(list, kind, id, at);
    const all = kind === 'rcp' ? [fullResourceAccess(), ...policies] : policies;
    control.push({ level, policies: all.map((policy) => ({ ...policy, level })) });
  }
  return control;
}

/** A single level is taken for the root: the account is the last of several. */
function kindOfLevel(index: number, count: number): LevelName['kind'] {
  if (index === 0) return 'ROOT';
  return index === count - 1 ? 'ACCOUNT' : 'ORGANIZATIONAL_UNIT';
}

function fullResourceAccess(): AttachedPolicy {
  const { document, ...named } = RCP_FULL_AWS_ACCESS;
  return { policy: loadPolicy(document, 'rcp'), ...named };
}

/** Unreadable parts are refused: a Deny must not be missed. The error has their place and what was probably meant. */
function load(document: Document, kind: PolicyKind, field: string): CompiledPolicy {
  const findings = unreadableFindings(document, kind);
  const [first] = findings;
  if (first !== undefined) throw new RefusedPolicy(findings, first, field);
  try {
    return loadPolicy(document, kind);
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new MalformedPolicy(error.message, { field, cause: error });
  }
}

export function endpointOf(
  document: Document | null,
  id: string,
  at: (field: string) => string,
): AttachedPolicy | null {
  return document === null ? null : { policy: load(document, 'vpce', at(id)), id, name: null, arn: null };
}

/** The single resource policy of a simulation, applied to each resource: on a role it is the role's trust policy. */
export class ResourcePolicies {
  readonly #document: Document | null;
  readonly #field: string;
  readonly #compiled = new Map<PolicyKind, CompiledPolicy>();

  constructor(document: Document | null, field: string) {
    this.#document = document;
    this.#field = field;
  }

  /** `every`: the kind of resources that `*` means. */
  on(arn: string, every: PreparedResource['kind']): AttachedPolicy | null {
    if (this.#document === null) return null;
    const kind = isRole(arn) || (arn === '*' && every === 'role') ? 'trust' : 'resource';
    const policy = this.#compiled.get(kind) ?? load(this.#document, kind, this.#field);
    this.#compiled.set(kind, policy);
    return { policy, id: arn, name: null, arn: null };
  }
}

function isRole(arn: string): boolean {
  const parts = parseArn(arn);
  return parts?.service === 'iam' && parts.resource.startsWith('role/');
}
