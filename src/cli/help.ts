export const HELP = `Usage: rolegate COMMAND

Commands:
  start                          Start the gateway (as \`npm start\` does)
  settings                       Print every setting that would be in force, and where it is from
    --json                         Print lines of JSON
    --config FILE                  With any command: settings in a JSON file, by their names; the environment counts first
    --port N, --data-dir DIR ...   With start and settings: any setting but a secret, by its name without ROLEGATE_
  status                         Say whether the gateway on the data folder is ready (exit code 1: it is not)
    --json                         Print it as JSON
  version                        Print the version, and what it runs on
  import PATH...                 Import accounts, organizations and resources
    --account-name NAME            Name of the account in the files, if there is one
    --json                         Print the report as JSON
  export DIR                     Write the directory to a folder, as JSON files that import reads
  export --schema                Print the JSON Schema of those files
  backup FILE                    Write the whole directory to a file: with access keys, sessions and the audit trail
    --with-keys                    With the master key, wrapped with a passphrase
    --passphrase-file FILE         The passphrase (otherwise ROLEGATE_BACKUP_PASSPHRASE, or it is asked for)
  restore FILE                   Put a backup where there is no directory. Sessions, sign-ins and checkers end
    --keep-credentials             They go on
    --passphrase-file FILE         The passphrase of the keys in it
  audit export [FILE]            Write the audit trail as lines of JSON to FILE, which is gone on with, or standard output
    --after N                      Only events behind event N
  check                          Read all that is stored, and say what is wrong with it
    --json                         Print what is found as JSON
  check-policy FILE              Say what is wrong with a policy document (- for standard input); no directory is opened
    --kind KIND                    identity, boundary, session, trust, resource, vpce, scp or rcp (otherwise what it looks like)
    --against FILE                 Fail if it grants anything that the document in this FILE does not
    --no-public                    Fail if the policy of a resource, or a trust policy, grants access to the public
    --not-granted ACTION...        Fail if it grants one of these actions
    --on RESOURCE...               On one of these resources (otherwise on any)
    --json                         Print everything as JSON
    --format github                Print annotations of GitHub Actions
  can PRINCIPAL ACTION RESOURCE  Say whether a principal may do something, in AWS's sentence; the exit code says it too
    --role ARN                     In this role
    --context KEY=VALUE            A condition key of the request; several for several keys and values
    --resource-account ID          Owner of a bucket that the directory does not hold
    --explain                      Print what each layer of policies says
  who-can ACTION RESOURCE        List the users and roles that may do it, and whom else the policy of the resource lets in
    --conditional                  Those too that may do it under conditions
    --context, --resource-account  As with can
  effective PRINCIPAL            Print how many actions of each service a principal may do
    --service PREFIX               Print each action of this service, and on what; several for several services
    --role, --context              As with can
  compare PRINCIPAL --role ARN   Print what a principal gains, loses and has changed in a role
    --other PRINCIPAL              What this one has and the first has not (in the role, if it is given), and the other way round
    --other-role ARN               With --other: that one in this role
    --context KEY=VALUE            For requests that have this condition key; several for several keys and values
    --service PREFIX               Of this service alone; several for several services
  roles PRINCIPAL                List the roles that a principal can assume
    --depth N                      One after the other, up to N (1 to 4)
  routes PRINCIPAL --need ACTION=RESOURCE...
                                 Print which of these needs it meets as itself, and which in each role
  escalations PRINCIPAL          List the ways by which a user or role comes to permissions that it does not have
    --all                          Those of all users and roles
    --account ID                   Those of the users and roles of this account; several for several accounts
    --depth N                      With up to N steps, 1 to 5 (3)
  findings                       List what somebody should look at in the policies of the directory, the worst first
    --kind KIND                    Of this kind, such as public-access; several for several kinds
    --account ID                   In this account; several for several accounts
    --acknowledged                 Those that were set apart, with the reason, instead of the others
    --fail-on WEIGHT               Fail if one weighs as much: critical, high, medium or low
    --format github                Print annotations of GitHub Actions
  graph                          Draw who may become whom, and who reaches what, as SVG
    --around NAME                  A principal, a resource or an account (otherwise all accounts)
    --depth N                      Roles that are assumed one after the other, 1 to 4 (1)
    -o, --output FILE              Where it is written (otherwise standard output)
    --dot                          In the language of Graphviz
  query FILE                     Ask with a GraphQL document of your own (- for standard input), and print its data
    --variables FILE               A JSON object
  preview FILE                   Say what changes would do to everybody; FILE is a JSON list of them (- for standard input)
    --fail-if-gains ACTION...      Fail if anybody gains one of these actions
    --json                         Print everything as JSON, with terms
    --format github                Print annotations of GitHub Actions
  rotate-master-key              Begin a generation of the master key: new keys and tokens are of it, others go on
    --prepare                      Only put its key into the file, for all gateways to have it first
  keys                           List access keys, sessions, checkers, MFA devices and signing keys by generation
    --generation N                 Those of one generation
    --retire N                     End a generation and everything of it, at once
    --json                         Print lines of JSON
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
  credentials --role ARN         Print credentials of a role, as the \`credential_process\` of AWS's clients
  env --role ARN                 Print what sets them in a shell: eval "$(rolegate env --role ARN)"
    --shell NAME                   With env: posix (otherwise), powershell or cmd
    --session-name NAME            Name of the session (otherwise rolegate-session- and the time)
    --duration-seconds N           How long it lasts (3600)
    --external-id ID               What the role's trust policy may ask for
    --source-identity NAME         Who is behind the session
    --tags KEY=VALUE               A session tag; several for several tags
    --serial-number ARN            Your MFA device: its code is asked for, or is the first line of standard input
  metadata --role ARN            Serve a role's credentials on the loopback address to one workload, renewed in time
    --service NAME                 The service whose key this is, such as ecs-tasks.amazonaws.com
    --session-name NAME            Name of the session, which names the workload
    --tags KEY=VALUE               A session tag; several for several tags
  metadata --instance-profile ARN --instance-id ID
                                 The same for an instance (service: ec2.amazonaws.com)
    --duration-seconds N           How long each session lasts (3600)
    --source-arn ARN               The resource for which the service assumes the role: aws:SourceArn
    --source-account ID            Its account: aws:SourceAccount
    --token-file FILE              Where the workload's token is put (otherwise in a folder of its own)
    --imds                         Answer as instance metadata (IMDSv2) too: every user of the machine can take the role
    --availability-zone NAME       With --imds: where the instance is (us-east-1a)
    --port N                       Port to listen on (any free one)
    --ipv6                         Listen on ::1 too

  credentials, env and metadata ask with the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or:
    --profile NAME                 That of a profile in ~/.aws/credentials or ~/.aws/config
    --key-file FILE                That in a file of the form of ~/.aws/credentials
    --url URL                      The gateway (otherwise ROLEGATE_URL, or the one that runs on the data folder)

  can, who-can, effective, compare, roles, routes, escalations, findings, graph, query and preview ask the gateway that runs on the
  directory of the settings, or that directory itself if none runs, as the operator; they make no directory. Others ask as
  whoever has the token or key:
    --url URL                      Another gateway (otherwise ROLEGATE_URL)
    --token-file FILE              A bearer token (otherwise ROLEGATE_TOKEN)
    --profile, --key-file          A key, as with credentials
    --first N                      Entries of a list (otherwise all)
    --json                         Print GraphQL's data, with the nodes of all pages

Options:
  -h, --help                     Show this help
  -v, --version                  Show the version

PATH is a file, a folder, an archive (.zip, .tar, .tar.gz), or - for standard input. All are imported together, in one
step: either everything in them is stored or nothing is. They may hold, in any order and mix, what
\`aws iam get-account-authorization-details\` and other commands of \`aws\` print, folders that iam-collect writes,
snapshots or query results of AWS Config, and exports (or other files of their schema). What is not recognised is named and left alone. Together they may hold 512 MiB
unpacked, one file 128 MiB. Links in folders and archives are not followed.

DIR is made, or is empty, or holds an earlier export, which is replaced. An export holds everything but access keys,
MFA devices, sessions and the audit trail.

\`import\`, \`export\`, \`audit export\`, \`backup\`, \`check\`, \`rotate-master-key\`, \`keys\` and \`access-key\` work on the directory that the settings name, whether a gateway is running on it
or not. Settings are environment variables, or in the file of --config: ROLEGATE_DATA_DIR (.rolegate in the working folder), or DATABASE_URL for a
PostgreSQL server. With a gateway running, a command asks that gateway, as its operator (ROLEGATE_OPERATOR_TOKEN, or the
token in the data folder).

Exit codes: 0 done, 1 refused or failed (nothing was stored; check: something is wrong; check-policy: an error, or a check that is not passed; can: denied;
preview: a change that is refused, or somebody gains what must not be gained, or may gain it), 3 can: no answer, 2 wrong usage or settings,
141 a list that nobody reads any more.
`;
