export const HELP = `Usage: rolegate COMMAND

Commands:
  start                          Start the gateway (as \`npm start\` does)
  import FILE...                 Import what \`aws iam get-account-authorization-details\` printed
    --account-name NAME            Name of the account in the files
  collect DIR                    Ask AWS with your \`aws\` command, and write the answers to DIR for \`import DIR\`
    --profile NAME                 Profile of an account to ask; several for several accounts
    --organization                 Ask about the organization too (one profile: the management account's, or that of a
                                   delegated administrator)
    --role-name NAME               With --organization: assume this role in each account, and ask there
    --regions A,B                  Regions to ask (otherwise all that are enabled)
    --parallel N                   Commands that run at once (4)
    --refresh                      Ask anew what is in DIR already
    --aws PATH                     The \`aws\` command (otherwise ROLEGATE_AWS_COMMAND, or aws on PATH)
    --dry-run                      Print the commands and run none of them
  access-key create USER_ARN     Make an access key for a user, to sign in with
  access-key create SERVICE      Make one for a service, such as ec2.amazonaws.com

Options:
  -h, --help                     Show this help
  -v, --version                  Show the version

FILE is a path, or - for standard input. It holds the whole answer of AWS, or one of its pages. Several FILEs are
imported together, in one step: either all of them are stored or nothing is. Together they may hold 32 MiB.

Commands work on the directory that the settings name, whether a gateway is running on it or not. They are environment
variables: ROLEGATE_DATA_DIR (.rolegate in the working folder), or DATABASE_URL for a PostgreSQL server. With a gateway
running, a command asks that gateway, as its operator (ROLEGATE_OPERATOR_TOKEN, or the token in the data folder).

Exit codes: 0 done, 1 refused or failed (nothing was stored), 2 wrong usage or settings.
`;
