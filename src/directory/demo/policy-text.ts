/** A statement as people write it. */
export interface DemoStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly AWS: string } | { readonly Service: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The text of a policy document with these statements. */
export function policyText(...statements: readonly DemoStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
