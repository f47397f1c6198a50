/** The kinds of policies and settings that take part in a decision, named as in the public schema. */
export type PolicyLayer =
  | 'IDENTITY_POLICY'
  | 'RESOURCE_POLICY'
  | 'UNDERLYING_BUCKET_POLICY'
  | 'TRUST_POLICY'
  | 'PERMISSIONS_BOUNDARY'
  | 'SESSION_POLICY'
  | 'SERVICE_CONTROL_POLICY'
  | 'RESOURCE_CONTROL_POLICY'
  | 'VPC_ENDPOINT_POLICY'
  | 'BLOCK_PUBLIC_ACCESS'
  | 'KMS_GRANT';
