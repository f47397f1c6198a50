import type { ContextKey, ContextReader, ContextValue } from '../policy/context-key.ts';
import { instantText } from '../policy/date.ts';
import { type ResourcePattern, resourceElementMatches, resourceMatches } from '../policy/resource-pattern.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { type Bound, DIRECTLY, hitByNotPrincipal, type Naming, NOT_NAMED, naming, UNBOUND } from './match-principal.ts';
import type { PreparedPrincipal, PreparedResource } from './prepare.ts';
import { organizationPaths, principalValue } from './principal-values.ts';
import type { ActionFacts, RequestFacts } from './request.ts';
import { NOT_RESOURCE, type Rule } from './rule.ts';

/** One request: who asks, for what, on what, and the values of its condition keys. Says whether a statement matches. */
export class Evaluation implements ContextReader {
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
    if (this.comesWithRequest(key)) return this.given(key);
    if (this.request.authority === 'context') {
      const given = this.given(key);
      if (given !== undefined) return given;
    }
    if (key.owner === 'time') return this.timeValue(key);
    if (key.owner === 'resource') return this.resourceValue(key);
    if (key.tag !== null) return this.principal.tags.get(key.tag);
    return principalValue(key, this.principal.facts, this.request.now);
  }

  /** What the request's own context says; an empty list says nothing. */
  given(key: ContextKey): ContextValue | undefined {
    const value = this.request.context.get(key.name);
    return value === undefined || value.length > 0 || typeof value === 'string' ? value : undefined;
  }

  /**
   * Nothing but the request can say what the key holds. Credentials of sts:AssumeRole and sts:GetFederationToken prove nothing
   * of MFA, whoever made them: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
   */
  comesWithRequest({ owner }: ContextKey): boolean {
    if (owner === 'request') return true;
    const { caller } = this.principal;
    return owner === 'mfa' && (caller === 'user' || caller === 'root');
  }

  /** Whether the request could have given this key: under the directory's authority, only what the directory does not know. */
  couldBeGiven(key: ContextKey): boolean {
    if (this.comesWithRequest(key) || this.request.authority === 'context') return true;
    if (key.owner !== 'resource') return false;
    return key.tag === null ? this.resource.accountId === null : this.resource.tags === null;
  }

  private resourceValue(key: ContextKey): ContextValue | undefined {
    const { tags, accountId, facts } = this.resource;
    if (key.tag !== null) return tags === null ? this.given(key) : tags.get(key.tag);
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

  private timeValue(key: ContextKey): string {
    const now = this.request.now;
    return key.name === 'aws:epochtime' ? String(Math.floor(now / 1000)) : instantText(now);
  }

  /** Resource and Condition of the statement apply to the request. Action and Principal are not looked at. */
  matches(statement: CompiledStatement): boolean {
    return this.resourceMatches(statement) && this.conditionsHold(statement);
  }

  /** `matches`, of a statement in its place. */
  applies(rule: Rule): boolean {
    const { conditions, pattern } = rule;
    if (pattern !== null && !this.isAbout(rule, pattern)) return false;
    if (conditions === null) return true;
    for (const condition of conditions) if (!condition.holds(this)) return false;
    return true;
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

  /** The same of a statement of the policy of the VPC endpoint, which knows nothing of what the resource's is bound to. */
  namedOnPath(statement: Pick<CompiledStatement, 'principal' | 'allows'>): Naming {
    return this.namedIn(statement, UNBOUND);
  }

  private namedIn(statement: Pick<CompiledStatement, 'principal' | 'allows'>, saved: Bound): Naming {
    const element = statement.principal;
    if (element === null) return NOT_NAMED;
    if (!element.negated) return naming(element, this.principal, saved);
    // NotPrincipal with Allow is not supported by AWS: it names nobody.
    return !statement.allows && hitByNotPrincipal(element, this.principal, saved) ? DIRECTLY : NOT_NAMED;
  }
}
