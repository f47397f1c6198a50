import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { openCatalog } from './dist/catalog/catalog.js';
import { openDirectory } from './dist/directory/prisma/open-directory.js';
import { startPostgres } from './test/support/postgres-server.ts';
import { entitiesIn, FULL_SIZE, organizationOf } from './test/bench/import/organization.ts';
const catalog = await openCatalog();
const document = organizationOf(FULL_SIZE);
const entities = entitiesIn(document);
async function cpu(pids: number[]) { let s = []; for (const p of pids) { const t = await readFile(`/proc/${p}/stat`,'utf8'); const f=t.slice(t.lastIndexOf(')')+2).split(' '); s.push((Number(f[11])+Number(f[12]))/100);} return s; }
const server = await startPostgres();
const url = await server.createDatabase();
const w = new Client({connectionString:url}); await w.connect();
let current=''; let since=0; const spent=new Map<string,[number,number]>();
const note=()=>{ if(current){const e=spent.get(current)??[0,0]; e[0]+=performance.now()-since; e[1]++; spent.set(current,e);} };
const directory = await openDirectory({kind:'server',url, onStatement:(t:string)=>{ note(); current=t.replace(/\s+/g,' ').slice(0,60); since=performance.now(); }} as never, catalog);
const E=process.env;
if(E.NOGIN) for (const t of ['User','Role','Group','ManagedPolicy','Account','Resource']) await w.query(`DROP INDEX IF EXISTS "${t}_substring"`);
if(E.NONAME) for (const t of ['User','Role','Group','ManagedPolicy','Account','Resource']) await w.query(`DROP INDEX IF EXISTS "${t}_named"`);
if(E.NOFK) for (const r of (await w.query(`SELECT conrelid::regclass::text t, conname c FROM pg_constraint WHERE contype='f'`)).rows) await w.query(`ALTER TABLE ${r.t} DROP CONSTRAINT "${r.c}"`);
if(E.PEND) for (const t of ['User','Role','Group','ManagedPolicy','Account','Resource']) await w.query(`ALTER INDEX "${t}_substring" SET (gin_pending_list_limit=${E.PEND})`);
const pids = async()=>[process.pid, ...(await w.query('SELECT pid FROM pg_stat_activity WHERE datname=current_database() AND pid<>pg_backend_pid()')).rows.map(r=>r.pid)];
for (const [name, doc] of (process.env.AGAIN?[['first',document],['again',document]]:[['first',document]]) as const) {
  const p = await pids(); const b = await cpu(p); const t=performance.now(); spent.clear(); current='';
  const { Session } = await import('node:inspector/promises'); let ses: any; if (process.env.PROF) { ses=new Session(); ses.connect(); await ses.post('Profiler.enable'); await ses.post('Profiler.setSamplingInterval',{interval:500}); await ses.post('Profiler.start'); }
  await directory.apply(doc); note();
  if (ses) { const { profile } = await ses.post('Profiler.stop'); (await import('node:fs')).writeFileSync('/tmp/prof11/apply.cpuprofile', JSON.stringify(profile)); }
  const a = await cpu(p); const d = a.map((x,i)=>x-(b[i]??0)); const clock=(performance.now()-t)/1000;
  console.log(name, 'clock', clock.toFixed(2), 'gateway', d[0]?.toFixed(2), 'server', d.slice(1).reduce((x,y)=>x+y,0).toFixed(2), 'rate', Math.round(entities/d.reduce((x,y)=>x+y,0)));
  for (const [k,[ms,n]] of [...spent].sort((x,y)=>y[1][0]-x[1][0]).slice(0,Number(process.env.TOP??14))) console.log('   ', ms.toFixed(0).padStart(6), String(n).padStart(4), k);
}
await directory.close(); await w.end(); await server.stop(); process.exit();
