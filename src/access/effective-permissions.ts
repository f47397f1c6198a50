import type { ClosedForm } from '../analysis/closed-form.ts';
import type { TermSet } from '../analysis/combine.ts';
import { type ActionTerms, type DocumentOfTerms, policyDocument } from '../analysis/policy-document.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessLevel, CatalogAction } from '../catalog/catalog-service.ts';
import type { Revision } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import type { Steps } from '../policy/steps.ts';
import { type DecideTools, decide } from './decide.ts';
import type { Owners } from './effective-permissions-bearers.ts';
import { filteredActions, onResource, type PermissionFilter } from './effective-permissions-filter.ts';
import { MetTypes, unlistedGaps } from './effective-permissions-met.ts';
import { type EffectivePermission, ListedPermissions, type PrintedSet } from './listed-permissions.ts';
import type { Answer, Subject } from './question.ts';
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

/** What it is made of. */
export interface PermissionParts {
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
  /** Null: no role is requested. */
  readonly assumption: Answer | null;
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
  readonly assumption: Answer | null;
  /** With a role assumed, the principal's own permissions; null otherwise. */
  readonly suspended: EffectivePermissions | null;
  readonly revision: Revision;
  readonly #parts: PermissionParts;
  readonly #catalog: Catalog;
  readonly #met: MetTypes;
  readonly #work: Work;
  readonly #printed = new Map<TermSet, PrintedSet>();
  readonly #onResource = new Map<string, Map<TermSet, TermSet>>();
  #gaps: readonly string[] | undefined;
  #summary: readonly ServicePermissions[] | undefined;
  #partial: readonly string[] | undefined;
  #document: DocumentOfTerms | undefined;

  constructor(parts: PermissionParts) {
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

  /** Equal ones have the same permissions at one revision, in one process; null: there are none that are equal. */
  get likeness(): string | null {
    const { form, subject } = this.#parts;
    if (form === null) return '';
    const { likeness } = form;
    return likeness === null ? null : `${partitionOf(subject)} ${likeness}`;
  }

  /** Whether some action of a service may be allowed; false is sure, and quickly found. */
  mayAllow(service: string): boolean {
    return this.#parts.form?.mayAllow(service) ?? false;
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
    const actions = filteredActions(this.#catalog, filter, field, (service) => this.mayAllow(service));
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
      if (!this.mayAllow(service)) continue;
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

  /**
   * The same set as one IAM policy, which may name actions that have no request in it. It leaves out actions about which the policies
   * say more than can be listed, or more than one policy can say exactly, and names them.
   */
  async policyDocument(): Promise<DocumentOfTerms> {
    this.#document ??= await this.#work.run(this.#asDocument());
    return this.#document;
  }

  *#asDocument(): Steps<DocumentOfTerms> {
    const actions: ActionTerms[] = [];
    const overLimit: string[] = [];
    for (const service of this.#catalog.services()) {
      for (const action of this.#catalog.actionsOf(service)) {
        const set = yield* this.#saidWithinLimit(action);
        if (set === null) overLimit.push(action.name);
        else if (set.allow.length > 0) actions.push({ name: action.name, wildcardOnly: action.wildcardOnly, set });
      }
    }
    const { document, partial } = yield* policyDocument(actions, this.#catalog, this.#parts.home);
    return { document, partial: [...overLimit, ...partial] };
  }

  *#saidWithinLimit(action: CatalogAction): Steps<TermSet | null> {
    try {
      return yield* this.#said(action);
    } catch (error) {
      if (isOverLimit(error)) return null;
      throw error;
    }
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
