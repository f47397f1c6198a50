import { parseArn } from '../../../policy/arn.ts';
import type { AwsContext } from '../operation.ts';
import type { GivenAction } from './given.ts';

/**
 * What AWS calls the resource of a result. AWS's documentation says: the form of the ARNs of the simulated type
 * (`arn:aws:s3:::${BucketName}/${KeyName}`), or `*` where none is defined. One resource is called by its own name, as AWS was seen to
 * do after it had said so, and as clients expect that are older than the lists by resource.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export function resourceName(
  { catalog }: Pick<AwsContext, 'catalog'>,
  { action }: GivenAction,
  resources: readonly string[],
): string {
  const [only = '*', ...others] = resources;
  if (others.length === 0) return only;
  const partition = parseArn(only)?.partition ?? 'aws';
  const wanted = catalog.resourceTypeOf(only);
  const types = action.resourceTypes.map(({ type }) => type);
  const type = types.find(({ name }) => name === wanted) ?? types[0];
  return type?.arns[0]?.replace('${Partition}', partition) ?? '*';
}
