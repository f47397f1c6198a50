import { contentKey } from '../../directory/previews/content-key.ts';
import type { AttachedPolicy, ControlLevel } from '../../evaluation/applicable-policies.ts';
import type { PolicyLayer } from '../../evaluation/layer.ts';
import type { PreparedPrincipal, PreparedResource } from '../../evaluation/prepare.ts';
import type { PolicyInPlace } from '../../evaluation/veil.ts';
import type { CompiledPolicy } from '../../policy/load.ts';

/** A policy where it is attached, with its content. */
interface Placed {
  readonly place: PolicyInPlace;
  readonly key: string;
}

function placed(layer: PolicyLayer, attached: AttachedPolicy): Placed {
  const { policy, id, arn, holder = null, level } = attached;
  const key = JSON.stringify([layer, level?.id ?? '', id, arn, holder, contentKey(policy)]);
  return { place: { layer, arn, holder }, key };
}

function* ofLevels(layer: PolicyLayer, levels: readonly ControlLevel[] | null | undefined): Iterable<Placed> {
  for (const { policies } of levels ?? []) for (const attached of policies) yield placed(layer, attached);
}

function* ofPrincipal(principal: PreparedPrincipal | null): Iterable<Placed> {
  const { policies, session } = principal ?? {};
  if (policies != null) {
    const { identity, boundary, serviceControl, resourceControl } = policies.source;
    for (const attached of identity) yield placed('IDENTITY_POLICY', attached);
    if (boundary !== null) yield placed('PERMISSIONS_BOUNDARY', boundary);
    yield* ofLevels('SERVICE_CONTROL_POLICY', serviceControl);
    yield* ofLevels('RESOURCE_CONTROL_POLICY', resourceControl);
  }
  for (const attached of session?.source ?? []) yield placed('SESSION_POLICY', attached);
}

function* ofBearer(bearer: PreparedResource | null): Iterable<Placed> {
  if (bearer === null) return;
  const { kind, facts, grantPolicies, bucket } = bearer;
  const layer = kind === 'role' ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
  if (facts.policy !== null) yield placed(layer, facts.policy);
  for (const grant of grantPolicies) yield placed('KMS_GRANT', grant);
  if (bucket?.policy != null) yield placed('UNDERLYING_BUCKET_POLICY', bucket.policy);
  yield* ofLevels('RESOURCE_CONTROL_POLICY', facts.resourceControl);
}

function onOneSide(before: Iterable<Placed>, after: Iterable<Placed>): readonly PolicyInPlace[] {
  const [some, others] = [before, after].map((each) => new Map([...each].map(({ key, place }) => [key, place])));
  const only = (a = NOTHING, b = NOTHING) => [...a].flatMap(([key, place]) => (b.has(key) ? [] : [place]));
  return [...only(some, others), ...only(others, some)];
}

const NOTHING: ReadonlyMap<string, PolicyInPlace> = new Map();

/** The policies that limit or grant what a principal may do before or after, and not in the same way both times. */
export function changedPolicies(
  before: PreparedPrincipal | null,
  after: PreparedPrincipal | null,
): readonly PolicyInPlace[] {
  return onOneSide(ofPrincipal(before), ofPrincipal(after));
}

/** The same of the policies that say who may have access to a resource or role. */
export function changedPoliciesOf(
  before: PreparedResource | null,
  after: PreparedResource | null,
): readonly PolicyInPlace[] {
  return onOneSide(ofBearer(before), ofBearer(after));
}

/** Whether access to a resource or role is decided differently, for some callers. */
export function isChanged(before: PreparedResource, after: PreparedResource): boolean {
  return textOf(before) !== textOf(after);
}

function textOf({ kind, facts, bucket, restrictedBy }: PreparedResource): string {
  const { policy, ...others } = facts;
  return JSON.stringify([kind, policy, others, bucket?.facts, bucket?.policy, restrictedBy], (_name, value: unknown) =>
    isPolicy(value) ? contentKey(value) : value,
  );
}

function isPolicy(value: unknown): value is CompiledPolicy {
  return typeof value === 'object' && value !== null && 'statements' in value && 'faults' in value;
}
