/** A command failed: one sentence for people, printed as it is. */
export class CommandFailed extends Error {}
