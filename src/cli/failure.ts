/** A command failed: one sentence for people, printed as it is. */
export class CommandFailed extends Error {}

/** The gateway refused what a command asked. */
export class GatewayRefused extends CommandFailed {
  /** `extensions.code` of its error, or the `code` of the answer. */
  readonly code: string;
  /** AWS's code, where the gateway gives one: `AccessDenied`. */
  readonly awsCode: string | null;

  constructor(message: string, code: string, awsCode: string | null = null) {
    super(message);
    this.code = code;
    this.awsCode = awsCode;
  }
}
