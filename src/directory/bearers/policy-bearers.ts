/**
 * Which resources have policies of their own (roles: trust policies), and whom those can concern. It can move on between two turns
 * of the process: look up what is wanted in one.
 */
export interface PolicyBearers {
  /** The state that it is of now. */
  readonly revision: bigint;
  /** Owners, by ARN, of bearers whose ARNs name no account. What is returned does not move on. */
  readonly owners: ReadonlyMap<string, string>;
  /**
   * ARNs of the bearers whose policies can concern whoever has one of these names (see evaluation/principal-names.ts): resources,
   * then roles, each in the order of their ARNs.
   */
  concerning(names: Iterable<string>): readonly string[];
  /** Bearers inside another bearer, whose policies count in place of its own. */
  inside(arn: string): readonly string[] | undefined;
}
