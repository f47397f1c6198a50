/** A command failed: one sentence for people, printed as it is. */
export class CommandFailed extends Error {}

/** The gateway refused what a command asked. */
export class GatewayRefused extends CommandFailed {
  /** `extensions.code` of its error. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
