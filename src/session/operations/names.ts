// What operations are about, as the audit trail names it.

export const ofRole = ({ roleArn }: { readonly roleArn: string }): string => roleArn;
export const ofUser = ({ userArn }: { readonly userArn: string }): string => userArn;
export const ofGroup = ({ groupArn }: { readonly groupArn: string }): string => groupArn;
export const ofPolicy = ({ policyArn }: { readonly policyArn: string }): string => policyArn;
export const ofProfile = (input: { readonly instanceProfileArn: string }): string => input.instanceProfileArn;
export const ofAccount = ({ accountId }: { readonly accountId: string }): string => accountId;
