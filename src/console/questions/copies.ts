import { type Question, requestOf } from './question.ts';

/** The question for GraphQL. Condition keys have names that no literal can have: they are a variable. */
export function asGraphql(question: Question): string {
  const { context, ...rest } = requestOf(question);
  const given = Object.entries(rest).map(([name, text]) => `    ${name}: ${JSON.stringify(text)}`);
  const lines = context === undefined ? given : [...given, '    context: $context'];
  return `query Ask${context === undefined ? '' : '($context: RequestContext)'} {
  decision(request: {
${lines.join('\n')}
  }) {
    effect
    deniedBy
    reason
    missingContextKeys
    gaps
  }
}
${context === undefined ? '' : `# variables: ${JSON.stringify({ context })}\n`}`;
}

/** For a shell, with a token in a variable: none is put into the text. */
export function asCurl(question: Question, origin: string): string {
  const { context } = requestOf(question);
  const query = asGraphql(question).replace(/^#.*$/m, '').replaceAll(/\s+/g, ' ').trim();
  const body = JSON.stringify({ query, ...(context !== undefined && { variables: { context } }) });
  return [
    `curl -s ${quoted(`${origin}/graphql`)} \\`,
    `  -H "authorization: Bearer $ROLEGATE_TOKEN" -H 'content-type: application/json' \\`,
    `  -d ${quoted(body)}`,
    '',
  ].join('\n');
}

/** For AWS's own command line, at the gateway's door for it. In a role, the question is about the role. */
export function asCli({ principal, action, resource, role, context }: Question, origin: string): string {
  const entries = Object.entries(context).map(([key, value]) => {
    const values = (Array.isArray(value) ? value : [value]).map(String);
    const kind = Array.isArray(value) ? 'stringList' : 'string';
    return JSON.stringify({ ContextKeyName: key, ContextKeyValues: values, ContextKeyType: kind });
  });
  return [
    `aws iam simulate-principal-policy --endpoint-url ${quoted(`${origin}/aws`)} \\`,
    `  --policy-source-arn ${quoted(role === '' ? principal : role)} \\`,
    `  --action-names ${quoted(action)} --resource-arns ${quoted(resource)}${entries.length === 0 ? '' : ' \\'}`,
    ...(entries.length === 0 ? [] : [`  --context-entries ${quoted(`[${entries.join(',')}]`)}`]),
    '',
  ].join('\n');
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
