/**
 * Actions whose answer, or whose copy elsewhere, is what is stored: files, records, messages, secrets, snapshots. Those that
 * Cloudsplaining (BSD-3-Clause) calls data exfiltration (S3, SSM, Secrets Manager) and their like of other stores.
 * https://github.com/salesforce/cloudsplaining
 */
const GIVE_DATA_AWAY: ReadonlySet<string> = new Set([
  'codecommit:GitPull',
  'dynamodb:BatchGetItem',
  'dynamodb:ExportTableToPointInTime',
  'dynamodb:GetItem',
  'dynamodb:GetRecords',
  'dynamodb:PartiQLSelect',
  'dynamodb:Query',
  'dynamodb:Scan',
  'ebs:GetSnapshotBlock',
  'ec2:GetPasswordData',
  'kinesis:GetRecords',
  'lambda:GetFunction',
  'logs:GetLogEvents',
  'rds:CopyDBClusterSnapshot',
  'rds:CopyDBSnapshot',
  'rds:StartExportTask',
  'rds-data:ExecuteStatement',
  'redshift:GetClusterCredentials',
  'redshift-data:GetStatementResult',
  's3:GetObject',
  's3:GetObjectVersion',
  'secretsmanager:BatchGetSecretValue',
  'secretsmanager:GetSecretValue',
  'sqs:ReceiveMessage',
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
]);

export function givesDataAway(action: string): boolean {
  return GIVE_DATA_AWAY.has(action);
}
