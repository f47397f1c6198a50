import type { OperatorUse } from '../policy/operator.ts';
import { nearest } from '../policy/spelling.ts';
import type { Steps } from '../policy/steps.ts';
import { readTemplate, templateKeys } from '../policy/variable.ts';
import type { StatementActions } from './actions.ts';
import type { ConditionEntry } from './condition-entry.ts';
import { allKeys, globalKeys, isFederatedKey, KeyTable, serviceKeys, supportedKeys } from './keys.ts';
import type { KnownKey } from './known-names.ts';
import { operatorFaults } from './operators.ts';
import { didYouMean, quoted, type Warn } from './report.ts';
import type { Vocabulary } from './vocabulary.ts';

type KeyMeaning = { readonly key: KnownKey | null; readonly global: boolean; readonly suggestion: string | null };

/** Keys whose presence depends on the action, although every service may have them. */
const PER_ACTION = /^aws:(?:requesttag\/|tagkeys$)/;
/** AWS's reference lists only some of the actions that have the resource's tags in their requests. */
const RESOURCE_TAG = /^[a-z0-9-]+:(?:resourcetag|[a-z-]+-tag)\//;

/** Reads the conditions of one document's statements, and warns of keys, operators and values that have no effect. */
export class ConditionReader {
  readonly #vocabulary: Vocabulary;
  readonly #variables: boolean;
  readonly #meanings = new Map<string, KeyMeaning>();

  /** `variables`: the document's version supports policy variables. */
  constructor(vocabulary: Vocabulary, variables: boolean) {
    this.#vocabulary = vocabulary;
    this.#variables = variables;
  }

  /** Whether one of the conditions never holds. */
  *read(entries: readonly ConditionEntry[], actions: StatementActions, warn: Warn): Steps<boolean> {
    if (entries.length === 0) return false;
    const supported = actions.all === null ? null : supportedKeys(actions.all, this.#vocabulary.catalog);
    let dead = false;
    for (const entry of entries) {
      yield 1;
      const { key, global, suggestion } = this.#keyMeaning(entry.key);
      if (key === null) {
        const message = `${quoted(entry.key)} is no condition key in the catalogue of ${this.#vocabulary.catalog.version}`;
        warn('UNKNOWN_CONDITION_KEY', message + didYouMean(suggestion), entry.path, entry.node, suggestion);
      } else if (supported !== null && !global && !isGuard(entry) && supported.find(entry.key.toLowerCase()) === null) {
        const message = `no action of the statement has ${quoted(entry.key)} in its requests, according to the catalogue: ${withoutKey(entry.use)}`;
        warn('CONDITION_KEY_NOT_SUPPORTED', message, entry.path, entry.node);
      }
      this.#readVariables(entry, warn);
      if (operatorFaults(entry, key?.type ?? '', this.#variables, warn)) dead = true;
    }
    return dead;
  }

  /** Policy variables in the values name condition keys, too. */
  #readVariables({ values }: ConditionEntry, warn: Warn): void {
    if (!this.#variables) return;
    for (const { text, path, node } of values) {
      if (!text.includes('${')) continue;
      for (const { written } of templateKeys(readTemplate(text, { variables: true, wildcards: true }))) {
        const { key, suggestion } = this.#keyMeaning(written);
        if (key !== null) continue;
        const message = `the policy variable ${quoted(written)} is no condition key in the catalogue of ${this.#vocabulary.catalog.version}`;
        warn('UNKNOWN_CONDITION_KEY', message + didYouMean(suggestion), path, node, suggestion);
      }
    }
  }

  #keyMeaning(written: string): KeyMeaning {
    const name = written.toLowerCase();
    let meaning = this.#meanings.get(name);
    if (meaning === undefined) {
      meaning = this.#readKey(name);
      this.#meanings.set(name, meaning);
    }
    return meaning;
  }

  #readKey(name: string): KeyMeaning {
    const { catalog } = this.#vocabulary;
    const globalKey = globalKeys(catalog).find(name);
    if (globalKey !== null) return { key: globalKey, global: !PER_ACTION.test(name), suggestion: null };
    const colon = name.indexOf(':');
    const service = catalog.service(name.slice(0, Math.max(colon, 0)));
    const own = service === null ? new KeyTable() : serviceKeys(service);
    const key = own.find(name) ?? allKeys(catalog).find(name);
    // Only the provider knows the values of its keys: AWS's own examples use cognito-identity.amazonaws.com:amr as a set.
    if (isFederatedKey(name)) return { key: { name, type: '' }, global: true, suggestion: null };
    if (key !== null) return { key, global: isSessionKey(name) || RESOURCE_TAG.test(name), suggestion: null };
    const candidates = name.startsWith('aws:') ? globalKeys(catalog) : own;
    const suggestion = this.#vocabulary.suggest(() => nearest(name, candidates.names()));
    return { key: null, global: false, suggestion };
  }
}

/** `ForAllValues` on tag keys limits the tags that a request may carry; a request that cannot carry tags needs no limit. */
function isGuard({ key, use }: ConditionEntry): boolean {
  return use.quantifier === 'forAllValues' && key.toLowerCase() === 'aws:tagkeys';
}

/** Keys of the sign-in at an identity provider stay with the session: every request of it has them. */
function isSessionKey(name: string): boolean {
  return name.startsWith('saml:') || name.startsWith('identitystore:');
}

function withoutKey({ operator, ifExists, quantifier }: OperatorUse): string {
  if (operator === null) return '`Null` then finds it absent';
  const holds = ifExists || quantifier === 'forAllValues' || (quantifier === 'one' && operator.negated);
  return holds ? 'without it the condition always holds' : 'without it the condition never holds';
}
