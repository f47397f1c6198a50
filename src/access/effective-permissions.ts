import { type ClosedForm, ClosedFormBuilder } from '../analysis/closed-form.ts';
import type { TermSet } from '../analysis/combine.ts';
import { type ActionTerms, policyDocument } from '../analysis/policy-document.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import type { Revision } from '../directory/directory.ts';
import type { Decision } from '../evaluation/decision.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { RequestContext, RequestFacts } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import type { Steps } from '../policy/steps.ts';
import { checkAssumedRole } from './check-question.ts';
import { type DecideTools, decide } from './decide.ts';
import { addBearers, type Owners } from './effective-permissions-bearers.ts';
import { filteredActions, onResource, type PermissionFilter } from './effective-permissions-filter.ts';
import { accountOf, homeOf, homes, knownServices } from './effective-permissions-home.ts';
import { MetTypes, unlistedGaps } from './effective-permissions-met.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { type EffectivePermission, ListedPermissions, type PrintedSet } from './listed-permissions.ts';
import { neverAllowed } from './never-allowed.ts';
import { onOneCatalog } from './one-catalog.ts';
import type { Answer, Subject } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { resolveSubject } from './subject.ts';
import { endpointGaps } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';
import { Work } from './work.ts';

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
 * used, step by step as the work of the request, and kept.
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
  readonly #work: Work;
  readonly #printed = new Map<TermSet, PrintedSet>();
  readonly #onResource = new Map<string, Map<TermSet, TermSet>>();
  #gaps: readonly string[] | undefined;
  #summary: readonly ServicePermissions[] | undefined;
  #partial: readonly string[] | undefined;
  #document: JsonObject | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#catalog = parts.tools.catalog;
    this.#work = parts.tools.work ?? new Work();
    this.subject = parts.subject;
    this.context = parts.context;
    this.assumeContextKeys = parts.assumeContextKeys;
    this.assumption = parts.assumption;
    this.suspended = parts.suspended;
    this.revision = parts.revision;
    this.#met = new MetTypes(partitionOf(parts.subject));
  }

  /** The same as the work of another request. */
  during(work: Work): EffectivePermissions {
    const { suspended, tools } = this.#parts;
    const others = suspended === null ? null : suspended.during(work);
    return new EffectivePermissions({ ...this.#parts, tools: { ...tools, work }, suspended: others });
  }

  /** About how many bytes it takes to keep it; null: it holds at its own time alone. */
  get bytes(): number | null {
    const { form, suspended } = this.#parts;
    const { kind } = this.subject.principal;
    // Which sessions are live depends on the time, too.
    if (kind === 'roleSession' || kind === 'federatedUser' || form?.dependsOnTime === true) return null;
    const others = suspended === null ? 0 : suspended.bytes;
    return others === null ? null : others + BASE_BYTES + STATEMENT_BYTES * (form?.statements ?? 0);
  }

  /** Unknown facts that could add to the permissions or remove some. */
  async gaps(): Promise<readonly string[]> {
    const unlisted = unlistedGaps(this.#catalog, this.#parts.known, (action) => this.#said(action));
    this.#gaps ??= [...this.#parts.gaps, ...(await this.#work.run(unlisted))];
    return this.#gaps;
  }

  /** What the policies say about one action, including resources that are of no type which it takes. */
  *#said(action: CatalogAction): Steps<TermSet> {
    const { form } = this.#parts;
    yield 1;
    return form === null ? NOTHING : yield* form.of(action);
  }

  /** Whether some action of a service may be allowed; false is sure, and quickly found. */
  mayAllow(service: string): boolean {
    return this.#parts.form?.mayAllow(service) ?? false;
  }

  /** The permissions for one action, for comparisons; none if they include no resource that it takes. Throws LIMIT_EXCEEDED. */
  *setOf(action: CatalogAction, resource: string | null = null): Steps<TermSet> {
    const said = yield* this.#said(action);
    const set = (yield* this.#met.isMet(said, action)) ? said : NOTHING;
    return resource === null ? set : yield* this.#partOn(set, resource);
  }

  /** Actions share sets. */
  *#partOn(set: TermSet, resource: string): Steps<TermSet> {
    const bySet = this.#onResource.get(resource) ?? new Map<TermSet, TermSet>();
    this.#onResource.set(resource, bySet);
    const known = bySet.get(set);
    if (known !== undefined) return known;
    const part = yield* onResource(set, resource, this.#catalog, this.#parts.owners);
    bySet.set(set, part);
    return part;
  }

  /** As `listed`, all of it. */
  async permissions(filter: PermissionFilter = {}, field = 'filter'): Promise<readonly EffectivePermission[]> {
    return this.listed(filter, field).after(null, Number.POSITIVE_INFINITY);
  }

  /**
   * In the order of the actions' names; what is not read is not worked out. `field` names the filter in errors. Throws
   * InvalidInput for a filter with unknown names. Actions of `partial` are left out.
   */
  listed(filter: PermissionFilter = {}, field = 'filter'): ListedPermissions {
    const { form } = this.#parts;
    const actions = filteredActions(this.#catalog, filter, field, (service) => form?.mayAllow(service) ?? false);
    const setOf = (action: CatalogAction): Steps<TermSet> => this.#withinLimit(action, filter.resource ?? null);
    return new ListedPermissions(actions, setOf, this.#printed, this.#work);
  }

  /** Services in which something is allowed, in the order of their prefixes. */
  async summary(): Promise<readonly ServicePermissions[]> {
    this.#summary ??= await this.#work.run(this.#summarized());
    return this.#summary;
  }

  *#summarized(): Steps<readonly ServicePermissions[]> {
    const services: ServicePermissions[] = [];
    for (const service of this.#catalog.services()) {
      const actions = this.#catalog.actionsOf(service);
      const allowed: CatalogAction[] = [];
      for (const action of actions) if (yield* this.#allowsSome(action)) allowed.push(action);
      if (allowed.length === 0) continue;
      const levels = new Set(allowed.map((action) => action.accessLevel));
      services.push({
        service,
        serviceName: this.#catalog.serviceName(service),
        allowedActions: allowed.length,
        totalActions: actions.length,
        accessLevels: LEVELS.filter((level) => levels.has(level)),
      });
    }
    return services;
  }

  /** Whether the action is allowed on some resource that it takes: one request is looked for, and all only where none is found soon. */
  *#allowsSome(action: CatalogAction): Steps<boolean> {
    const { form } = this.#parts;
    yield 1;
    if (form === null) return false;
    const { resourceTypes } = action;
    try {
      return yield* form.allowsSome(action, resourceTypes, (term) => this.#met.meetsOne(term, resourceTypes));
    } catch (error) {
      if (!isOverLimit(error)) throw error;
      return (yield* this.#withinLimit(action, null)).allow.length > 0;
    }
  }

  /** As `setOf`; nothing where it would throw LIMIT_EXCEEDED: `partial` names the action. */
  *#withinLimit(action: CatalogAction, resource: string | null): Steps<TermSet> {
    try {
      return yield* this.setOf(action, resource);
    } catch (error) {
      if (isOverLimit(error)) return NOTHING;
      throw error;
    }
  }

  /**
   * Names of the actions about which the policies say more than can be listed: `listed` leaves them out, and `summary` where it finds
   * no request among the first ones.
   */
  async partial(): Promise<readonly string[]> {
    this.#partial ??= await this.#work.run(this.#overLimit());
    return this.#partial;
  }

  *#overLimit(): Steps<readonly string[]> {
    const names: string[] = [];
    for (const service of this.#catalog.services()) {
      if (this.#parts.form?.mayAllow(service) !== true) continue;
      for (const action of this.#catalog.actionsOf(service)) {
        try {
          yield* this.setOf(action);
        } catch (error) {
          if (!isOverLimit(error)) throw error;
          names.push(action.name);
        }
      }
    }
    return names;
  }

  /** The same set as one IAM policy, which may name actions that have no request in it. Throws LIMIT_EXCEEDED where one cannot say it exactly. */
  async policyDocument(): Promise<JsonObject> {
    this.#document ??= await this.#work.run(this.#asDocument());
    return this.#document;
  }

  *#asDocument(): Steps<JsonObject> {
    const actions: ActionTerms[] = [];
    for (const service of this.#catalog.services()) {
      for (const action of this.#catalog.actionsOf(service)) {
        const set = yield* this.#said(action);
        if (set.allow.length > 0) actions.push({ name: action.name, wildcardOnly: action.wildcardOnly, set });
      }
    }
    return yield* policyDocument(actions, this.#catalog, this.#parts.home);
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
}

/** Of a closed form with the sets of all actions, and of each of its statements. */
const BASE_BYTES = 3_000_000;
const STATEMENT_BYTES = 1_000;

const NOTHING: TermSet = { allow: [], deny: [] };

/** What is said about one action comes to more than can be listed: the others are. */
export function isOverLimit(error: unknown): boolean {
  return error instanceof RolegateError && error.code === 'LIMIT_EXCEEDED' && error.field === null;
}

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
  const work = tools.work ?? new Work();
  return onOneCatalog(tools, (all) => onOneRevision((check) => workOut({ ...all, work }, given, now, check)));
}

async function workOut(
  tools: DecideTools & { readonly work: Work },
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
  const ofOwn = { facts: resolved.own.facts, builder: own };
  const inRole = resolved.role === null || resolved.acting === null ? null : resolved.acting;
  const role = inRole === null ? null : collecting(inRole, request, homeOf(inRole, home), tools.veil?.inRole);
  const ofRole = role === null || inRole === null ? [] : [{ facts: inRole.facts, builder: role }];
  const bearers = await addBearers(tools, [ofOwn, ...ofRole], now, check);
  const gaps = [...resolved.gaps, ...bearers.gaps, ...endpointGaps(subject.principal, context, gathered)];
  const shared = { tools, context, assumeContextKeys, now, owners: bearers.owners, gaps, revision: gathered.revision };
  const ownPermissions = new EffectivePermissions({
    ...shared,
    subject: asItself ? subject : { ...subject, assumedRole: null, session: null },
    form: own.build(neverAllowed(catalog, resolved.own, subject.heldKeySession ?? null)),
    home: accountOf(resolved.own),
    known: knownServices(accountOf(resolved.own), home),
    assumption: null,
    suspended: null,
  });
  if (asItself) return ownPermissions;
  return new EffectivePermissions({
    ...shared,
    subject,
    form: role === null || inRole === null ? null : role.build(neverAllowed(catalog, inRole, null)),
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
