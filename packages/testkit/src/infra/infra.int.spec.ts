import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { eventually } from '../eventually';
import { freePort } from './child';
import { startNats } from './nats';
import { startPostgres } from './postgres';

describe('startPostgres', () => {
  it('starts a throw-away cluster and leaves nothing behind', async () => {
    const postgres = await startPostgres();
    expect(await value(postgres.url, 'SHOW server_version')).toBe('18.4');
    expect(await value(postgres.url, 'SHOW server_encoding')).toBe('UTF8');
    await postgres.stop();
    expect(isAlive(postgres.pid)).toBe(false);
    expect(existsSync(dirname(postgres.logFile))).toBe(false);
    await expect(value(postgres.url, 'SELECT 1')).rejects.toThrow();
  });

  it('keeps data, password and durability in its folder, even when killed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'atrium-spec-'));
    try {
      const port = await freePort();
      const first = await startPostgres({ dir, port });
      expect(await value(first.url, 'SHOW fsync')).toBe('on');
      await value(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
      await expect(value(first.url.replace(first.password, 'wrong'), 'SELECT 1')).rejects.toThrow(/password/);
      await expect(startPostgres({ port })).rejects.toThrow(`port ${port} for PostgreSQL is already in use`);
      await first.kill();
      const second = await startPostgres({ dir, port });
      expect(second.url).toBe(first.url);
      expect(await value(second.url, 'SELECT n FROM kept')).toBe(7);
      await second.stop();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('startNats', () => {
  it('keeps acknowledged messages over a kill, loses them when the store is wiped, stops cleanly', async () => {
    const nats = await startNats();
    const before = await connect({ servers: nats.url });
    await (await jetstreamManager(before)).streams.add({ name: 'S', subjects: ['s.>'] });
    await jetstream(before).publish('s.one', 'x');
    await before.close();

    await nats.kill();
    await nats.restart();
    expect(await streamMessages(nats.url)).toEqual([1]);
    await nats.restart({ wipe: true });
    expect(await streamMessages(nats.url)).toEqual([]);

    await nats.stop();
    expect(isAlive(nats.pid())).toBe(false);
    expect(existsSync(dirname(nats.logFile))).toBe(false);
  });
});

describe('a server whose starter is killed', () => {
  it('ends as well, and its folder goes', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'atrium-spec-'));
    // The guard is plain shell; the starter here is a small program with the same code, killed without warning.
    const code = `require('@swc/core');const{transformFileSync}=require('@swc/core');const M=require('module');
      M._extensions['.ts']=(m,f)=>m._compile(transformFileSync(f,{jsc:{target:'es2022',parser:{syntax:'typescript'}},module:{type:'commonjs'},swcrc:false}).code,f);
      require(process.argv[1]).startServerChild({command:'/bin/sleep',args:['600'],logFile:process.argv[2]+'/log',stopSignal:'SIGINT',removeOnOrphan:process.argv[2]})
      .then(c=>{console.log(c.pid);setInterval(()=>{},1000)})`;
    const starter = spawn(process.execPath, ['-e', code, join(__dirname, 'child.ts'), dir]);
    const pid = await new Promise<number>((resolve) => starter.stdout.once('data', (text) => resolve(Number(text))));
    expect(isAlive(pid)).toBe(true);
    starter.kill('SIGKILL');
    await eventually(() => !existsSync(dir), { what: 'the end of the server and its folder' });
    expect(isAlive(pid)).toBe(false);
  });
});

async function value(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return (rows as unknown[][])[0]?.[0];
  } finally {
    await client.end();
  }
}

async function streamMessages(url: string): Promise<number[]> {
  const connection = await connect({ servers: url });
  try {
    const counts: number[] = [];
    for await (const stream of (await jetstreamManager(connection)).streams.list()) counts.push(stream.state.messages);
    return counts;
  } finally {
    await connection.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
