export const HELP = `Usage: rolegate COMMAND

Commands:
  start                          Start the gateway (as \`npm start\` does)
  import PATH...                 Import accounts, organizations and resources
    --account-name NAME            Name of the account in the files, if there is one
    --json                         Print the report as JSON
  access-key create USER_ARN     Make an access key for a user, to sign in with
  access-key create SERVICE      Make one for a service, such as ec2.amazonaws.com

Options:
  -h, --help                     Show this help
  -v, --version                  Show the version

PATH is a file, a folder, an archive (.zip, .tar, .tar.gz), or - for standard input. All are imported together, in one
step: either everything in them is stored or nothing is. They may hold, in any order and mix, what
\`aws iam get-account-authorization-details\` and other commands of \`aws\` print, folders that iam-collect writes, and
snapshots or query results of AWS Config. What is not recognised is named and left alone. Together they may hold 512 MiB
unpacked, one file 128 MiB. Links in folders and archives are not followed.

Commands work on the directory that the settings name, whether a gateway is running on it or not. They are environment
variables: ROLEGATE_DATA_DIR (.rolegate in the working folder), or DATABASE_URL for a PostgreSQL server. With a gateway
running, a command asks that gateway, as its operator (ROLEGATE_OPERATOR_TOKEN, or the token in the data folder).

Exit codes: 0 done, 1 refused or failed (nothing was stored), 2 wrong usage or settings.
`;
