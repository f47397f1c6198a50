import { list, shortName } from './names.ts';

// A trust policy as people say it. What has no words here is named as it stands: nothing of a document is left out.

type Statement = Readonly<Record<string, unknown>>;

/** A sentence for each statement of a trust policy. */
export function trustInWords(document: unknown): readonly string[] {
  const { Statement: given } = record(document);
  return several(given).map((statement) => sentenceOf(record(statement)));
}

/** An effect that is not spelled as AWS has it allows nothing; what is not even meant as Allow is taken for a denial. */
function sentenceOf(statement: Statement): string {
  const { Effect: effect } = statement;
  const isNamed = doings(statement).length > 0;
  if (effect === 'Allow') return isNamed ? told(statement, 'may') : 'It names no action: it lets nobody in.';
  if (effect === 'Deny') return told(statement, 'may not');
  const unread = effect === undefined ? 'It has no effect' : `Its effect ${texts(effect).join(', ')} cannot be read`;
  if (typeof effect === 'string' && effect.toLowerCase() === 'allow') return `${unread}: it lets nobody in.`;
  return `${unread}, and counts as Deny: ${told(statement, 'may not')}`;
}

function told(statement: Statement, verb: 'may' | 'may not'): string {
  const who = statement['NotPrincipal'] === undefined ? list(named(statement['Principal'])) : exceptThose(statement);
  const conditions = conditionsOf(statement['Condition']);
  const text = `${who === '' ? 'nobody' : who} ${verb} ${list(doings(statement)) || 'do anything'}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${conditions.length === 0 ? '' : `, if ${list(conditions)}`}.`;
}

function exceptThose(statement: Statement): string {
  return `everybody but ${list(named(statement['NotPrincipal']))}`;
}

const DOINGS: Readonly<Record<string, string>> = {
  'sts:assumerole': 'assume it',
  'sts:assumerolewithwebidentity': 'assume it with a token of a provider',
  'sts:assumerolewithsaml': 'assume it with SAML',
  'sts:tagsession': 'pass session tags',
  'sts:setsourceidentity': 'set a source identity',
  'sts:setcontext': 'pass a context',
  'sts:*': 'assume it in every way',
  '*': 'assume it in every way',
};

function doings(statement: Statement): readonly string[] {
  const words = texts(statement['Action']).map((action) => DOINGS[action.toLowerCase()] ?? `do ${action}`);
  const others = texts(statement['NotAction']).map((action) => `do everything but ${action}`);
  return [...words, ...others];
}

function named(principal: unknown): readonly string[] {
  if (principal === '*') return ['anybody'];
  return Object.entries(record(principal)).flatMap(([kind, values]) => texts(values).map((each) => oneOf(kind, each)));
}

function oneOf(kind: string, value: string): string {
  if (value === '*') return 'anybody';
  if (kind === 'Service') return `the service ${value}`;
  if (kind === 'Federated') return `whoever ${shortName(value)} vouches for`;
  const account = /^(\d{12})$|^arn:[^:]*:iam::(\d{12}):root$/.exec(value);
  if (account !== null) return `whomever the account ${account[1] ?? account[2]} lets`;
  const iam = /^arn:[^:]*:(?:iam|sts)::(\d{12}):(user|role|assumed-role|federated-user)\/(.+)$/.exec(value);
  if (iam === null) return value;
  const [, of, what = '', path = ''] = iam;
  const name = what === 'assumed-role' ? path : (path.split('/').at(-1) ?? path);
  return `the ${WHAT[what] ?? what} ${name} of ${of}`;
}

const WHAT: Readonly<Record<string, string>> = {
  'assumed-role': 'session',
  'federated-user': 'federated user',
};

/** What an operator says between a key and its values. */
const OPERATORS: Readonly<Record<string, string>> = {
  stringequals: 'is',
  stringnotequals: 'is not',
  stringequalsignorecase: 'is, in any case,',
  stringlike: 'is like',
  stringnotlike: 'is not like',
  arnequals: 'is like',
  arnlike: 'is like',
  arnnotequals: 'is not like',
  arnnotlike: 'is not like',
  bool: 'is',
  ipaddress: 'is in',
  notipaddress: 'is not in',
  numericequals: 'is',
  numericlessthan: 'is below',
  numericlessthanequals: 'is at most',
  numericgreaterthan: 'is above',
  numericgreaterthanequals: 'is at least',
  datelessthan: 'is before',
  dategreaterthan: 'is after',
};

/** Several values are alternatives; of a negated operator, each must not be. */
function conditionsOf(condition: unknown): readonly string[] {
  return Object.entries(record(condition)).flatMap(([operator, keys]) =>
    Object.entries(record(keys)).map(([key, values]) => conditionOf(operator, key, texts(values))),
  );
}

function conditionOf(operator: string, key: string, values: readonly string[]): string {
  const [, set = '', base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  if (base.toLowerCase() === 'null') return `${key} is ${values[0] === 'true' ? 'not there' : 'there'}`;
  const word = OPERATORS[base.toLowerCase()] ?? base;
  const which = { ForAllValues: 'every value of ', ForAnyValue: 'a value of ' }[set] ?? '';
  const joint = /not/i.test(base) ? ' nor ' : ' or ';
  return `${which}${key} ${word} ${values.join(joint)}${ifExists === undefined ? '' : ', or is not there'}`;
}

function record(value: unknown): Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function several(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): readonly string[] {
  return several(value).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
}
