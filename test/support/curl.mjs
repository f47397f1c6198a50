// As much of curl as the guides use: -s, -H, -d and -o, on machines that may not have it.
import { writeFileSync } from 'node:fs';

const [, , ...args] = process.argv;
const headers = {};
let body;
let url;
let file;
for (let i = 0; i < args.length; i += 1) {
  if (args[i] === '-s') continue;
  if (args[i] === '-H') {
    i += 1;
    const colon = args[i].indexOf(':');
    headers[args[i].slice(0, colon)] = args[i].slice(colon + 1).trim();
  } else if (args[i] === '-d') {
    i += 1;
    body = args[i];
  } else if (args[i] === '-o') {
    i += 1;
    file = args[i];
  } else url = args[i];
}
const response = await fetch(url, { method: body === undefined ? 'GET' : 'POST', headers, body });
const text = await response.text();
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);
