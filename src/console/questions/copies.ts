import { type Question, requestOf } from './question.ts';

/** The question for GraphQL, whole in one document: the context is a text of JSON, as its scalar takes it. */
export function asGraphql(question: Question): string {
  return `query Ask {
  decision(request: {
${argumentsOf(question)
  .map((line) => `    ${line}`)
  .join('\n')}
  }) {
    ${FIELDS.join('\n    ')}
  }
}
`;
}

const FIELDS = ['effect', 'deniedBy', 'reason', 'missingContextKeys', 'gaps'] as const;

/** Names and values as literals; what a literal of GraphQL holds is what one of JSON holds. */
function argumentsOf(question: Question): readonly string[] {
  const { context, ...rest } = requestOf(question);
  const given = Object.entries(rest).map(([name, text]) => `${name}: ${JSON.stringify(text)}`);
  return context === undefined ? given : [...given, `context: ${JSON.stringify(JSON.stringify(context))}`];
}

/** For a shell, with a token in a variable: none is put into the text. */
export function asCurl(question: Question, origin: string): string {
  const query = `{ decision(request: { ${argumentsOf(question).join(', ')} }) { ${FIELDS.join(' ')} } }`;
  return [
    `curl -s ${quoted(`${origin}/graphql`)} \\`,
    `  -H "authorization: Bearer $ROLEGATE_TOKEN" -H 'content-type: application/json' \\`,
    `  -d ${quoted(JSON.stringify({ query }))}`,
    '',
  ].join('\n');
}

/** For the command line of this gateway, which opens its directory. */
export function asCommand({ principal, action, resource, role, context }: Question): string {
  const keys = Object.entries(context).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `--context ${quoted(`${key}=${String(one)}`)}`),
  );
  return [
    `npx rolegate can ${[principal, action, resource].map(quoted).join(' ')}`,
    ...(role === '' ? [] : [`--role ${quoted(role)}`]),
    ...keys,
    '--explain\n',
  ].join(' ');
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
