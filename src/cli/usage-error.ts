/** The command line does not have the form that the help describes. */
export class UsageError extends Error {}
