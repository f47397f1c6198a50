import * as identity from './identity-checks.ts';
import type { JsonValue } from './json.ts';
import { JsonFault, type Located, type Place, parseJsonText, placesIn } from './json-text.ts';
import { MAX_DOCUMENT_LENGTH, MAX_WRITTEN_LENGTH } from './load.ts';
import { checkGrammar, type PolicyNode, type Report } from './policy-checks.ts';
import type { PolicyKind } from './policy-kind.ts';
import * as principals from './principal-checks.ts';
import { isRead } from './readable-parts.ts';
import { finished, type Steps } from './steps.ts';

/** A fault for which AWS would refuse a document. */
export interface PolicyFinding extends Place {
  readonly severity: 'ERROR';
  /** AWS's error code. */
  readonly code: 'MalformedPolicyDocument' | 'MalformedPolicyDocumentException' | 'LimitExceeded' | 'ValidationError';
  /** AWS's message where it is known. */
  readonly message: string;
  /** `Statement[0].Action`; empty: the document as a whole. */
  readonly path: string;
  /** The value at that place; undefined: the text is not JSON. */
  readonly value: JsonValue | undefined;
  /** What was probably meant; null: no name is close enough. */
  readonly suggestion: string | null;
}

type Check = (policy: PolicyNode, report: Report) => void;

/** The checks of one kind of policy, in AWS's order. */
interface Rules {
  readonly code: PolicyFinding['code'];
  /** Messages for a text that is not JSON, and for a text that breaks the grammar. */
  readonly notJson: string;
  readonly syntax: string;
  readonly checks: readonly Check[];
  /** Characters; blanks outside of strings count only with `countBlanks`. */
  readonly maxLength: number;
  readonly countBlanks: boolean;
  readonly tooLong: string;
  /** AWS's message for a character that the parameter does not allow; left out: it allows all. */
  readonly noSuchCharacter?: string;
}

const SYNTAX = 'Syntax errors in policy.';

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
const NO_SUCH_CHARACTER =
  'The specified value for policyDocument is invalid. It must contain only printable ASCII characters.';

const WITHOUT_PRINCIPAL: readonly Check[] = [
  identity.checkVersion,
  identity.checkNoPrincipal,
  identity.checkLegacy,
  identity.checkSids,
  identity.checkActionsPresent,
  identity.checkResources,
  identity.checkResourcesPresent,
  identity.checkActions,
];

const IDENTITY: Rules = {
  code: 'MalformedPolicyDocument',
  notJson: SYNTAX,
  syntax: SYNTAX,
  checks: WITHOUT_PRINCIPAL,
  // The inline policies of a role, the largest of these quotas; a managed policy has 6,144.
  maxLength: 10_240,
  countBlanks: false,
  tooLong: 'Maximum policy size of 10240 bytes exceeded',
  noSuchCharacter: NO_SUCH_CHARACTER,
};

// Sizes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html and
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const RULES: Readonly<Record<PolicyKind, Rules>> = {
  identity: IDENTITY,
  boundary: { ...IDENTITY, maxLength: 6144, tooLong: 'Cannot exceed quota for PolicySize: 6144' },
  session: {
    ...IDENTITY,
    maxLength: 2048,
    tooLong: 'Cannot exceed quota for session policies: 2048',
    noSuchCharacter:
      "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
  },
  trust: {
    code: 'MalformedPolicyDocument',
    notJson: 'This policy contains invalid Json',
    syntax: SYNTAX,
    checks: [principals.checkPrincipals, principals.checkTrust, identity.checkSids, identity.checkActions],
    maxLength: 8192,
    countBlanks: false,
    tooLong: 'Cannot exceed quota for ACLSizePerRole: 8192',
    noSuchCharacter: NO_SUCH_CHARACTER,
  },
  resource: {
    code: 'MalformedPolicyDocument',
    notJson: SYNTAX,
    syntax: SYNTAX,
    checks: [principals.checkPrincipals, identity.checkLegacy, identity.checkActionsPresent, identity.checkActions],
    // A KMS key policy, the largest of the services' quotas.
    maxLength: 32_768,
    countBlanks: true,
    tooLong: 'Cannot exceed quota for resource-based policies: 32768',
  },
  vpce: {
    code: 'MalformedPolicyDocument',
    notJson: SYNTAX,
    syntax: SYNTAX,
    checks: [
      principals.checkPrincipals,
      identity.checkLegacy,
      identity.checkActionsPresent,
      identity.checkResourcesPresent,
      identity.checkActions,
    ],
    maxLength: 20_480,
    countBlanks: true,
    tooLong: 'Cannot exceed quota for VPC endpoint policies: 20480',
  },
  scp: {
    code: 'MalformedPolicyDocumentException',
    notJson: principals.CONTROL_MESSAGE,
    syntax: principals.CONTROL_MESSAGE,
    checks: [principals.checkControlVersion, principals.checkServiceControl],
    maxLength: 10_240,
    countBlanks: true,
    tooLong: 'You have exceeded the maximum policy size: 10240',
  },
  rcp: {
    code: 'MalformedPolicyDocumentException',
    notJson: principals.CONTROL_MESSAGE,
    syntax: principals.CONTROL_MESSAGE,
    checks: [principals.checkControlVersion, principals.checkResourceControl],
    maxLength: 5120,
    countBlanks: true,
    tooLong: 'You have exceeded the maximum policy size: 5120',
  },
};

/** Greatest number of findings in one answer; more would not help. */
export const MAX_FINDINGS = 1000;

class Enough extends Error {}

/**
 * The faults for which AWS would refuse a document of this kind; empty: none. The first finding is the one
 * that AWS would answer with. Linear in the length of the text; at most 1,000.
 */
export function validatePolicy(document: string, kind: PolicyKind): readonly PolicyFinding[] {
  return finished(errorSteps(document, kind));
}

/** The same in steps: each of them reads the document once. */
export function* errorSteps(document: string, kind: PolicyKind): Steps<readonly PolicyFinding[]> {
  const findings: PolicyFinding[] = [];
  try {
    yield* findErrors(document, kind, findings);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return findings;
}

function* findErrors(document: string, kind: PolicyKind, findings: PolicyFinding[]): Steps<void> {
  const rules = RULES[kind];
  const placeOf = placesIn(document);
  const add = (
    code: PolicyFinding['code'],
    message: string,
    path: string,
    { offset, value }: Pick<Located, 'offset'> & Partial<Located>,
    suggestion: string | null = null,
  ): void => {
    findings.push({ severity: 'ERROR', code, message, path, value, suggestion, ...placeOf(offset) });
    if (findings.length >= MAX_FINDINGS) throw new Enough();
  };
  const isTooLong = document.length > MAX_WRITTEN_LENGTH;
  if (isTooLong) {
    const message = `a policy document has at most ${MAX_WRITTEN_LENGTH} characters, this one ${document.length}`;
    add('ValidationError', message, '', { offset: 0 });
    // AWS itself has longer ones: their other faults are reported as well.
    if (document.length > MAX_DOCUMENT_LENGTH) return;
  }
  const odd = rules.noSuchCharacter === undefined ? -1 : document.search(NOT_TAKEN);
  if (odd >= 0) {
    add('ValidationError', rules.noSuchCharacter ?? '', '', { offset: odd });
  }
  const root = parse(document, (offset) => isTooLong || add(rules.code, rules.notJson, '', { offset }));
  if (root === null) return;
  if (kind === 'trust' && isEmptyStatement(root)) {
    add(rules.code, 'Could not parse the policy: Statement is empty!', 'Statement', root);
    return;
  }
  yield document.length;
  const told = new Set<string>();
  const policy = checkGrammar(root, (inTrust, path, node, suggestion) => {
    for (const place of placesAround(path)) told.add(place);
    add(rules.code, kind === 'trust' && inTrust !== '' ? inTrust : rules.syntax, path, node, suggestion);
  });
  if (policy === null) return;
  const incomplete = new Set(policy.statements.filter((one) => !isRead(one, ...SOUGHT)).map(({ path }) => path));
  // What is asked for may stand where something cannot be read, of which a fault has been told.
  const report: Report = (message, path, node, suggestion) => {
    if (told.has(path === '' ? 'Version' : path) || incomplete.has(path)) return;
    add(rules.code, message, path, node, suggestion);
  };
  for (const check of rules.checks) {
    yield document.length;
    check(policy, report);
  }
  const length = rules.countBlanks ? document.length : JSON.stringify(root.value).length;
  if (length > rules.maxLength) add('LimitExceeded', rules.tooLong, '', root);
}

/** Elements of which checks say that they are missing. */
const SOUGHT = ['Action', 'Resource', 'Principal'];

/** The place of a fault within a statement, and everything that contains it there. */
function* placesAround(path: string): Iterable<string> {
  const [statement = ''] = /^Statement(?:\[\d+\])?/.exec(path) ?? [];
  for (
    let end = path.length;
    end > statement.length;
    end = Math.max(...PARTS.map((part) => path.lastIndexOf(part, end - 1)))
  )
    yield path.slice(0, end);
}

const PARTS = ['.', '['];

/** Characters that parameters of IAM and STS do not allow. */
const NOT_TAKEN = /[^\t\n\r\u0020-\u00ff]/;

function parse(document: string, fault: (offset: number) => unknown): Located | null {
  try {
    return parseJsonText(document);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    fault(error.offset);
    return null;
  }
}

function isEmptyStatement(root: Located): boolean {
  const statement = root.members?.find((member) => member.key === 'Statement');
  return statement?.node.items?.length === 0;
}
