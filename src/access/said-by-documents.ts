import { createHash } from 'node:crypto';
import type { DocumentAbout, IndexedDocument, PrincipalIndex } from '../directory/principals/indexed-principals.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { CallerDependence, variesByAction } from '../evaluation/caller-marks.ts';
import type { PolicyLayer } from '../evaluation/layer.ts';
import { actionName } from '../evaluation/layer-set.ts';
import { Rule } from '../evaluation/rule.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import type { Steps } from '../policy/steps.ts';
import type { Numbered } from './numbered.ts';
import type { AskedOfAll } from './open-request.ts';

/** A statement that depends on more than the request. */
interface OpenRule {
  readonly token: number;
  /** Null: it is the same for all callers of one kind. */
  readonly dependence: CallerDependence | null;
}

/** What a document says about the request. */
export interface Said {
  /** Whether a statement allows, or denies, whatever else is given. */
  readonly always: number;
  /** Whether one allows, or may. */
  readonly mayAllow: boolean;
  readonly open: readonly OpenRule[];
}

const ALWAYS_ALLOWS = 1;
const ALWAYS_DENIES = 2;

/** What the documents of all principals say about an open request. Those that say nothing are left out. */
interface SaidOfAll {
  readonly identity: ReadonlyMap<IndexedDocument, Said>;
  readonly boundary: ReadonlyMap<IndexedDocument, Said>;
  /** A policy of some principal depends on whose the resource is. */
  readonly asksForOwner: boolean;
  /** Equal for requests about which the documents say the same in the same statements; null: the action makes a difference. */
  readonly likeness: string | null;
}

/** What documents say about several actions on one resource: actions about which the same statements are share it. */
export type SaidAlike = Map<string, SaidOfAll>;

/** Reads what the documents of all principals say about an open request. `alike`: what was read for others; null: this is the only one. */
export class SaidByDocuments {
  readonly #index: PrincipalIndex;
  readonly #asked: AskedOfAll;
  readonly #numbered: Numbered;
  readonly #alike: SaidAlike | null;
  readonly #identity = new Map<IndexedDocument, Said>();
  readonly #boundary = new Map<IndexedDocument, Said>();
  #asksForOwner = false;
  #varies = false;
  #read: SaidOfAll | null = null;

  constructor(index: PrincipalIndex, asked: AskedOfAll, numbered: Numbered, alike: SaidAlike | null) {
    this.#index = index;
    this.#asked = asked;
    this.#numbered = numbered;
    this.#alike = alike;
  }

  /** INVARIANT: they are read. */
  get said(): SaidOfAll {
    if (this.#read === null) throw new Error('the documents are not read');
    return this.#read;
  }

  *read(): Steps<void> {
    const { open, options } = this.#asked;
    const about = this.#index.statementsAbout(open.action.service, actionName(open.action));
    // Of a pattern, each action has its own resources.
    const alike = options.pattern === null ? this.#alike : null;
    const key = `${open.action.service} ${open.resource.kind} ${about.likeness}`;
    this.#read = alike?.get(key) ?? null;
    if (this.#read !== null) return;
    let count = 0;
    for (const one of about.documents) {
      this.#add(one);
      count += 1;
      if (count % 8 === 0) yield 1;
    }
    this.#read = {
      identity: this.#identity,
      boundary: this.#boundary,
      asksForOwner: this.#asksForOwner,
      likeness: this.#alike === null ? null : this.#likeness(),
    };
    if (!this.#varies) alike?.set(key, this.#read);
  }

  #likeness(): string | null {
    const all = createHash('sha256');
    for (const [document, { always, mayAllow, open }] of this.#identity) {
      if (open.some(({ dependence }) => dependence?.dependsOnAction === true)) return null;
      all.update(`${document.hash} ${always} ${mayAllow} ${open.map(({ token }) => token).join(',')}\n`);
    }
    return `${this.#asksForOwner} ${all.digest('base64')}`;
  }

  #add({ document, policy, statements: about }: DocumentAbout): void {
    this.#asksForOwner ||= about.some(asksForOwner);
    this.#varies ||= about.some(variesByAction);
    let attached: AttachedPolicy | null = null;
    let always = 0;
    let mayAllow = false;
    const relevant: CompiledStatement[] = [];
    for (const statement of about) {
      const relevance = this.#asked.relevanceOf(statement);
      if (relevance === 'NEVER') continue;
      mayAllow ||= statement.allows;
      if (relevance === 'ALWAYS') always |= statement.allows ? ALWAYS_ALLOWS : ALWAYS_DENIES;
      else relevant.push(statement);
    }
    if (always === 0 && relevant.length === 0) return;
    const read = (layer: PolicyLayer): Said => {
      const open = relevant.map((statement): OpenRule => {
        attached ??= { policy, id: document.hash, name: null, arn: null };
        const token = this.#numbered.text(`${document.hash} ${statement.index}`);
        return { token, dependence: CallerDependence.of(new Rule(statement, attached, layer, 0)) };
      });
      return { always, mayAllow, open };
    };
    this.#identity.set(document, read('IDENTITY_POLICY'));
    this.#boundary.set(document, read('PERMISSIONS_BOUNDARY'));
  }
}

export function asksForOwner({ conditions }: CompiledStatement): boolean {
  return conditions.some(({ keys }) => keys.some(({ owner, tag }) => owner === 'resource' && tag === null));
}
