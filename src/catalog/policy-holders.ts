import { splitArn } from '../policy/arn.ts';

/**
 * Which resources can have a resource-based policy, and whose policy governs the resources inside them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html and, per service, the
 * resource types of its Put…Policy action in the service authorization reference.
 *
 * A rule is a pattern for the part of an ARN after the account id, followed by the resources that hold the policy; if there
 * are none, the match itself is the holder. In a pattern, `{/}` matches text up to the next slash, `{:}` up to the next colon,
 * `{}` all the rest; the pattern must end where the resource ends, or before a slash or colon. In a holder, `$1` is the match
 * of the first placeholder and `$&` the whole match; a holder that begins with `arn:` is an ARN of another service, in which
 * `$P`, `$R` and `$A` are partition, region and account. The first rule whose pattern matches counts.
 */
type Rule = readonly [pattern: string, ...holders: string[]];

/** Rules for ARNs without region and account begin with the pattern `::`. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  'acm-pca': [['certificate-authority/{/}']],
  // Requests to an API are about execute-api ARNs; the policy is set on the REST API.
  'execute-api': [['{/}', 'arn:$P:execute-api:$R:$A:$1', 'arn:$P:apigateway:$R::/restapis/$1']],
  apigateway: [['/restapis/{/}'], ['/domainnames/{/}']],
  aps: [['workspace/{/}']],
  backup: [['backup-vault:{:}']],
  bedrock: [['custom-model/{}'], ['guardrail/{/}'], ['knowledge-base/{/}']],
  'bedrock-agentcore': [['gateway/{/}'], ['runtime/{/}/runtime-endpoint/{/}', '$&', 'runtime/$1'], ['runtime/{/}']],
  cloud9: [['environment:{:}']],
  cloudtrail: [['channel/{/}'], ['dashboard/{/}'], ['eventdatastore/{/}']],
  codeartifact: [['domain/{/}'], ['repository/{/}/{/}'], ['package/{/}/{/}/{}', 'repository/$1/$2']],
  codebuild: [
    ['project/{/}'],
    ['report-group/{/}'],
    ['build/{:}', 'project/$1'],
    ['build-batch/{:}', 'project/$1'],
    ['report/{:}', 'report-group/$1'],
  ],
  // A stream has a policy of its own; the policy of its table does not reach it. Indexes have none.
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
  dynamodb: [['table/{/}/stream/{}'], ['table/{/}/index/{}', 'table/$1'], ['table/{/}']],
  ecr: [['repository/{}']],
  'ecr-public': [['repository/{}']],
  elasticfilesystem: [['file-system/{/}']],
  es: [['domain/{/}']],
  events: [['event-bus/{}'], ['event-busv2/{}'], ['rule/{/}/{}', 'event-bus/$1'], ['rule/{}', 'event-bus/default']],
  glacier: [['vaults/{/}']],
  // One policy for the data catalogue of an account and region.
  glue: [
    ['catalog'],
    ['database/{}', 'catalog'],
    ['table/{}', 'catalog'],
    ['tableVersion/{}', 'catalog'],
    ['userDefinedFunction/{}', 'catalog'],
    ['connection/{}', 'catalog'],
  ],
  iam: [['role/{}']],
  kinesis: [['stream/{/}/consumer/{}'], ['stream/{/}']],
  kms: [['key/{/}']],
  // A version or alias has a policy of its own, set with a qualifier.
  // https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
  lambda: [['function:{:}:{:}', '$&', 'function:$1'], ['function:{:}'], ['layer:{:}:{:}']],
  lex: [['bot/{/}'], ['bot-alias/{/}/{/}']],
  logs: [['log-group:{:}'], ['destination:{:}'], ['delivery-destination:{:}']],
  mediastore: [['container/{/}']],
  'redshift-serverless': [['snapshot/{/}']],
  'refactor-spaces': [['environment/{/}']],
  rekognition: [['project/{/}']],
  // A bucket's ARN names no region and account, an access point's does. The policy of the bucket behind an access point
  // counts too, but the ARN does not tell which that is.
  s3: [['::{/}'], ['accesspoint/{/}'], ['access-grants/default']],
  's3-object-lambda': [['accesspoint/{/}']],
  's3-outposts': [['outpost/{/}/bucket/{/}'], ['outpost/{/}/accesspoint/{/}']],
  s3express: [['bucket/{/}'], ['accesspoint/{/}']],
  s3files: [['file-system/{/}']],
  s3tables: [['bucket/{/}/table/{/}', '$&', 'bucket/$1'], ['bucket/{/}']],
  s3vectors: [['bucket/{/}']],
  schemas: [['registry/{/}'], ['schema/{/}/{}', 'registry/$1']],
  secretsmanager: [['secret:{}']],
  serverlessrepo: [['applications/{/}']],
  ses: [['identity/{}']],
  signer: [['/signing-profiles/{/}']],
  // What follows a topic's name is the id of a subscription.
  sns: [['{:}']],
  sqs: [['{:}']],
  'ssm-contacts': [['contact/{}']],
  'ssm-incidents': [['response-plan/{}']],
  'vpc-lattice': [['service/{/}'], ['servicenetwork/{/}'], ['resourceconfiguration/{/}']],
};

/** The ends of `{/}`, `{:}` and `{}`. */
function placeholderEnd(text: string, from: number, kind: string): number {
  const end = kind === '{}' ? -1 : text.indexOf(kind.charAt(1), from);
  return end < 0 ? text.length : end;
}

/** The match, followed by the matches of its placeholders; null if `text` does not begin with `pattern`. */
function match(pattern: string, text: string): readonly string[] | null {
  const captures: string[] = [];
  let at = 0;
  for (let index = 0; index < pattern.length; ) {
    if (pattern.charAt(index) !== '{') {
      if (pattern.charAt(index) !== text.charAt(at)) return null;
      index++;
      at++;
      continue;
    }
    const close = pattern.indexOf('}', index) + 1;
    const end = placeholderEnd(text, at, pattern.slice(index, close));
    if (end === at) return null;
    captures.push(text.slice(at, end));
    at = end;
    index = close;
  }
  const next = text.charAt(at);
  return next === '' || next === '/' || next === ':' ? [text.slice(0, at), ...captures] : null;
}

/** The ARNs whose resource-based policy can govern a request on `arn`, the nearest first. Empty: such resources cannot have one. */
export function policyHolders(arn: string): readonly string[] {
  const [prefix, partition = '', service = '', region = '', account = '', resource] = splitArn(arn);
  const rules =
    prefix === 'arn' && resource !== undefined && Object.hasOwn(RULES, service) ? RULES[service] : undefined;
  if (rules === undefined || resource === undefined) return [];
  const base = `arn:${partition}:${service}:${region}:${account}:`;
  for (const [pattern, ...holders] of rules) {
    const isGlobal = pattern.startsWith('::');
    if (isGlobal && (region !== '' || account !== '')) continue;
    const found = match(isGlobal ? pattern.slice(2) : pattern, resource);
    if (found === null) continue;
    const values: Readonly<Record<string, string | undefined>> = { P: partition, R: region, A: account, '&': found[0] };
    return (holders.length === 0 ? ['$&'] : holders).map((holder) => {
      const filled = holder.replace(/\$([PRA&1-9])/g, (_, name: string) => values[name] ?? found[Number(name)] ?? '');
      return holder.startsWith('arn:') ? filled : base + filled;
    });
  }
  return [];
}

/** The services with resources that can have a resource-based policy. */
export function servicesWithResourcePolicies(): readonly string[] {
  return Object.keys(RULES);
}

/** Whether any resource of the service can have a resource-based policy. */
export function hasResourcePolicies(service: string): boolean {
  return Object.hasOwn(RULES, service.toLowerCase());
}
