import type { Located } from '../policy/json-text.ts';

/** The subject of a warning. The codes are stable: clients may depend on them. */
export type PolicyWarningCode =
  | 'UNKNOWN_SERVICE'
  | 'UNKNOWN_ACTION'
  | 'ACTION_NEVER_MATCHES'
  | 'ACTION_NEEDS_ALL_RESOURCES'
  | 'ACTION_WITHOUT_RESOURCE'
  | 'UNKNOWN_RESOURCE_SERVICE'
  | 'UNKNOWN_RESOURCE_TYPE'
  | 'RESOURCE_NEVER_MATCHES'
  | 'RESOURCE_NOT_TAKEN'
  | 'UNKNOWN_REGION'
  | 'INVALID_ACCOUNT_ID'
  | 'UNKNOWN_SERVICE_PRINCIPAL'
  | 'PLACEHOLDER'
  | 'UNKNOWN_CONDITION_KEY'
  | 'CONDITION_KEY_NOT_SUPPORTED'
  | 'OPERATOR_TYPE_MISMATCH'
  | 'SET_OPERATOR_MISSING'
  | 'SET_OPERATOR_ON_SINGLE_VALUE'
  | 'UNREADABLE_VALUE'
  | 'CONDITION_WITHOUT_VALUES'
  | 'CONTRADICTING_CONDITIONS'
  | 'VARIABLE_NOT_READ'
  | 'STATEMENT_GRANTS_NOTHING'
  | 'STATEMENT_DENIES_NOTHING'
  | 'NOT_ALL_CHECKED';

export interface PolicyWarning {
  readonly code: PolicyWarningCode;
  readonly message: string;
  /** `Statement[0].Action[1]` */
  readonly path: string;
  readonly node: Located;
  /** What was probably meant; null: no name is close enough. */
  readonly suggestion: string | null;
  /** The message of a service that refuses the document for it; null: the service accepts the document. */
  readonly refusal: string | null;
}

export type Warn = (
  code: PolicyWarningCode,
  message: string,
  path: string,
  node: Located,
  suggestion?: string | null,
) => void;

const LONGEST_QUOTE = 100;

/** In backticks, shortened, but long enough to find the text again. */
export function quoted(text: string): string {
  return `\`${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}\``;
}

/** `; did you mean …?`, or nothing. */
export function didYouMean(suggestion: string | null): string {
  return suggestion === null ? '' : `; did you mean \`${suggestion}\`?`;
}
