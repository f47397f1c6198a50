import type { Catalog } from '../../catalog/catalog.ts';
import { type ActionPattern, readActionPattern } from '../../policy/action-pattern.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { Steps } from '../../policy/steps.ts';
import { checkArn, shortened } from '../check-resource.ts';
import { namesAction } from '../names-action.ts';
import { type CheckedDocument, checkedDocument, isUnreadable } from './checked-document.ts';
import type { GrantOutcome, UnreadableInput } from './outcome.ts';
import { type GrantQuestion, searchGrant } from './search.ts';

/** What a check reads besides its input. */
export interface CheckTools {
  readonly catalog: Catalog;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Documents, as text, by the inputs that hold them. */
interface Given {
  readonly after: { readonly input: string; readonly text: string };
  readonly before: { readonly input: string; readonly text: string } | null;
}

type Rest = Pick<GrantQuestion, 'kind' | 'actions' | 'resources' | 'byStrangers'>;

function* search({ catalog, now }: CheckTools, { after, before }: Given, rest: Rest): Steps<GrantOutcome> {
  const unreadable: UnreadableInput[] = [];
  const read = function* ({ input, text }: Given['after']): Steps<CheckedDocument | null> {
    const document = yield* checkedDocument(text, rest.kind);
    if (!isUnreadable(document)) return document;
    unreadable.push({ input, findings: document.findings });
    return null;
  };
  const [earlier, later] = [before === null ? null : yield* read(before), yield* read(after)];
  if (unreadable.length > 0 || later === null) return { kind: 'unreadable', documents: unreadable };
  return yield* searchGrant({ catalog: catalog.now, now, after: later, before: earlier, ...rest });
}

/** What one check asks. */
export interface Comparison {
  readonly before: string;
  readonly after: string;
  readonly kind: PolicyKind;
}

/** Whether `after` grants a request that `before` does not grant. */
export function comparePolicies(tools: CheckTools, { before, after, kind }: Comparison): Steps<GrantOutcome> {
  const given = { before: { input: 'before', text: before }, after: { input: 'after', text: after } };
  return search(tools, given, { kind, actions: null, resources: null, byStrangers: false });
}

export interface AccessCheck {
  readonly document: string;
  readonly kind: PolicyKind;
  /** As in Action of a policy; empty: every action. */
  readonly actions: readonly string[];
  /** As in Resource of a policy; empty: every resource. */
  readonly resources: readonly string[];
}

/** https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Access.html */
const MOST_PATTERNS = 100;
const LONGEST_RESOURCE = 2048;

/**
 * Whether the document grants one of the actions on one of the resources. Throws InvalidInput if neither is given, for too many, and for
 * actions and resources that cannot be.
 */
export function checkAccessNotGranted(tools: CheckTools, check: AccessCheck): Steps<GrantOutcome> {
  const { document, kind, actions, resources } = check;
  if (actions.length === 0 && resources.length === 0) {
    throw new InvalidInput('actions', 'neither actions nor resources are given: name what must not be granted');
  }
  checkCount('actions', actions);
  checkCount('resources', resources);
  const patterns = actions.map((text, i) => actionAt(tools.catalog, text, `actions[${i}]`));
  for (const [i, text] of resources.entries()) checkResource(text, `resources[${i}]`);
  return search(
    tools,
    { after: { input: 'document', text: document }, before: null },
    {
      kind,
      actions: patterns.length === 0 ? null : { negated: false, patterns },
      resources: resources.length === 0 ? null : resources,
      byStrangers: false,
    },
  );
}

function checkCount(field: string, list: readonly string[]): void {
  if (list.length > MOST_PATTERNS)
    throw new InvalidInput(field, `${list.length} ${field}; the limit is ${MOST_PATTERNS}`);
}

function actionAt(catalog: Catalog, text: string, field: string): ActionPattern {
  const pattern = readActionPattern(text);
  if (pattern !== null && namesAction(catalog, text)) return pattern;
  const similar = catalog.suggest(text);
  const hint = similar === null ? '' : `; did you mean \`${similar}\`?`;
  throw new InvalidInput(field, `the catalogue of ${catalog.version} knows no action \`${shortened(text)}\`${hint}`);
}

function checkResource(text: string, field: string): void {
  if (text === '*') return;
  if (text.length > LONGEST_RESOURCE) {
    throw new InvalidInput(field, `${text.length} characters; a resource has at most ${LONGEST_RESOURCE}`);
  }
  if (text.includes('${')) throw new InvalidInput(field, 'policy variables have no value here: use wildcards');
  checkArn(text, () => field, true);
}

export interface PublicCheck {
  readonly document: string;
  readonly kind: PolicyKind;
}

/** Whether the document grants a request to somebody that it does not name. Throws InvalidInput for a kind that names nobody. */
export function checkNoPublicAccess(tools: CheckTools, { document, kind }: PublicCheck): Steps<GrantOutcome> {
  if (kind !== 'resource' && kind !== 'trust') {
    throw new InvalidInput(
      'kind',
      'only policies of resources and trust policies of roles can grant access to the public',
    );
  }
  const given = { after: { input: 'document', text: document }, before: null };
  return search(tools, given, { kind, actions: null, resources: null, byStrangers: true });
}
