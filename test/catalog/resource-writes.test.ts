import { describe, expect, it, test } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { mostPolicyBytes, policyRemoval, policyWrite, tagWrite } from '../../src/catalog/resource-writes.ts';

const catalog = await openCatalog();
const A = '111111111111';
const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:${A}:${resource}`;
const BUCKET = 'arn:aws:s3:::bucket';
const ACCESS_POINT = arn('s3', 'accesspoint/ap');

describe('the action that writes a policy', () => {
  // One of each form of resource that can have a policy, with what the service authorization reference has for it.
  test.each([
    [BUCKET, 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
    [ACCESS_POINT, 's3:PutAccessPointPolicy', 's3:DeleteAccessPointPolicy'],
    [arn('kms', 'key/k'), 'kms:PutKeyPolicy', null],
    [arn('sqs', 'q'), 'sqs:SetQueueAttributes', 'sqs:SetQueueAttributes'],
    [arn('sns', 't'), 'sns:SetTopicAttributes', 'sns:SetTopicAttributes'],
    [arn('lambda', 'function:f'), 'lambda:PutResourcePolicy', 'lambda:DeleteResourcePolicy'],
    [arn('lambda', 'layer:l:1'), 'lambda:AddLayerVersionPermission', 'lambda:RemoveLayerVersionPermission'],
    [
      arn('secretsmanager', 'secret:s-abcdef'),
      'secretsmanager:PutResourcePolicy',
      'secretsmanager:DeleteResourcePolicy',
    ],
    [arn('dynamodb', 'table/t'), 'dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
    [arn('ecr', 'repository/r'), 'ecr:SetRepositoryPolicy', 'ecr:DeleteRepositoryPolicy'],
    [
      arn('elasticfilesystem', 'file-system/fs-1'),
      'elasticfilesystem:PutFileSystemPolicy',
      'elasticfilesystem:DeleteFileSystemPolicy',
    ],
    [arn('backup', 'backup-vault:v'), 'backup:PutBackupVaultAccessPolicy', 'backup:DeleteBackupVaultAccessPolicy'],
    [
      arn('codeartifact', 'domain/d'),
      'codeartifact:PutDomainPermissionsPolicy',
      'codeartifact:DeleteDomainPermissionsPolicy',
    ],
    [
      arn('codeartifact', 'repository/d/r'),
      'codeartifact:PutRepositoryPermissionsPolicy',
      'codeartifact:DeleteRepositoryPermissionsPolicy',
    ],
    [arn('glacier', 'vaults/v'), 'glacier:SetVaultAccessPolicy', 'glacier:DeleteVaultAccessPolicy'],
    [arn('es', 'domain/d'), 'es:UpdateDomainConfig', 'es:UpdateDomainConfig'],
    [arn('glue', 'catalog'), 'glue:PutResourcePolicy', 'glue:DeleteResourcePolicy'],
    [arn('mediastore', 'container/c'), 'mediastore:PutContainerPolicy', 'mediastore:DeleteContainerPolicy'],
    [arn('acm-pca', 'certificate-authority/c'), 'acm-pca:PutPolicy', 'acm-pca:DeletePolicy'],
    [arn('rekognition', 'project/p/1'), 'rekognition:PutProjectPolicy', 'rekognition:DeleteProjectPolicy'],
    [arn('vpc-lattice', 'service/svc-1'), 'vpc-lattice:PutAuthPolicy', 'vpc-lattice:DeleteAuthPolicy'],
    [
      arn('vpc-lattice', 'resourceconfiguration/rcfg-1'),
      'vpc-lattice:PutResourcePolicy',
      'vpc-lattice:DeleteResourcePolicy',
    ],
    [arn('logs', 'destination:d'), 'logs:PutDestinationPolicy', 'logs:PutDestinationPolicy'],
    [
      arn('logs', 'delivery-destination:d'),
      'logs:PutDeliveryDestinationPolicy',
      'logs:DeleteDeliveryDestinationPolicy',
    ],
    [arn('s3express', 'bucket/b--euw1-az1--x-s3'), 's3express:PutBucketPolicy', 's3express:DeleteBucketPolicy'],
    [arn('s3tables', 'bucket/b'), 's3tables:PutTableBucketPolicy', 's3tables:DeleteTableBucketPolicy'],
    [arn('s3tables', 'bucket/b/table/t'), 's3tables:PutTablePolicy', 's3tables:DeleteTablePolicy'],
    [arn('s3vectors', 'bucket/b'), 's3vectors:PutVectorBucketPolicy', 's3vectors:DeleteVectorBucketPolicy'],
    [
      arn('s3-object-lambda', 'accesspoint/a'),
      's3:PutAccessPointPolicyForObjectLambda',
      's3:DeleteAccessPointPolicyForObjectLambda',
    ],
    [arn('s3-outposts', 'outpost/op-1/bucket/b'), 's3-outposts:PutBucketPolicy', 's3-outposts:DeleteBucketPolicy'],
    [
      arn('s3-outposts', 'outpost/op-1/accesspoint/a'),
      's3-outposts:PutAccessPointPolicy',
      's3-outposts:DeleteAccessPointPolicy',
    ],
    [
      arn('s3', 'access-grants/default'),
      's3:PutAccessGrantsInstanceResourcePolicy',
      's3:DeleteAccessGrantsInstanceResourcePolicy',
    ],
    [arn('schemas', 'registry/r'), 'schemas:PutResourcePolicy', 'schemas:DeleteResourcePolicy'],
    [arn('ses', 'identity/example.com'), 'ses:CreateEmailIdentityPolicy', 'ses:DeleteEmailIdentityPolicy'],
    [arn('signer', '/signing-profiles/p'), 'signer:AddProfilePermission', 'signer:RemoveProfilePermission'],
    [
      `arn:aws:serverlessrepo:eu-west-1:${A}:applications/a`,
      'serverlessrepo:PutApplicationPolicy',
      'serverlessrepo:PutApplicationPolicy',
    ],
    [
      'arn:aws:apigateway:eu-west-1::/restapis/abcdefghij',
      'apigateway:UpdateRestApiPolicy',
      'apigateway:UpdateRestApiPolicy',
    ],
    [
      arn('apigateway', '/domainnames/d+abcdef'),
      'apigateway:UpdateDomainNamePolicy',
      'apigateway:UpdateDomainNamePolicy',
    ],
  ])('of %s', (resource, put, remove) => {
    expect(policyWrite(catalog, resource)).toEqual({ action: put, resource });
    expect(policyRemoval(catalog, resource)).toEqual(remove === null ? null : { action: remove, resource });
  });

  it('is asked on what holds the policy, or on everything where the service does so', () => {
    expect(policyWrite(catalog, arn('execute-api', 'abcdefghij'))).toEqual({
      action: 'apigateway:UpdateRestApiPolicy',
      resource: 'arn:aws:apigateway:eu-west-1::/restapis/abcdefghij',
    });
    const bus = policyWrite(catalog, arn('events', 'event-bus/b'));
    expect(bus.action).toBe('events:PutPermission');
    expect(policyWrite(catalog, arn('logs', 'log-group:g'))).toEqual({
      action: 'logs:PutResourcePolicy',
      resource: '*',
    });
  });

  it('is the gateway’s own where the service has none', () => {
    const own = arn('orders', 'order/42');
    expect(policyWrite(catalog, own)).toEqual({ action: 'rolegate:PutResourcePolicy', resource: own });
    expect(policyRemoval(catalog, own)).toEqual({ action: 'rolegate:DeleteResourcePolicy', resource: own });
  });
});

describe('the action that writes tags', () => {
  test.each([
    [BUCKET, 's3:TagResource', 's3:UntagResource'],
    [`${BUCKET}/a/b`, 's3:PutObjectTagging', 's3:DeleteObjectTagging'],
    [`${ACCESS_POINT}/object/a`, 's3:PutObjectTagging', 's3:DeleteObjectTagging'],
    [arn('kms', 'key/k'), 'kms:TagResource', 'kms:UntagResource'],
    [arn('sqs', 'q'), 'sqs:TagQueue', 'sqs:UntagQueue'],
    [arn('ec2', 'instance/i-1'), 'ec2:CreateTags', 'ec2:DeleteTags'],
    [arn('rds', 'db:d'), 'rds:AddTagsToResource', 'rds:RemoveTagsFromResource'],
    [arn('es', 'domain/d'), 'es:AddTags', 'es:RemoveTags'],
    ['arn:aws:route53:::hostedzone/Z1', 'route53:ChangeTagsForResource', 'route53:ChangeTagsForResource'],
    [arn('orders', 'order/42'), 'rolegate:TagResource', 'rolegate:UntagResource'],
  ])('of %s', (resource, tag, untag) => {
    expect(tagWrite(catalog, resource, 'tag')).toEqual({ action: tag, resource });
    expect(tagWrite(catalog, resource, 'untag')).toEqual({ action: untag, resource });
  });
});

it('the gateway’s own actions on resources fit every resource', () => {
  for (const name of ['PutResource', 'DeleteResource', 'PutResourcePolicy', 'TagResource']) {
    const action = catalog.action(`rolegate:${name}`);
    if (action === null) throw new Error(name);
    for (const resource of [BUCKET, `${BUCKET}/a`, arn('orders', 'order/42'), arn('kms', 'key/k')]) {
      expect(catalog.fit(action, resource)).toEqual({ kind: 'fits' });
    }
  }
});

it('sizes of policies are those of the service', () => {
  expect([BUCKET, arn('kms', 'key/k'), arn('sqs', 'q')].map(mostPolicyBytes)).toEqual([20_480, 32_768, 32_768]);
});
