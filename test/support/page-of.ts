/** ARNs in order, after `after`, at most `limit`. */
export function pageOf(
  entities: readonly { readonly arn: string }[],
  page: { readonly after?: string; readonly limit: number },
): readonly string[] {
  const { after, limit } = page;
  const arns = entities.map(({ arn }) => arn).sort();
  return (after === undefined ? arns : arns.filter((arn) => arn > after)).slice(0, limit);
}
