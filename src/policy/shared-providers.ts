import { readOperator } from './operator.ts';
import { type StatementNode, textOf } from './policy-checks.ts';

/**
 * OpenID Connect providers that use one issuer for all of their customers, and the condition key that tells them
 * apart. A trust policy must check it: otherwise everybody with an account there could assume the role. Indexed by the URL of the
 * provider without its scheme.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
 */
const REQUIRED_KEYS: ReadonlyMap<string, string> = new Map([
  ['cognito-identity.amazonaws.com', 'cognito-identity.amazonaws.com:aud'],
  ['sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d', 'sts:RoleSessionName'],
  ['agent.buildkite.com', 'agent.buildkite.com:sub'],
  ['oidc.codefresh.io', 'oidc.codefresh.io:sub'],
  ['studio.datachain.ai/api', 'studio.datachain.ai/api:sub'],
  ['token.actions.githubusercontent.com', 'token.actions.githubusercontent.com:sub'],
  ['oidc-configuration.audit-log.githubusercontent.com', 'oidc-configuration.audit-log.githubusercontent.com:sub'],
  ['vstoken.actions.githubusercontent.com', 'vstoken.actions.githubusercontent.com:sub'],
  ['gitlab.com', 'gitlab.com:sub'],
  ['api.pulumi.com/oidc', 'api.pulumi.com/oidc:aud'],
  ['sandboxes.cloud', 'sandboxes.cloud:aud'],
  ['scalr.io', 'scalr.io:sub'],
  ['tokens.cloud.shisho.dev', 'tokens.cloud.shisho.dev:sub'],
  ['app.terraform.io', 'app.terraform.io:sub'],
  ['proidc.upbound.io', 'proidc.upbound.io:sub'],
  ['oidc.vercel.com', 'oidc.vercel.com:aud'],
]);

const PROVIDER_ARN = /^arn:[^:]+:iam::\d{12}:oidc-provider\/(.+)$/;

/** The key that a statement which trusts this provider must check; null: the provider is not shared. */
export function requiredKey(provider: string): string | null {
  const url = PROVIDER_ARN.exec(provider)?.[1] ?? provider;
  return REQUIRED_KEYS.get(url) ?? null;
}

/** Whether the Condition of a statement requires a value of the key that is more than wildcards. */
export function asksFor(statement: StatementNode, wanted: string): boolean {
  for (const operator of statement.elements.get('Condition')?.members ?? []) {
    const use = readOperator(operator.key);
    if (use === null || use.operator === null || use.operator.negated || !use.operator.name.startsWith('String'))
      continue;
    for (const { key, node } of operator.node.members ?? []) {
      const isWanted = key.toLowerCase() === wanted.toLowerCase();
      if (isWanted && (node.items ?? [node]).some((item) => /[^*?]/.test(textOf(item)))) return true;
    }
  }
  return false;
}
