// A new process takes the listening socket from the old one, twenty times under load: nobody is refused (F25). And
// clients that vanish at any moment leave nothing behind (F24).
import assert from 'node:assert/strict';
import { request, Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '../browser/support/client.mjs';
import { Installation } from '../browser/support/installation.mjs';
import { Child, program, source, until } from '../browser/support/processes.mjs';

test('twenty restarts under load refuse nobody', async () => {
  const installation = await Installation.make({ realClock: true });
  installation.fill([['amy', 'amy@example.org', '']]);
  const supervisor = new Child('/usr/bin/python3',
    [join(source, 'tests/faults/supervisor.py'), String(installation.port), program, '--config', installation.config, 'serve'],
    { env: { ...installation.env, LATCHKEY_SERVER_LISTEN: 'fd:3', LATCHKEY_LOGGING_FORMAT: 'text' } });
  let starts = 0;
  async function start() {
    ++starts;
    supervisor.process.stdin.write('\n');
    await until('a start', () => supervisor.errors.split('server.started').length > starts);
    return Number(supervisor.lines.filter((line) => /^\d+$/.test(line)).at(-1));
  }
  let server = await start();

  let ended = false;
  let answers = 0;
  const faults = [];
  const agent = new Agent({ keepAlive: false });
  const ask = () => new Promise((done) => {
    const call = request({ host: '127.0.0.1', port: installation.port, path: '/p/reset', agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode !== 200) faults.push(`answered ${response.statusCode}`);
        ++answers;
        done();
      });
    });
    call.on('error', (error) => { faults.push(error.message); done(); });
    call.end();
  });
  const people = Array.from({ length: 8 }, async () => { while (!ended) await ask(); });
  for (let i = 0; i < 20; ++i) {
    const former = server;
    server = await start();
    process.kill(former, 'SIGTERM');
    await until('the end of the former', () => supervisor.lines.includes(`${former} 0`));
  }
  ended = true;
  await Promise.all(people);
  process.kill(server, 'SIGTERM');
  await until('the last end', () => supervisor.lines.includes(`${server} 0`));
  await supervisor.stop();
  await installation.stop();
  assert.deepEqual(faults, []);
  assert.ok(answers > 200, `${answers} answers`);
});

test('clients that vanish at any byte, or while a password is hashed, leave nothing behind', async () => {
  const installation = await Installation.make({ realClock: true });
  installation.fill([['amy', 'amy@example.org', 'an old password of hers']]);
  const server = await installation.serve();
  const client = new Client(installation.url);
  await client.get('/sign-in');
  const { action, fields } = client.form('/sign-in');
  const body = new URLSearchParams({ ...fields, user_name: 'amy', password: 'a wrong password' }).toString();
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const message = `POST ${action} HTTP/1.1\r\nHost: 127.0.0.1:${installation.port}\r\nCookie: ${cookie}\r\n` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const vanish = (bytes, how = 'resetAndDestroy') => new Promise((done) => {
    const socket = connect(installation.port, '127.0.0.1', () => socket.write(message.slice(0, bytes), () => { socket[how](); done(); }));
    socket.on('error', done);
  });
  const entries = () => JSON.parse(installation.command('audit', 'verify', '--json')).entries;
  const earlier = entries();
  const before = server.sockets;
  for (let i = 0; i < 1000; i += 20)
    await Promise.all(Array.from({ length: 20 }, (_, k) => vanish(1 + Math.floor(((message.length - 2) * (i + k)) / 1000))));
  await Promise.all(Array.from({ length: 4 }, () => vanish(message.length, 'destroy')));
  await until('the descriptors', () => server.sockets <= before);
  assert.equal((await client.get('/p/reset')).status, 200);
  // Four whole messages: their tries count although nobody waited for the verdict (S11).
  await until('the tries', () => entries() - earlier === 4);
  await installation.stop();
});
