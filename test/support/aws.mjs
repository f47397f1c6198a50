#!/usr/bin/env node
// Stands for the `aws` command: aws-answers.mjs says how it answers.
import { answerCommand } from './aws-answers.mjs';

const { exitCode, stdout, stderr, hangs } = answerCommand(process.argv.slice(2), process.env);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
if (hangs) setTimeout(() => undefined, 600_000);
