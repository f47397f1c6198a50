export const HELP = `Usage: rolegate COMMAND

Commands:
  start                          Start the gateway (as \`npm start\` does)
  import FILE...                 Import what \`aws iam get-account-authorization-details\` printed
    --account-name NAME            Name of the account in the files
  export DIR                     Write the directory to a folder, as JSON files that import reads
  export --schema                Print the JSON Schema of those files
  access-key create USER_ARN     Make an access key for a user, to sign in with
  access-key create SERVICE      Make one for a service, such as ec2.amazonaws.com

Options:
  -h, --help                     Show this help
  -v, --version                  Show the version

FILE is a path, or - for standard input. It holds the whole answer of AWS, or one of its pages. Several FILEs are
imported together, in one step: either all of them are stored or nothing is. Together they may hold 32 MiB.

DIR is made, or is empty, or holds an earlier export, which is replaced. An export holds everything but access keys,
MFA devices, sessions and the audit trail.

Commands work on the directory that the settings name, whether a gateway is running on it or not. They are environment
variables: ROLEGATE_DATA_DIR (.rolegate in the working folder), or DATABASE_URL for a PostgreSQL server. With a gateway
running, a command asks that gateway, as its operator (ROLEGATE_OPERATOR_TOKEN, or the token in the data folder).

Exit codes: 0 done, 1 refused or failed (nothing was stored), 2 wrong usage or settings.
`;
