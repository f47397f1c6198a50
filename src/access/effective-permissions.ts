import { type ClosedForm, ClosedFormBuilder } from '../analysis/closed-form.ts';
import type { TermSet } from '../analysis/combine.ts';
import { policyDocument } from '../analysis/policy-document.ts';
import { type PermissionTerm, printTerm } from '../analysis/term.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import type { Revision } from '../directory/directory.ts';
import type { KeySessionRecord } from '../directory/stores/key-session-store.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { RequestContext, RequestFacts } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import type { JsonObject } from '../policy/json.ts';
import { barredFromRoles } from './assume.ts';
import { checkAssumedRole } from './check-question.ts';
import { type DecideTools, decide } from './decide.ts';
import { addBearers, type Owners } from './effective-permissions-bearers.ts';
import { filteredActions, onResource, type PermissionFilter } from './effective-permissions-filter.ts';
import { accountOf, homeOf, homes, knownServices } from './effective-permissions-home.ts';
import { MetTypes, unlistedGaps } from './effective-permissions-met.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { barredFromKeySession } from './key-session.ts';
import type { Answer, Subject } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { resolveSubject } from './subject.ts';
import { endpointGaps } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';

/** One action that is allowed on some resource: for requests in some `allow` term and in no `deny` term. */
export interface EffectivePermission {
  readonly action: string;
  readonly accessLevel: AccessLevel;
  readonly allow: readonly PermissionTerm[];
  readonly deny: readonly PermissionTerm[];
}

/** Permissions in the order of their actions' names. */
export interface ListedPermissions {
  /** Those behind a name; null: all. */
  after(name: string | null): Iterable<EffectivePermission>;
  /** Whether none is for an action of this name, or in front of it. */
  startsAfter(name: string): boolean;
  count(): number;
}

/** Number of allowed actions in one service. */
export interface ServicePermissions {
  readonly service: string;
  readonly serviceName: string | null;
  readonly allowedActions: number;
  readonly totalActions: number;
  /** Access levels of the allowed actions, in AWS's order. */
  readonly accessLevels: readonly AccessLevel[];
}

const LEVELS: readonly AccessLevel[] = ['LIST', 'READ', 'WRITE', 'TAGGING', 'PERMISSIONS_MANAGEMENT'];

interface Parts {
  readonly tools: DecideTools;
  readonly subject: Subject;
  readonly context: RequestContext;
  readonly now: number;
  /** Null: there are no permissions, because the role may not be assumed. */
  readonly form: ClosedForm | null;
  /** The account of the principal or role; null for services and anonymous. */
  readonly home: string | null;
  readonly owners: Owners;
  /** Services of which all policies in `home` are known that must let the caller in. */
  readonly known: ReadonlySet<string>;
  readonly assumption: Decision | null;
  readonly suspended: EffectivePermissions | null;
  readonly assumeContextKeys: boolean;
  readonly gaps: readonly string[];
  readonly revision: Revision;
}

/**
 * Everything that a subject may do on one revision of the directory, in closed form. Each part is computed when it is first
 * used, and kept; all are synchronous except `can`.
 */
export class EffectivePermissions {
  readonly subject: Subject;
  readonly context: RequestContext;
  /** For keys that every request has and `context` does not give, a value is assumed. */
  readonly assumeContextKeys: boolean;
  /** The decision on assuming the role; null: no role is requested. If it is a denial, nothing is permitted. */
  readonly assumption: Decision | null;
  /** With a role assumed, the principal's own permissions; null otherwise. */
  readonly suspended: EffectivePermissions | null;
  readonly revision: Revision;
  readonly #parts: Parts;
  readonly #catalog: Catalog;
  readonly #met: MetTypes;
  readonly #printed = new Map<TermSet, Pick<EffectivePermission, 'allow' | 'deny'>>();
  #gaps: readonly string[] | undefined;
  #summary: readonly ServicePermissions[] | undefined;
  #document: JsonObject | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#catalog = parts.tools.catalog;
    this.subject = parts.subject;
    this.context = parts.context;
    this.assumeContextKeys = parts.assumeContextKeys;
    this.assumption = parts.assumption;
    this.suspended = parts.suspended;
    this.revision = parts.revision;
    this.#met = new MetTypes(partitionOf(parts.subject));
  }

  /** Unknown facts that could add to the permissions or remove some. */
  get gaps(): readonly string[] {
    this.#gaps ??= [
      ...this.#parts.gaps,
      ...unlistedGaps(this.#catalog, this.#parts.known, (action) => this.#said(action)),
    ];
    return this.#gaps;
  }

  /** What the policies say about one action, including resources that are of no type which it takes. */
  #said(action: CatalogAction): TermSet {
    return this.#parts.form?.of(action) ?? NOTHING;
  }

  /** The permissions for one action, for comparisons; none if they include no resource that it takes. Throws LIMIT_EXCEEDED. */
  setOf(action: CatalogAction, resource: string | null = null): TermSet {
    const set = this.#met.isMet(this.#said(action), action) ? this.#said(action) : NOTHING;
    return resource === null ? set : onResource(set, resource, this.#catalog, this.#parts.owners);
  }

  /** As `listed`, all of it. */
  permissions(filter: PermissionFilter = {}, field = 'filter'): readonly EffectivePermission[] {
    return [...this.listed(filter, field).after(null)];
  }

  /**
   * In the order of the actions' names; what is not read is not worked out. `field` names the filter in errors. Throws
   * InvalidInput for a filter with unknown names; its parts throw LIMIT_EXCEEDED for permissions with more terms than can be listed.
   */
  listed(filter: PermissionFilter = {}, field = 'filter'): ListedPermissions {
    const { form } = this.#parts;
    const actions = filteredActions(this.#catalog, filter, field, (service) => form?.mayAllow(service) ?? false);
    const setOn = (action: CatalogAction): TermSet => this.setOf(action, filter.resource ?? null);
    const print = (set: TermSet): Pick<EffectivePermission, 'allow' | 'deny'> => this.#print(set);
    return {
      *after(name) {
        for (const action of actions) {
          if (name !== null && action.name <= name) continue;
          const set = setOn(action);
          if (set.allow.length > 0) yield { action: action.name, accessLevel: action.accessLevel, ...print(set) };
        }
      },
      startsAfter(name) {
        for (const action of actions) {
          if (action.name > name) return true;
          if (setOn(action).allow.length > 0) return false;
        }
        return true;
      },
      count() {
        let count = 0;
        for (const action of actions) if (setOn(action).allow.length > 0) count += 1;
        return count;
      },
    };
  }

  /** Services in which something is allowed, in the order of their prefixes. */
  summary(): readonly ServicePermissions[] {
    this.#summary ??= this.#catalog.services().flatMap((service) => {
      const actions = this.#catalog.actionsOf(service);
      const allowed = actions.filter((action) => this.setOf(action).allow.length > 0);
      if (allowed.length === 0) return [];
      const levels = new Set(allowed.map((action) => action.accessLevel));
      return {
        service,
        serviceName: this.#catalog.serviceName(service),
        allowedActions: allowed.length,
        totalActions: actions.length,
        accessLevels: LEVELS.filter((level) => levels.has(level)),
      };
    });
    return this.#summary;
  }

  /** The same set as one IAM policy, which may name actions that have no request in it. Throws LIMIT_EXCEEDED where one cannot say it exactly. */
  policyDocument(): JsonObject {
    if (this.#document === undefined) {
      const actions = this.#catalog
        .services()
        .flatMap((service) => this.#catalog.actionsOf(service))
        .map((action) => ({ name: action.name, wildcardOnly: action.wildcardOnly, set: this.#said(action) }))
        .filter(({ set }) => set.allow.length > 0);
      this.#document = policyDocument(actions, this.#catalog, this.#parts.home);
    }
    return this.#document;
  }

  /** Decides one request of the subject, like every other question. Context left out: that of the permissions. */
  async can(check: {
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount?: string | null;
    readonly context?: RequestContext;
  }): Promise<Answer> {
    const { subject, tools, now } = this.#parts;
    const { action, resource, resourceAccount = null, context = this.context } = check;
    const { assumeContextKeys } = this;
    const question = { subject, action, resource, resourceAccount, context, assumeContextKeys, path: '' };
    const [answer] = await decide(tools, [question], now);
    if (answer === undefined) throw new Error('a question without an answer');
    return answer;
  }

  #print(set: TermSet): Pick<EffectivePermission, 'allow' | 'deny'> {
    const known = this.#printed.get(set);
    if (known !== undefined) return known;
    const printed = { allow: set.allow.map(printTerm), deny: set.deny.map(printTerm) };
    this.#printed.set(set, printed);
    return printed;
  }
}

const NOTHING: TermSet = { allow: [], deny: [] };

function partitionOf({ principal, assumedRole }: Subject): string {
  return parseArn(assumedRole ?? ('arn' in principal ? principal.arn : ''))?.partition ?? '*';
}

/**
 * Everything that `subject` may do, given `context`: condition keys in it are settled, others remain as conditions. Reads
 * every resource policy and trust policy of the directory once, page by page. Throws the errors of resolving the subject,
 * and CONFLICT if the directory keeps changing.
 */
export function effectivePermissions(
  tools: DecideTools,
  subject: Subject,
  context: RequestContext,
  now: number,
  assumeContextKeys = true,
): Promise<EffectivePermissions> {
  const given = { subject, context, assumeContextKeys };
  return onOneRevision((check) => workOut(tools, given, now, check));
}

async function workOut(
  tools: DecideTools,
  given: { readonly subject: Subject; readonly context: RequestContext; readonly assumeContextKeys: boolean },
  now: number,
  check: OneRevision,
): Promise<EffectivePermissions> {
  const { subject, context, assumeContextKeys } = given;
  const { directory, catalog } = tools;
  checkAssumedRole(subject, () => 'assumedRole');
  const gathered = await directory.gather({ ...gatherForSubjects([{ subject, context }]), now });
  check(gathered.revision);
  const resolved = resolveSubject({ ...given, path: '' }, gathered, tools.actions, now, tools.veil);
  const home = await homes(tools, resolved, now, check);
  const asItself = subject.assumedRole === null;
  const ofCall = asItself ? withSourceOrganization(subject.principal, context, gathered) : context;
  const way = throughEndpoint(subject.principal, ofCall, gathered);
  const request: RequestFacts = { ...way, now, authority: 'directory', assumes: assumeContextKeys };
  const own = collecting(resolved.own, request, homeOf(resolved.own, home), tools.veil?.asItself);
  const inRole = resolved.role === null || resolved.acting === null ? null : resolved.acting;
  const role = inRole === null ? null : collecting(inRole, request, homeOf(inRole, home), tools.veil?.inRole);
  const bearers = await addBearers(directory, catalog, role === null ? [own] : [own, role], now, check);
  const gaps = [...resolved.gaps, ...bearers.gaps, ...endpointGaps(subject.principal, context, gathered)];
  const shared = { tools, context, assumeContextKeys, now, owners: bearers.owners, gaps, revision: gathered.revision };
  const ownPermissions = new EffectivePermissions({
    ...shared,
    subject: asItself ? subject : { ...subject, assumedRole: null, session: null },
    form: own.build(never(catalog, resolved.own, subject.heldKeySession ?? null)),
    home: accountOf(resolved.own),
    known: knownServices(accountOf(resolved.own), home),
    assumption: null,
    suspended: null,
  });
  if (asItself) return ownPermissions;
  return new EffectivePermissions({
    ...shared,
    subject,
    form: role === null || inRole === null ? null : role.build(never(catalog, inRole, null)),
    home: inRole === null ? null : accountOf(inRole),
    known: knownServices(inRole === null ? null : accountOf(inRole), home),
    assumption: resolved.assumption,
    suspended: ownPermissions,
  });
}

/** Collects what decides for a principal, as whoever asks may see it. `seen` left out: as it is. */
function collecting(
  principal: PreparedPrincipal,
  request: RequestFacts,
  home: PreparedResource | null,
  seen: PolicyReading | undefined,
): Pick<ClosedFormBuilder, 'add' | 'build'> {
  if (seen === undefined) return new ClosedFormBuilder(principal, request, home);
  const builder = new ClosedFormBuilder(principal, seen.request(request), home === null ? null : seen.resource(home));
  return {
    add: (resource, governed) => builder.add(seen.resource(resource), governed),
    build: (never) => builder.build(never),
  };
}

/** Actions that no policy can grant to the principal; with `held`, also those that its credentials can never call. */
function never(catalog: Catalog, principal: PreparedPrincipal, held: KeySessionRecord | null): ReadonlySet<string> {
  const names = new Set(barredFromRoles(principal, '') === null ? [] : ['sts:AssumeRole']);
  if (held === null && principal.facts.kind !== 'federatedUser') return names;
  for (const action of [...catalog.actionsOf('iam'), ...catalog.actionsOf('sts')]) {
    if (barredFromKeySession(held, principal, action, '*') !== null) names.add(action.name);
  }
  return names;
}
