import { canBeAskedOn } from '../analysis/asked-on.ts';
import { splitArn } from '../policy/arn.ts';
import { resourceProblem } from '../policy/arn-fault.ts';
import type { Located } from '../policy/json-text.ts';
import { type StatementNode, textsAt } from '../policy/policy-checks.ts';
import type { PolicyKind } from '../policy/policy-kind.ts';
import { readResourcePattern } from '../policy/resource-pattern.ts';
import type { Steps } from '../policy/steps.ts';
import type { StatementActions } from './actions.ts';
import { fittingTypes, type TypesByService, takenTypes } from './arn-forms.ts';
import type { KnownType } from './known-names.ts';
import { quoted, type Warn } from './report.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The result of reading a statement's Resource. */
export interface StatementResources {
  /** The types that the entries can be of; null: they may be about anything. */
  readonly types: ReadonlySet<KnownType> | null;
  /** It covers requests without a resource: a bare `*`, NotResource, or neither element. */
  readonly everything: boolean;
  /** It matches no resource. */
  readonly none: boolean;
  /** The entries of Resource that can match something, in ARNs of six parts. */
  readonly patterns: readonly string[];
}

type Entry = { readonly text: string; readonly path: string; readonly node: Located };
/** Types of the entry's own service, or of a service whose actions take resources of others. */
type Meaning = ReadonlySet<KnownType> | 'anything' | 'nothing';

const HEAD_PARTS = 5;
const WILDCARD = /[*?]/;

/** Reads Resource and NotResource of one document's statements, and warns of entries that match no resource of the catalogue. */
export class ResourceReader {
  readonly #vocabulary: Vocabulary;
  readonly #kind: PolicyKind;
  readonly #variables: boolean;
  readonly #meanings = new Map<string, Meaning>();

  /** `variables`: the document's version supports policy variables. */
  constructor(vocabulary: Vocabulary, kind: PolicyKind, variables: boolean) {
    this.#vocabulary = vocabulary;
    this.#kind = kind;
    this.#variables = variables;
  }

  *read(statement: StatementNode, actions: StatementActions, warn: Warn): Steps<StatementResources> {
    const negated = statement.elements.has('NotResource');
    const entries = textsAt(statement, negated ? 'NotResource' : 'Resource');
    const taken = actions.all === null ? null : takenTypes(actions.all);
    // Few of the actions are asked on something, and most of those on the same.
    const asked = new Map([...(actions.all ?? [])].map((action) => [action.askedOn?.arn, action]));
    asked.delete(undefined);
    const isAsked = (text: string): boolean =>
      [...asked.values()].some((action) => canBeAskedOn(action, [sixParts(text)]));
    const meanings: Meaning[] = [];
    for (const entry of entries) {
      meanings.push(this.#readEntry(entry, taken, negated || isAsked(entry.text), warn));
      yield 1;
    }
    const isEverything = entries.some(({ text }) => /^\*+$/.test(text));
    if (negated) return { types: null, everything: true, none: isEverything, patterns: [] };
    if (!statement.elements.has('Resource')) return { types: null, everything: true, none: false, patterns: [] };
    const types = new Set<KnownType>();
    for (const meaning of meanings) if (typeof meaning !== 'string') for (const type of meaning) types.add(type);
    return {
      types: meanings.includes('anything') ? null : types,
      everything: isEverything,
      none: meanings.every((meaning) => meaning === 'nothing'),
      patterns: entries.filter((_, i) => meanings[i] !== 'nothing').map(({ text }) => sixParts(text)),
    };
  }

  /** `any`: the entry may be of a type that no action takes. */
  #readEntry(entry: Entry, taken: TypesByService | null, any: boolean, warn: Warn): Meaning {
    const own = this.#meaning(entry.text);
    if (own === 'anything') return own;
    if (own === 'nothing') {
      this.#warnOfNothing(entry, warn);
      return own;
    }
    const foreign = taken === null ? [] : this.#foreignTypes(entry.text, taken);
    const types = foreign.length === 0 ? own : new Set([...own, ...foreign]);
    if (types.size === 0) this.#warnOfUnknown(entry, warn);
    else if (taken !== null && taken.size > 0 && !any && foreign.length === 0)
      this.#warnUnlessTaken(entry, types, taken, warn);
    return types;
  }

  /** Types of other services' actions (ec2-instance-connect takes instances of EC2). */
  #foreignTypes(text: string, taken: TypesByService): readonly KnownType[] {
    const service = serviceOf(text);
    const known = new Set(this.#vocabulary.resourceTypesOf(service));
    const others = [...(taken.get(service) ?? []), ...(taken.get('*') ?? [])].filter((type) => !known.has(type));
    return fittingTypes(others, text, this.#variables);
  }

  #warnUnlessTaken(entry: Entry, types: ReadonlySet<KnownType>, taken: TypesByService, warn: Warn): void {
    const { text, path, node } = entry;
    const byActions = taken.get(serviceOf(text));
    if (byActions !== undefined && [...types].some((type) => byActions.has(type))) return;
    const names = [...new Set([...types].map(({ name }) => name))].slice(0, 3).join(', ');
    warn('RESOURCE_NOT_TAKEN', `no action of the statement takes ${quoted(text)} (${names})`, path, node);
  }

  #warnOfNothing({ text, path, node }: Entry, warn: Warn): void {
    if (this.#variables && headOf(text).includes('${')) {
      const message = `${quoted(text)} matches nothing: policy variables are read only behind the fifth colon`;
      warn('VARIABLE_NOT_READ', message, path, node);
    } else {
      warn('RESOURCE_NEVER_MATCHES', `${quoted(text)} matches nothing: it ${resourceProblem(text)}`, path, node);
    }
  }

  #warnOfUnknown({ text, path, node }: Entry, warn: Warn): void {
    const { catalog } = this.#vocabulary;
    const service = serviceOf(text);
    const inCatalog = `in the catalogue of ${catalog.version}`;
    const name = catalog.serviceName(service);
    if (name === null && this.#vocabulary.resourceTypesOf(service).length === 0) {
      warn('UNKNOWN_RESOURCE_SERVICE', `no service ${inCatalog} has ARNs of ${quoted(service)}`, path, node);
    } else {
      const message = `${quoted(text)} matches no resource type of ${name ?? service} ${inCatalog}`;
      warn('UNKNOWN_RESOURCE_TYPE', message, path, node);
    }
  }

  #meaning(text: string): Meaning {
    let meaning = this.#meanings.get(text);
    if (meaning === undefined) {
      meaning = this.#readMeaning(text);
      this.#meanings.set(text, meaning);
    }
    return meaning;
  }

  #readMeaning(text: string): Meaning {
    const pattern = readResourcePattern(text, this.#kind, this.#variables);
    if (pattern === null || (this.#variables && headOf(text).includes('${'))) return 'nothing';
    if (pattern.everything) return 'anything';
    const parts = splitArn(text);
    if (parts.length <= HEAD_PARTS || WILDCARD.test(parts[2] ?? '')) return 'anything';
    return new Set(fittingTypes(this.#vocabulary.resourceTypesOf(serviceOf(text)), text, this.#variables));
  }
}

/** Short ARNs match every ARN with that prefix. */
function sixParts(text: string): string {
  const missing = HEAD_PARTS + 1 - splitArn(text).length;
  return text + ':*'.repeat(Math.max(0, missing));
}

function serviceOf(text: string): string {
  return (text.split(':', 3)[2] ?? '').toLowerCase();
}

function headOf(text: string): string {
  return splitArn(text).slice(0, HEAD_PARTS).join(':');
}
