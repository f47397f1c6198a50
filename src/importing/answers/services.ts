import { hasListOf, hasMembers, type Operation, regionalArn, required } from './answer.ts';
import {
  listAnswer,
  nameListAnswer,
  ownPolicyAnswer,
  policyAnswer,
  type ResourceNaming,
  tagsIn,
} from './resource-answers.ts';

const FUNCTION: ResourceNaming = { service: 'lambda', prefix: 'function:', noun: 'function' };
const SECRET: ResourceNaming = { service: 'secretsmanager', prefix: 'secret:', noun: 'secret' };
const REPOSITORY: ResourceNaming = { service: 'ecr', prefix: 'repository/', noun: 'repository' };
const TABLE: ResourceNaming = { service: 'dynamodb', prefix: 'table/', noun: 'table' };
const FILE_SYSTEM: ResourceNaming = { service: 'elasticfilesystem', prefix: 'file-system/', noun: 'file system' };
const VAULT: ResourceNaming = { service: 'backup', prefix: 'backup-vault:', noun: 'backup vault' };
const DOMAIN: ResourceNaming = { service: 'codeartifact', prefix: 'domain/', noun: 'domain' };
/** Arguments: domain and repository. */
const PACKAGES: ResourceNaming = {
  service: 'codeartifact',
  prefix: 'repository/',
  noun: 'domain',
  arnOf: (_, answer) => regionalArn(answer, 'codeartifact', 'repository/', answer.name.arguments.slice(0, 2).join('/')),
};
const AUTHORITY: ResourceNaming = {
  service: 'acm-pca',
  prefix: 'certificate-authority/',
  noun: 'certificate authority',
};
const STREAM: ResourceNaming = { service: 'kinesis', prefix: 'stream/', noun: 'stream' };

/** Services whose resources have one policy each. The documentation of each operation has its errors. */
export const SERVICES: readonly Operation[] = [
  // https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
  listAnswer('lambda list-functions', 'functions', 'Functions', {
    looksLike: hasListOf('Functions', 'FunctionArn'),
    arnOf: (entry) => required(entry, 'FunctionArn'),
  }),
  policyAnswer('lambda get-policy', FUNCTION, { member: 'Policy', noneCodes: ['ResourceNotFoundException'] }),
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
  listAnswer('secretsmanager list-secrets', 'secrets', 'SecretList', {
    looksLike: hasMembers('SecretList'),
    arnOf: (entry) => required(entry, 'ARN'),
    patchOf: (entry) => {
      const tags = tagsIn(entry);
      return tags === undefined ? {} : { tags };
    },
  }),
  ownPolicyAnswer('secretsmanager get-resource-policy', SECRET, {
    arn: 'ARN',
    member: 'ResourcePolicy',
    noneCodes: [],
    looksLike: (json) => typeof json['ARN'] === 'string' && /^arn:[^:]*:secretsmanager:/.test(json['ARN']),
  }),
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html
  listAnswer('ecr describe-repositories', 'repositories', 'repositories', {
    looksLike: hasListOf('repositories', 'repositoryArn'),
    arnOf: (entry) => required(entry, 'repositoryArn'),
  }),
  {
    ...policyAnswer('ecr get-repository-policy', REPOSITORY, {
      member: 'policyText',
      noneCodes: ['RepositoryPolicyNotFoundException'],
    }),
    looksLike: (json) => json['policyText'] !== undefined && json['repositoryName'] !== undefined,
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
  nameListAnswer('dynamodb list-tables', 'tables', 'TableNames', (name, answer) =>
    regionalArn(answer, TABLE.service, TABLE.prefix, name),
  ),
  policyAnswer('dynamodb get-resource-policy', TABLE, { member: 'Policy', noneCodes: ['PolicyNotFoundException'] }),
  // https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html
  listAnswer('efs describe-file-systems', 'file systems', 'FileSystems', {
    looksLike: hasListOf('FileSystems', 'FileSystemArn'),
    arnOf: (entry) => required(entry, 'FileSystemArn'),
  }),
  policyAnswer('efs describe-file-system-policy', FILE_SYSTEM, {
    member: 'Policy',
    noneCodes: ['PolicyNotFound'],
  }),
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupVaultAccessPolicy.html
  listAnswer('backup list-backup-vaults', 'backup vaults', 'BackupVaultList', {
    looksLike: hasMembers('BackupVaultList'),
    arnOf: (entry) => required(entry, 'BackupVaultArn'),
  }),
  ownPolicyAnswer('backup get-backup-vault-access-policy', VAULT, {
    arn: 'BackupVaultArn',
    member: 'Policy',
    noneCodes: ['ResourceNotFoundException'],
    looksLike: hasMembers('BackupVaultArn', 'Policy'),
  }),
  // https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetDomainPermissionsPolicy.html
  listAnswer('codeartifact list-domains', 'domains', 'domains', {
    looksLike: hasListOf('domains', 'arn', 'owner'),
    arnOf: (entry) => required(entry, 'arn'),
  }),
  listAnswer('codeartifact list-repositories', 'package repositories', 'repositories', {
    looksLike: hasListOf('repositories', 'arn', 'domainName'),
    arnOf: (entry) => required(entry, 'arn'),
  }),
  permissions('codeartifact get-domain-permissions-policy', DOMAIN, /:domain\//),
  permissions('codeartifact get-repository-permissions-policy', PACKAGES, /:repository\//),
  // https://docs.aws.amazon.com/privateca/latest/APIReference/API_GetPolicy.html
  listAnswer('acm-pca list-certificate-authorities', 'certificate authorities', 'CertificateAuthorities', {
    looksLike: hasListOf('CertificateAuthorities', 'Arn'),
    arnOf: (entry) => required(entry, 'Arn'),
  }),
  policyAnswer('acm-pca get-policy', AUTHORITY, { member: 'Policy', noneCodes: ['ResourceNotFoundException'] }),
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
  nameListAnswer('kinesis list-streams', 'streams', 'StreamNames', (name, answer) =>
    regionalArn(answer, STREAM.service, STREAM.prefix, name),
  ),
  policyAnswer('kinesis get-resource-policy', STREAM, { member: 'Policy', noneCodes: ['ResourceNotFoundException'] }),
];

function permissions(command: string, naming: ResourceNaming, arn: RegExp): Operation {
  return ownPolicyAnswer(command, naming, {
    arn: 'resourceArn',
    member: 'document',
    noneCodes: ['ResourceNotFoundException'],
    looksLike: ({ policy }) => {
      const of: unknown =
        typeof policy === 'object' && policy !== null && 'resourceArn' in policy && policy.resourceArn;
      return typeof of === 'string' && arn.test(of);
    },
    inside: 'policy',
  });
}
