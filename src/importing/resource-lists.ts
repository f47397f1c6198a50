/** All resources of one kind in an account and Region, and what says their policies. */
export interface ResourceKind {
  /** In ARNs. */
  readonly service: string;
  readonly isRegional: boolean;
  /** The command that lists them. */
  readonly list: string;
  /** The command that prints one's policy; null: the list itself is about policies. */
  readonly item: string | null;
  /** The beginning of the resource part of their ARNs; empty: it is the name, and nothing else. */
  readonly prefix: string;
  /** There are other resources in them, whose ARNs begin with theirs. */
  readonly haveParts?: boolean;
  /** Where there is no list of them, policies of the service are known nevertheless: such resources are asked about by name. */
  readonly isOptional?: boolean;
}

/** By what they are called in messages. A service's policies are known if those of all its kinds are, in every Region. */
export const RESOURCE_KINDS: Readonly<Record<string, ResourceKind>> = {
  buckets: {
    service: 's3',
    isRegional: false,
    list: 's3api list-buckets',
    item: 's3api get-bucket-policy',
    prefix: '',
  },
  'access points': {
    service: 's3',
    isRegional: true,
    list: 's3control list-access-points',
    item: 's3control get-access-point-policy',
    prefix: 'accesspoint/',
    isOptional: true,
  },
  keys: { service: 'kms', isRegional: true, list: 'kms list-keys', item: 'kms get-key-policy', prefix: 'key/' },
  queues: { service: 'sqs', isRegional: true, list: 'sqs list-queues', item: 'sqs get-queue-attributes', prefix: '' },
  topics: { service: 'sns', isRegional: true, list: 'sns list-topics', item: 'sns get-topic-attributes', prefix: '' },
  functions: {
    service: 'lambda',
    isRegional: true,
    list: 'lambda list-functions',
    item: 'lambda get-policy',
    prefix: 'function:',
    haveParts: true,
  },
  secrets: {
    service: 'secretsmanager',
    isRegional: true,
    list: 'secretsmanager list-secrets',
    item: 'secretsmanager get-resource-policy',
    prefix: 'secret:',
  },
  repositories: {
    service: 'ecr',
    isRegional: true,
    list: 'ecr describe-repositories',
    item: 'ecr get-repository-policy',
    prefix: 'repository/',
  },
  tables: {
    service: 'dynamodb',
    isRegional: true,
    list: 'dynamodb list-tables',
    item: 'dynamodb get-resource-policy',
    prefix: 'table/',
    haveParts: true,
  },
  'file systems': {
    service: 'elasticfilesystem',
    isRegional: true,
    list: 'efs describe-file-systems',
    item: 'efs describe-file-system-policy',
    prefix: 'file-system/',
  },
  'backup vaults': {
    service: 'backup',
    isRegional: true,
    list: 'backup list-backup-vaults',
    item: 'backup get-backup-vault-access-policy',
    prefix: 'backup-vault:',
  },
  'data catalogues': {
    service: 'glue',
    isRegional: true,
    list: 'glue get-resource-policy',
    item: null,
    prefix: 'catalog',
  },
  'event buses': {
    service: 'events',
    isRegional: true,
    list: 'events list-event-buses',
    item: 'events describe-event-bus',
    prefix: 'event-bus/',
  },
  domains: {
    service: 'codeartifact',
    isRegional: true,
    list: 'codeartifact list-domains',
    item: 'codeartifact get-domain-permissions-policy',
    prefix: 'domain/',
  },
  'package repositories': {
    service: 'codeartifact',
    isRegional: true,
    list: 'codeartifact list-repositories',
    item: 'codeartifact get-repository-permissions-policy',
    prefix: 'repository/',
  },
  'log groups': {
    service: 'logs',
    isRegional: true,
    list: 'logs describe-log-groups',
    item: 'logs describe-resource-policies',
    prefix: 'log-group:',
  },
  'certificate authorities': {
    service: 'acm-pca',
    isRegional: true,
    list: 'acm-pca list-certificate-authorities',
    item: 'acm-pca get-policy',
    prefix: 'certificate-authority/',
  },
  streams: {
    service: 'kinesis',
    isRegional: true,
    list: 'kinesis list-streams',
    item: 'kinesis get-resource-policy',
    prefix: 'stream/',
    haveParts: true,
  },
  'REST APIs': {
    service: 'execute-api',
    isRegional: true,
    list: 'apigateway get-rest-apis',
    item: 'apigateway get-rest-api',
    prefix: '',
  },
};
