/** A command could not do what it was asked: one sentence for people, printed as it is. */
export class CommandFailed extends Error {}
