import { type ContextKey, type ContextValue, contextKey } from '../policy/context-key.ts';
import { instantText } from '../policy/date.ts';
import { type ResourcePattern, resourceElementMatches, resourceMatches } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Asked } from './asked.ts';
import { type Bound, UNBOUND } from './bindings.ts';
import { assumedValue, filledValue } from './call-keys.ts';
import type { PolicyLayer } from './layer.ts';
import { DIRECTLY, hitByNotPrincipal, mayName, type Naming, NOT_NAMED, naming } from './match-principal.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import { organizationPaths, principalValue } from './principal-values.ts';
import { ReadContext } from './read-context.ts';
import type { ActionFacts, RequestFacts } from './request.ts';
import { placeOfTag } from './resource-tags.ts';
import { NOT_RESOURCE, type Rule } from './rule.ts';
import { appliesUnsaid, unsaidBy } from './unsaid.ts';

const REQUESTED_REGION = contextKey('aws:RequestedRegion');

/** One request: caller, action, resource, and the values of its condition keys. Decides whether a statement matches. */
export class Evaluation implements Asked<Evaluation> {
  // `declare`: without it each field is first defined as undefined, which costs as much as the decision.
  declare readonly principal: PreparedPrincipal;
  declare readonly action: ActionFacts;
  declare readonly resource: PreparedResource;
  declare readonly request: RequestFacts;

  constructor(principal: PreparedPrincipal, action: ActionFacts, resource: PreparedResource, request: RequestFacts) {
    this.principal = principal;
    this.action = action;
    this.resource = resource;
    this.request = request;
  }

  value(key: ContextKey): ContextValue | undefined {
    if (this.comesWithRequest(key)) return key.owner === 'assumed' ? this.orAssumed(key) : this.given(key);
    if (this.request.authority === 'context') {
      const given = this.given(key);
      if (given !== undefined) return given;
      if (this.request.follows?.has(key.name) === false) return undefined;
    }
    if (key.owner === 'time') return this.timeValue(key);
    if (key.owner === 'resource') return this.resourceValue(key);
    if (key.owner === 'call') return this.callValue(key);
    if (key.tag !== null) return this.principal.tags.get(key.tag);
    return principalValue(key, this.principal.facts, this.request.now);
  }

  /** The value in the request's own context; an empty list is no value. */
  given(key: ContextKey): ContextValue | undefined {
    const { context } = this.request;
    const value = context instanceof ReadContext ? context.of(key) : context.get(key.name);
    return value === undefined || value.length > 0 || typeof value === 'string' ? value : undefined;
  }

  /**
   * Only the request can give the value of the key. Credentials of sts:AssumeRole and sts:GetFederationToken prove no MFA,
   * whoever made them: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
   */
  comesWithRequest({ owner }: ContextKey): boolean {
    if (owner === 'request' || owner === 'assumed') return true;
    const { caller } = this.principal;
    return owner === 'mfa' && (caller === 'user' || caller === 'root');
  }

  supposing(principal: PreparedPrincipal, resource: PreparedResource, request: RequestFacts): Evaluation {
    return new Evaluation(principal, this.action, resource, request);
  }

  /** Whether the request could have given this key: if the directory's values count, only keys that the directory does not know. */
  couldBeGiven(key: ContextKey): boolean {
    if (this.request.settled?.has(key.name) === true) return false;
    if (this.comesWithRequest(key) || this.request.authority === 'context') return true;
    if (key.owner === 'call') return filledValue(key, this) === null;
    if (key.owner !== 'resource') return false;
    return key.tag === null ? this.resource.accountId === null : this.placeOfTag(key) === 'given';
  }

  /** Whether the value of the key is assumed: every such request has one, and this one does not give it. */
  isAssumed(key: ContextKey): boolean {
    return key.owner === 'assumed' && this.given(key) === undefined && this.value(key) !== undefined;
  }

  private orAssumed(key: ContextKey): ContextValue | undefined {
    const given = this.given(key);
    return given !== undefined || this.request.assumes !== true ? given : assumedValue(key, this);
  }

  private callValue(key: ContextKey): ContextValue | undefined {
    const filled = filledValue(key, this);
    if (filled !== null) return filled;
    // The Region of a call to EC2 without a resource.
    return key.name === 'ec2:region' ? (this.value(REQUESTED_REGION) ?? this.given(key)) : this.given(key);
  }

  private resourceValue(key: ContextKey): ContextValue | undefined {
    const { tags, accountId, facts } = this.resource;
    if (key.tag !== null) {
      const place = this.placeOfTag(key);
      return place === 'given' ? this.given(key) : place === 'known' ? tags?.get(key.tag) : undefined;
    }
    if (accountId === null) return this.given(key);
    switch (key.name) {
      case 'aws:resourceorgid':
        return facts.organization?.id;
      case 'aws:resourceorgpaths':
        return organizationPaths(facts.organization);
      default:
        return accountId;
    }
  }

  private placeOfTag(key: ContextKey): ReturnType<typeof placeOfTag> {
    const place = placeOfTag(key, this.resource);
    return place === 'absent' && key.tagged === null && this.request.tagsAsGiven === true ? 'given' : place;
  }

  private timeValue(key: ContextKey): string {
    const now = this.request.now;
    return key.name === 'aws:epochtime' ? String(Math.floor(now / 1000)) : instantText(now);
  }

  /** Whether Resource and Condition of the statement match the request. Action and Principal are not checked. */
  matches(statement: CompiledStatement): boolean {
    return this.resourceMatches(statement) && this.conditionsHold(statement);
  }

  /**
   * Like `matches`, for a statement where it is attached. If it depends on facts that the question leaves unsaid, an Allow applies
   * only if it applies for every possible value, a Deny if it applies for some possible value.
   */
  applies(rule: Rule): boolean {
    if (rule.unsaid !== 0) {
      const open = rule.unsaid & unsaidBy(this);
      if (open !== 0) return appliesUnsaid(this, rule, open);
    }
    const { conditions, pattern } = rule;
    if (pattern !== null && !this.isAbout(rule, pattern)) return false;
    if (conditions === null) return true;
    for (const condition of conditions) if (!condition.holds(this)) return false;
    return true;
  }

  /** Whether a Deny applies and concerns the caller, whose session has its name by now. */
  denies(rule: Rule): boolean {
    if (!this.applies(rule)) return false;
    return rule.principal === null || this.namedIn(rule, this.savedOf(rule.layer)) !== NOT_NAMED;
  }

  private savedOf(layer: PolicyLayer): Bound {
    if (layer === 'UNDERLYING_BUCKET_POLICY') return this.resource.bucket ?? UNBOUND;
    return layer === 'VPC_ENDPOINT_POLICY' || layer === 'KMS_GRANT' ? UNBOUND : this.resource;
  }

  private isAbout(rule: Rule, pattern: ResourcePattern): boolean {
    const { more } = rule;
    if (pattern === NOT_RESOURCE) return this.resourceMatches(rule.statement);
    const { resource } = this;
    if (resourceMatches(pattern, resource, this) === 'match') return true;
    if (more === null) return false;
    for (const one of more) if (resourceMatches(one, resource, this) === 'match') return true;
    return false;
  }

  resourceMatches(statement: CompiledStatement): boolean {
    const resources = statement.resources;
    return resources === null || resourceElementMatches(resources, statement.allows, this.resource, this);
  }

  conditionsHold(statement: CompiledStatement): boolean {
    for (const condition of statement.conditions) if (!condition.holds(this)) return false;
    return true;
  }

  /** How a statement of the resource's policy, or of a resource control policy, names the caller. */
  named(statement: Pick<CompiledStatement, 'principal' | 'allows'>): Naming {
    return this.namedIn(statement, this.resource);
  }

  /** The same for a VPC endpoint's policy and for grants of a key, to which the bindings of the resource's policy do not apply. */
  namedUnbound(statement: Pick<CompiledStatement, 'principal' | 'allows'>): Naming {
    return this.namedIn(statement, UNBOUND);
  }

  /** The same for the policy of the bucket behind an access point, with the bindings of that policy. */
  namedBehind(statement: Pick<CompiledStatement, 'principal' | 'allows'>): Naming {
    return this.namedIn(statement, this.resource.bucket ?? UNBOUND);
  }

  private namedIn(statement: Pick<CompiledStatement, 'principal' | 'allows'>, saved: Bound): Naming {
    const element = statement.principal;
    if (element === null) return NOT_NAMED;
    if (!element.negated) {
      const named = naming(element, this.principal, saved);
      return named === NOT_NAMED && !statement.allows && mayName(element, this.principal) ? DIRECTLY : named;
    }
    // AWS does not support NotPrincipal with Allow: it names nobody.
    return !statement.allows && hitByNotPrincipal(element, this.principal, saved) ? DIRECTLY : NOT_NAMED;
  }
}
