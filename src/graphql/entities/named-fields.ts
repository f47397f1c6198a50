import { Account } from './account.ts';
import { accountIn, nameIn, pathIn } from './arn-parts.ts';

// Fields that whatever has an ARN shares, as options for the field builder of each type. They are read out of the ARN.

interface WithArn {
  readonly arn: string;
}

export const ARN = {
  type: 'Arn',
  description: 'The ARN',
  resolve: ({ arn }: WithArn) => arn,
} as const;

export const NAME = {
  description: 'The name, without the path',
  resolve: ({ arn }: WithArn) => nameIn(arn),
} as const;

export const PATH = {
  description: 'The path; begins and ends with a slash',
  resolve: ({ arn }: WithArn) => pathIn(arn),
} as const;

export const ACCOUNT = {
  type: Account,
  description: 'The account that it belongs to',
  resolve: ({ arn }: WithArn) => accountIn(arn),
};
