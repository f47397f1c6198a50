import type { ItemOperation, Items, Listing } from './operations.ts';

/** Asked in each Region of each account. */
export const REGIONAL: readonly Listing[] = [
  { service: 'resourcegroupstaggingapi', operation: 'get-resources' },
  { service: 'ec2', operation: 'describe-vpc-endpoints' },
  { service: 'glue', operation: 'get-resource-policy', none: ['EntityNotFoundException'] },
  { service: 'logs', operation: 'describe-resource-policies' },
  list('logs', 'describe-log-groups', { list: 'logGroups', name: 'logGroupArn', shown: 'LOG_GROUP_ARN' }, [
    {
      operation: 'describe-resource-policies',
      item: ['--resource-arn', '{item}'],
      options: ['--policy-scope', 'RESOURCE'],
      none: ['ResourceNotFoundException'],
    },
  ]),
  list('acm-pca', 'list-certificate-authorities', { list: 'CertificateAuthorities', name: 'Arn', shown: 'CA_ARN' }, [
    { operation: 'get-policy', item: ['--resource-arn', '{item}'], none: ['ResourceNotFoundException'] },
  ]),
  list('apigateway', 'get-rest-apis', { list: 'items', name: 'id', shown: 'API' }, [
    { operation: 'get-rest-api', item: ['--rest-api-id', '{item}'] },
  ]),
  list('backup', 'list-backup-vaults', { list: 'BackupVaultList', name: 'BackupVaultName', shown: 'VAULT' }, [
    {
      operation: 'get-backup-vault-access-policy',
      item: ['--backup-vault-name', '{item}'],
      none: ['ResourceNotFoundException'],
    },
  ]),
  list('codeartifact', 'list-domains', { list: 'domains', name: 'name', shown: 'DOMAIN' }, [
    {
      operation: 'get-domain-permissions-policy',
      item: ['--domain', '{item}'],
      none: ['ResourceNotFoundException'],
    },
  ]),
  list(
    'codeartifact',
    'list-repositories',
    { list: 'repositories', name: 'name', parent: 'domainName', shown: 'REPOSITORY' },
    [
      {
        operation: 'get-repository-permissions-policy',
        item: ['--repository', '{item}'],
        options: ['--domain', '{parent}'],
        about: '{parent}/{item}',
        none: ['ResourceNotFoundException'],
      },
    ],
  ),
  list('dynamodb', 'list-tables', { list: 'TableNames', name: null, shown: 'TABLE' }, [
    {
      operation: 'get-resource-policy',
      item: ['--resource-arn', 'arn:{partition}:dynamodb:{region}:{account}:table/{item}'],
      none: ['PolicyNotFoundException'],
    },
  ]),
  list('ecr', 'describe-repositories', { list: 'repositories', name: 'repositoryName', shown: 'REPOSITORY' }, [
    {
      operation: 'get-repository-policy',
      item: ['--repository-name', '{item}'],
      none: ['RepositoryPolicyNotFoundException'],
    },
  ]),
  list('efs', 'describe-file-systems', { list: 'FileSystems', name: 'FileSystemId', shown: 'FILE_SYSTEM' }, [
    { operation: 'describe-file-system-policy', item: ['--file-system-id', '{item}'], none: ['PolicyNotFound'] },
  ]),
  list('events', 'list-event-buses', { list: 'EventBuses', name: 'Name', shown: 'EVENT_BUS' }, [
    { operation: 'describe-event-bus', item: ['--name', '{item}'] },
  ]),
  list('kinesis', 'list-streams', { list: 'StreamNames', name: null, shown: 'STREAM' }, [
    {
      operation: 'get-resource-policy',
      item: ['--resource-arn', 'arn:{partition}:kinesis:{region}:{account}:stream/{item}'],
      none: ['ResourceNotFoundException'],
    },
  ]),
  list('kms', 'list-keys', { list: 'Keys', name: 'KeyId', shown: 'KEY' }, [
    { operation: 'describe-key', item: ['--key-id', '{item}'] },
    { operation: 'get-key-policy', item: ['--key-id', '{item}'], options: ['--policy-name', 'default'] },
    { operation: 'list-grants', item: ['--key-id', '{item}'] },
  ]),
  {
    ...list('lambda', 'list-functions', { list: 'Functions', name: 'FunctionName', shown: 'FUNCTION' }, [
      { operation: 'get-policy', item: ['--function-name', '{item}'], none: ['ResourceNotFoundException'] },
    ]),
    // Environment variables often hold secrets.
    omit: ['Environment'],
  },
  {
    ...list('s3control', 'list-access-points', { list: 'AccessPointList', name: 'Name', shown: 'ACCESS_POINT' }, [
      accessPoint('get-access-point'),
      accessPoint('get-access-point-policy', 'NoSuchAccessPointPolicy'),
    ]),
    options: ['--account-id', '{account}'],
  },
  list('secretsmanager', 'list-secrets', { list: 'SecretList', name: 'ARN', shown: 'SECRET_ARN' }, [
    { operation: 'get-resource-policy', item: ['--secret-id', '{item}'] },
  ]),
  list('sns', 'list-topics', { list: 'Topics', name: 'TopicArn', shown: 'TOPIC_ARN' }, [
    { operation: 'get-topic-attributes', item: ['--topic-arn', '{item}'] },
  ]),
  {
    ...list('sqs', 'list-queues', { list: 'QueueUrls', name: null, shown: 'QUEUE_URL' }, [
      { operation: 'get-queue-attributes', item: ['--queue-url', '{item}'], options: ['--attribute-names', 'All'] },
    ]),
    // Without it, SQS leaves out what follows the first 1,000 and does not say so.
    options: ['--page-size', '1000'],
  },
];

function list(
  service: string,
  operation: string,
  items: Items,
  each: readonly Omit<ItemOperation, 'service'>[],
): Listing {
  return { service, operation, items, each: each.map((item) => ({ service, ...item })) };
}

function accessPoint(operation: string, ...none: readonly string[]): Omit<ItemOperation, 'service'> {
  return { operation, item: ['--name', '{item}'], options: ['--account-id', '{account}'], none };
}
