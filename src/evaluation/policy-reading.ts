import type { CompiledPolicy } from '../policy/load.ts';
import type { AttachedPolicy, ControlLevel } from './applicable-policies.ts';
import type { PolicyLayer } from './layer.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  prepareEndpoint,
  preparePolicies,
  preparePrincipal,
  prepareResource,
  withGrants,
} from './prepare.ts';
import type { PreparedEndpoint, RequestFacts } from './request.ts';
import type { ResourceFacts } from './resource.ts';

/** Everything that takes part in a decision, with its policies read in another way. What was read once is the same object again. */
export abstract class PolicyReading {
  readonly #policies = new Map<PolicyLayer, Map<AttachedPolicy, AttachedPolicy>>();
  readonly #principals = new Map<PreparedPrincipal, PreparedPrincipal>();
  readonly #resources = new Map<PreparedResource, PreparedResource>();
  readonly #endpoints = new Map<PreparedEndpoint, PreparedEndpoint>();
  readonly #control = new Map<readonly ControlLevel[], readonly ControlLevel[]>();

  /** How a policy is read where it is attached; itself: as it is. */
  protected abstract read(attached: AttachedPolicy, layer: PolicyLayer): CompiledPolicy;

  principal(prepared: PreparedPrincipal): PreparedPrincipal {
    const known = this.#principals.get(prepared);
    if (known !== undefined) return known;
    const { facts, policies, session } = prepared;
    const source = policies?.source ?? null;
    const { boundary } = source ?? { boundary: null };
    const own =
      source === null
        ? null
        : preparePolicies({
            identity: source.identity.map((one) => this.attached(one, 'IDENTITY_POLICY')),
            boundary: boundary === null ? null : this.attached(boundary, 'PERMISSIONS_BOUNDARY'),
            serviceControl: this.#levels(source.serviceControl, 'SERVICE_CONTROL_POLICY'),
            resourceControl: this.#levels(source.resourceControl ?? null, 'RESOURCE_CONTROL_POLICY'),
          });
    const passed = session === null ? null : session.source.map((one) => this.attached(one, 'SESSION_POLICY'));
    const read = preparePrincipal(facts, own, passed);
    this.#principals.set(prepared, read);
    return read;
  }

  resource(prepared: PreparedResource): PreparedResource {
    const known = this.#resources.get(prepared);
    if (known !== undefined) return known;
    const { facts, kind, accountId, restrictedBy, grantPolicies } = prepared;
    const layer = kind === 'role' ? 'TRUST_POLICY' : 'RESOURCE_POLICY';
    const policy = facts.policy === null ? null : this.attached(facts.policy, layer);
    const resourceControl = this.#levels(facts.resourceControl, 'RESOURCE_CONTROL_POLICY');
    const read: PreparedResource = {
      ...withGrants(
        prepareResource({ ...facts, policy, resourceControl, ...this.#behind(facts) }),
        grantPolicies.map((one) => this.attached(one, 'KMS_GRANT')),
      ),
      kind,
      accountId,
      // What is public is decided by the whole policy.
      restrictedBy,
      ...(prepared.tagsCount === undefined ? {} : { tagsCount: prepared.tagsCount }),
    };
    this.#resources.set(prepared, read);
    return read;
  }

  #behind({ accessPoint }: ResourceFacts): Pick<ResourceFacts, 'accessPoint'> {
    const bucket = accessPoint?.bucket ?? null;
    if (accessPoint === undefined || bucket === null) return {};
    const policy = bucket.policy === null ? null : this.attached(bucket.policy, 'UNDERLYING_BUCKET_POLICY');
    const resourceControl = this.#levels(bucket.resourceControl, 'RESOURCE_CONTROL_POLICY');
    return { accessPoint: { ...accessPoint, bucket: { ...bucket, policy, resourceControl } } };
  }

  /** The request on the same way, with the policy of its VPC endpoint read alike. */
  request(facts: RequestFacts): RequestFacts {
    const { endpoint } = facts;
    return endpoint === undefined ? facts : { ...facts, endpoint: this.#endpoint(endpoint) };
  }

  #endpoint(prepared: PreparedEndpoint): PreparedEndpoint {
    const known = this.#endpoints.get(prepared);
    if (known !== undefined) return known;
    const read = prepareEndpoint(this.attached(prepared.source, 'VPC_ENDPOINT_POLICY'));
    this.#endpoints.set(prepared, read);
    return read;
  }

  attached(attached: AttachedPolicy, layer: PolicyLayer): AttachedPolicy {
    const inLayer = this.#policies.get(layer) ?? new Map<AttachedPolicy, AttachedPolicy>();
    this.#policies.set(layer, inLayer);
    const known = inLayer.get(attached);
    if (known !== undefined) return known;
    const policy = this.read(attached, layer);
    const read = policy === attached.policy ? attached : { ...attached, policy };
    inLayer.set(attached, read);
    return read;
  }

  #levels(levels: readonly ControlLevel[] | null, layer: PolicyLayer): readonly ControlLevel[] | null {
    if (levels === null) return null;
    const known = this.#control.get(levels);
    if (known !== undefined) return known;
    const read = levels.map((level) => ({
      ...level,
      policies: level.policies.map((one) => this.attached(one, layer)),
    }));
    this.#control.set(levels, read);
    return read;
  }
}
