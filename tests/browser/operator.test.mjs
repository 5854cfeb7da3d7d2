// The commands as an operator uses them: what they print, what they change and how they end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { definitions, Installation } from './support/installation.mjs';
import { until } from './support/processes.mjs';

const password = 'an old password of hers';

/** Ends so, having said this on standard output or error; returns both. */
function ends(installation, status, said, ...args) {
  const { status: ended, stdout, stderr } = installation.attempt(...args);
  assert.equal(ended, status, `${args.join(' ')}: ${stdout}${stderr}`);
  const quiet = status === 0 ? stderr : stdout;
  const loud = status === 0 ? stdout : stderr;
  assert.match(loud, said);
  return { loud, quiet };
}

const typed = (line) => ({ input: line + '\n' });
const shown = (installation, name) => JSON.parse(installation.command('user', 'show', name, '--json'));

/** The status of a sign-in's last page: 200 is welcome. */
async function signIn(installation, name, secret) {
  const client = new Client(installation.url);
  await client.get('/sign-in');
  const page = await client.send(client.form('/sign-in'), { user_name: name, password: secret });
  return page.path === '/account' ? 200 : page.status;
}

describe('An operator', () => {
  let installation;

  before(async () => { installation = await Installation.make(); });
  after(() => installation.stop());

  test('begins with init, which keeps secrets to the owner and never overwrites', () => {
    const names = ['latchkey.toml', 'latchkey.key', 'latchkey.db'];
    for (const name of names)
      assert.equal((statSync(join(installation.folder, name)).mode & 0o777).toString(8), '600', name);
    const files = () => ['latchkey.toml', 'latchkey.key'].map((name) => installation.read(name).toString());
    const before = files();
    ends(installation, 0, /latchkey\.toml is there already and stays as it is/, 'init', '--public-url', 'http://other.example/', '--organisation', 'Other');
    assert.deepEqual(files(), before);
  });

  test('who gives init something wrong finds nothing written', async () => {
    const config = installation.config;
    installation.config = join(installation.folder, 'second', 'latchkey.toml');
    ends(installation, 1, /server\.public_url must begin with https:\/\//, 'init', '--public-url', 'reset.example.org');
    assert.ok(!existsSync(installation.config));
    installation.config = config;
  });

  test('makes the first administrator by options alone, with a good password only', async () => {
    const other = await Installation.make();
    ends(other, 1, /password is refused:\n.*15 characters/, 'init', '--administrator', 'root', '--password-file', '-', typed('short'));
    ends(other, 1, /there is no user root/, 'user', 'show', 'root');
    ends(other, 0, /Made the administrator root/, 'init', '--administrator', 'root', '--password-file', '-', typed(password));
    assert.deepEqual(shown(other, 'root').roles, ['administrator']);
    await other.stop();
  });

  test('who lost the key file is told to put it back, and gets no new one', async () => {
    const other = await Installation.make();
    other.fill([['amy', 'amy@example.org', '']]);
    const key = join(other.folder, 'latchkey.key');
    renameSync(key, key + '.away');
    for (const args of [['user', 'show', 'amy'], ['init'], ['serve']]) ends(other, 1, /key/, ...args);
    assert.ok(!existsSync(key));
    renameSync(key + '.away', key);
    assert.equal(shown(other, 'amy').user_name, 'amy');
    await other.stop();
  });

  describe('with definitions', () => {
    const file = (name, content) => installation.file(name, content);
    const exported = () => installation.command('config', 'export');

    test('applies, exports, compares and applies again without a change', () => {
      const good = file('good.json', definitions());
      assert.equal(installation.command('config', 'check', good), `${good}: fine.\n`);
      assert.match(installation.command('config', 'diff', good), /^\+ .*email_code/m);
      assert.equal(installation.command('config', 'apply', good), 'Published reset.\n');
      const text = exported();
      for (const same of [good, file('exported.json', text)]) {
        assert.equal(installation.command('config', 'check', same), `${same}: fine.\n`);
        assert.equal(installation.command('config', 'diff', same), 'No differences.\n');
        assert.equal(installation.command('config', 'apply', same), 'Applied; no process changed.\n');
      }
      assert.equal(exported(), text);
    });

    test('sees in a diff what would change, and only that', () => {
      const changed = file('changed.json', definitions((all) => { all.processes[0].title.en = 'Forgot it'; }));
      assert.equal(installation.command('config', 'diff', changed),
        '- /processes/reset/title/en "Reset my password"\n+ /processes/reset/title/en "Forgot it"\n');
    });

    const broken = {
      'bad JSON': ['{\n  "settings": {},\n  "processes": [,]\n}\n', /bad\.json:3: syntax error/],
      'a key twice': ['{\n  "settings": {},\n  "settings": {}\n}\n', /bad\.json:3: .*settings/],
      'no object': [[], /bad\.json: \/: This must be an object/],
      'an unknown type': [definitions((all) => { all.verifications[0].type = 'emial_code'; }),
        /bad\.json: \/verifications\/0\/type: .*“emial_code”/],
      'a misspelt key': [definitions((all) => { all.processes[0].identify_bye = ['email']; }),
        /bad\.json: \/processes\/0\/identify_bye: .*Did you mean “identify_by”\?/],
      'a verification that is not there': [definitions((all) => { all.processes[0].verifications[0].verification = 'sms'; }),
        /bad\.json: \/processes\/0\/verifications\/0\/verification: /],
      'a setting out of range': [definitions((all) => { all.verifications[0].settings = { expires_in: '3h' }; }),
        /bad\.json: \/verifications\/0\/settings\/expires_in: /],
      'an unknown setting': [definitions((all) => { all.settings['limits.surprise'] = 1; }),
        /bad\.json: \/settings\/limits\.surprise: /],
    };
    for (const [what, [content, said]] of Object.entries(broken))
      test(`is shown the place of ${what}, and nothing changes`, () => {
        const before = exported();
        const bad = file('bad.json', content);
        for (const command of ['check', 'diff', 'apply']) ends(installation, 1, said, 'config', command, bad);
        ends(installation, 1, /Nothing was changed\.$/m, 'config', 'apply', bad);
        assert.equal(exported(), before);
      });

    test('reads every mistake of a file at once', () => {
      const bad = file('bad.json', definitions((all) => {
        all.processes[0].slug = 'Bad Slug';
        all.processes[0].surprise = 1;
        all.verifications[0].type = 'nothing';
      }));
      const { loud } = ends(installation, 1, /Nothing was changed/, 'config', 'apply', bad);
      for (const pointer of ['/verifications/0/type', '/processes/0/slug', '/processes/0/surprise'])
        assert.ok(loud.includes(`bad.json: ${pointer}: `), pointer);
    });

    test('is told the name of a file that is not there', () => {
      for (const args of [['config', 'apply'], ['config', 'check'], ['import', 'users'], ['restore']])
        ends(installation, 1, /^latchkey: .*nowhere\.file:? cannot be read$/m, ...args, 'nowhere.file');
    });
  });

  describe('with people', () => {
    const csv = [
      'employee_number,user_name,email,roles,password,team',
      `1,"lee, amy",amy@example.org,service_desk;auditor,${password},blue`,
      '2,bob,not an address,,,',
      '3,"LEE, amy",other@example.org,,,',
      '4,carl,carl@example.org,king,,',
      '5,dora',
      ',,empty@example.org,,,',
      '7,"eve\nof two lines",,,,',
      '8,frank,frank@example.org,,,"red ""2"""',
    ].join('\r\n') + '\r\n';

    const reasons = {
      3: /email "not an address" is not a mail address/, 4: /user_name stands on line 2 already/,
      5: /role "king" is none of administrator, service_desk, auditor/, 6: /has 2 fields, the header has 6/,
      7: /user_name is empty/, 8: /user_name contains control characters/,
    };

    test('reads each bad line of a file by number and reason, and nothing is imported', () => {
      const people = installation.file('people.csv', csv);
      const { loud } = ends(installation, 1, /Nothing was imported\./, 'import', 'users', people);
      for (const [line, reason] of Object.entries(reasons))
        assert.match(loud.split('\n').find((text) => text.startsWith(`${people}:${line}: `)) ?? '', reason);
      const report = JSON.parse(installation.attempt('import', 'users', '--json', people).stdout);
      assert.deepEqual([report.added, report.updated], [0, 0]);
      assert.deepEqual(report.problems.map(({ line }) => String(line)), Object.keys(reasons));
      ends(installation, 1, /there is no user frank/, 'user', 'show', 'frank');
    });

    test('imports the good lines with --keep-going, and again without doubling anyone', () => {
      const people = installation.file('people.csv', csv);
      const { quiet } = ends(installation, 1, /:3: /, 'import', 'users', '--keep-going', people);
      assert.equal(quiet, 'Added 2, updated 0, unchanged 0, refused 6.\n');
      const amy = shown(installation, 'LEE, Amy');
      assert.deepEqual([amy.user_name, amy.roles, amy.attributes],
        ['lee, amy', ['service_desk', 'auditor'], { email: 'amy@example.org', employee_number: '1', team: 'blue' }]);
      assert.equal(shown(installation, 'frank').attributes.team, 'red "2"');
      ends(installation, 1, /:3: /, 'import', 'users', '--keep-going', people);
      assert.equal(shown(installation, 'lee, amy').id, amy.id);
    });

    test('is told what is wrong with a whole file', () => {
      const refuse = (content, said) => ends(installation, 1, said, 'import', 'users', installation.file('bad.csv', content));
      refuse('', /:1: the file is empty/);
      refuse('name,email\namy,amy@example.org\n', /:1: there is no column user_name/);
      refuse('user_name,email,email\n', /:1: column email stands twice/);
      refuse('user_name\n"amy\nbob\n', /:2: a quote is opened and never closed/);
    });

    test('changes nothing in a dry run, nor by a column that a file does not have', () => {
      const file = installation.file('some.csv', 'user_name,team\n"lee, amy",green\nnew,red\n');
      ends(installation, 0, /^Dry run, nothing was imported\. Added 1, updated 1, unchanged 0, refused 0\.$/m, 'import', 'users', '--dry-run', file);
      assert.equal(shown(installation, 'lee, amy').attributes.team, 'blue');
      ends(installation, 0, /Added 1, updated 1/, 'import', 'users', file);
      const amy = shown(installation, 'lee, amy');
      assert.deepEqual([amy.attributes.team, amy.attributes.email, amy.roles], ['green', 'amy@example.org', ['service_desk', 'auditor']]);
      ends(installation, 0, /Added 0, updated 0, unchanged 2/, 'import', 'users', file);
    });

    test('imports no password that the rules refuse, and disabled people as disabled', () => {
      const file = installation.file('weak.csv', `user_name,password,disabled\nweak,short,\ngone,${password},true\nodd,,maybe\n`);
      const { loud } = ends(installation, 1, /Nothing was imported/, 'import', 'users', file);
      assert.match(loud, /:2: the password is refused, leave it empty or choose another: .*15 characters/);
      assert.match(loud, /:4: disabled must be true, false or empty/);
      assert.doesNotMatch(loud, /short/);
      ends(installation, 1, /:2: /, 'import', 'users', '--keep-going', file);
      assert.equal(shown(installation, 'gone').disabled, true);
    });

    test('exports people so that a spreadsheet runs no formula and an import gives the same again', () => {
      installation.command('import', 'users', installation.file('formula.csv', 'user_name,display_name\n=1+1,"\'\'=2+2"\n'));
      const text = installation.command('export', 'users');
      assert.match(text, /^user_name,email,phone,/);
      assert.doesNotMatch(text, /password|argon|(^|,)"?[=+@-]/m);
      const count = text.trimEnd().split('\r\n').length - 1;
      ends(installation, 0, new RegExp(`Added 0, updated 0, unchanged ${count}, refused 0`), 'import', 'users', installation.file('again.csv', text));
      assert.equal(shown(installation, '=1+1').attributes.display_name, "'=2+2");
      const lines = installation.command('export', 'users', '--json').trimEnd().split('\n').map((line) => JSON.parse(line));
      assert.equal(lines.find(({ user_name: name }) => name === 'lee, amy').roles, 'service_desk;auditor');
    });

    test('imports enrollments with a report by line, and exports them without secrets', () => {
      installation.command('config', 'apply', installation.file('factors.json', definitions((all) =>
        all.verifications.push({ name: 'app', type: 'authenticator', title: { en: 'App' } }))));
      const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
      const file = installation.file('held.csv', '\uFEFFuser_name,verification,address,name,key\r\n' +
        '"LEE, amy",email-code,zoë@bücher.example,"At home, ""upstairs""",\r\nfrank,app,,,' + key + '\r\n' +
        'frank,email-code,nowhere,,\r\nnobody,app,,,' + key + '\r\nfrank,email-code,a@b.example,,' + key + '\r\n');
      const { loud } = ends(installation, 1, /Nothing was imported/, 'import', 'enrollments', file);
      assert.deepEqual(loud.match(/held\.csv:\d+/g), ['held.csv:4', 'held.csv:5', 'held.csv:6']);
      assert.ok(!loud.includes(key), 'no secret in a report');
      assert.deepEqual(shown(installation, 'frank').enrollments, []);
      ends(installation, 1, /:4: /, 'import', 'enrollments', '--keep-going', file);
      assert.equal(shown(installation, 'lee, amy').enrollments[0].state, 'imported');
      const text = installation.command('export', 'enrollments');
      assert.ok(!text.includes(key));
      assert.match(text, /^"lee, amy",email-code,zoë@xn--bcher-kva\.example,"At home, ""upstairs""",,imported,import,20/m);
      const record = installation.read('latchkey.db').toString('latin1');
      assert.ok(!record.includes(key) && !record.includes('b\u00fccher'));
    });

    test('exports the record, all of it or what is new, with what its chain is made of', () => {
      const entries = (...args) => installation.command('audit', 'export', ...args).trimEnd().split('\n');
      const all = entries().map((line) => JSON.parse(line));
      assert.deepEqual(all.map(({ sequence }) => sequence), all.map((_, index) => index + 1));
      assert.equal(all.at(-1).entry.reason, 'export audit');
      assert.match(all[0].link, /^[0-9a-z]{52}$/);
      assert.deepEqual(JSON.parse(entries('--after', String(all.length))[0]).sequence, all.length + 1);
      const [header, first] = entries('--csv');
      assert.equal(header.trim(), 'sequence,at,type,actor,account,request,channel,network,reason,details,link');
      assert.match(first, /^1,20\d\d-/);
      ends(installation, 2, /--after/, 'audit', 'export', '--after', '-1');
    });

    test('asks the doctor, who names what is wrong and what to do, and looks at the rest all the same', () => {
      const examined = () => JSON.parse(installation.attempt('doctor', '--json').stdout);
      const about = (what) => examined().filter((finding) => finding.about === what && finding.level !== 'good').map((finding) => finding.what);
      assert.match(about('email')[0], /the peer does not take messages/);
      assert.deepEqual(about('database and keys'), []);
      assert.equal(installation.attempt('doctor').status, 1);
      const key = join(installation.folder, 'latchkey.key');
      chmodSync(key, 0o644);
      assert.match(about('database and keys')[0], /can be read by others: run chmod 600/);
      chmodSync(key, 0o600);
      const env = { ...installation.env };
      Object.assign(installation.env, { LATCHKEY_SERVER_PUBLIC_URL: 'http://reset.example.org/', LATCHKEY_SERVER_LISTEN: '0.0.0.0:80',
        LATCHKEY_SERVER_TRUSTED_PROXIES: '0.0.0.0/0', LATCHKEY_ENROLLMENT_CHECK_URL: 'https://check.example/', LATCHKEY_ENROLLMENT_CHECK_SECRET: 'weak' });
      assert.equal(about('address').length, 2);
      assert.match(about('database and keys')[0], /enrollment_check: the secret must be whsec_/);
      installation.env = env;
    });

    test('erases a person after a confirmation, and the record stays whole', () => {
      const gone = shown(installation, 'gone').id;
      ends(installation, 1, /cannot be undone: confirm it with --yes/, 'user', 'erase', 'gone');
      ends(installation, 0, /^Erased\./, 'user', 'erase', 'gone', '--yes');
      ends(installation, 1, /there is no user gone/, 'user', 'show', 'gone');
      ends(installation, 0, /none changed or missing/, 'audit', 'verify');
      installation.command('user', 'add', 'gone');
      assert.notEqual(shown(installation, 'gone').id, gone);
    });

    test('adds, shows and refuses a person', () => {
      ends(installation, 0, /Added grace\./, 'user', 'add', 'grace', '--email', 'grace@example.org', '--roles', 'auditor',
        '--groups', 'staff;lab', '--locale', 'es', '--display-name', 'Grace "G" Lee', '--password-file', '-', typed(password));
      const grace = shown(installation, 'grace');
      assert.deepEqual([grace.groups, grace.roles, grace.locale, grace.disabled], [['staff', 'lab'], ['auditor'], 'es', false]);
      assert.equal(grace.attributes.display_name, 'Grace "G" Lee');
      assert.match(installation.command('user', 'show', 'grace'), /^email: grace@example\.org$/m);
      assert.doesNotMatch(JSON.stringify(grace) + installation.command('user', 'show', 'grace'), /password|argon/);
      ends(installation, 1, /there is a user GRACE already/, 'user', 'add', 'GRACE');
      ends(installation, 1, /email "x" is not a mail address/, 'user', 'add', 'henry', '--email', 'x');
      ends(installation, 1, /role "king" is none/, 'user', 'add', 'henry', '--roles', 'king');
      ends(installation, 1, /a password is needed/, 'user', 'set-password', 'grace');
      ends(installation, 1, /no user henry/, 'user', 'show', 'henry');
    });
  });

  describe('while the server is running', () => {
    before(() => installation.serve());

    test('sets a password, disables, enables and unlocks, and it counts at once', async () => {
      assert.equal(await signIn(installation, 'grace', password), 200);
      ends(installation, 1, /password is refused/, 'user', 'set-password', 'grace', '--password-file', '-', typed('grace grace'));
      ends(installation, 1, /that is the password already/, 'user', 'set-password', 'grace', '--password-file', '-', typed(password));
      ends(installation, 0, /Changed the password of grace/, 'user', 'set-password', 'grace', '--password-file', '-', typed('a newer password of hers'));
      assert.equal(await signIn(installation, 'grace', password), 401);
      assert.equal(await signIn(installation, 'grace', 'a newer password of hers'), 200);

      ends(installation, 0, /grace is disabled/, 'user', 'disable', 'grace');
      assert.equal(await signIn(installation, 'grace', 'a newer password of hers'), 401);
      ends(installation, 0, /grace is enabled/, 'user', 'enable', 'grace');
      assert.equal(await signIn(installation, 'grace', 'a newer password of hers'), 200);

      for (let i = 0; i < 5; ++i) await signIn(installation, 'grace', 'wrong');
      assert.equal(await signIn(installation, 'grace', 'a newer password of hers'), 429);
      assert.equal(shown(installation, 'grace').blocks.length, 1);
      ends(installation, 0, /All blocks of grace are over/, 'user', 'unlock', 'grace');
      assert.deepEqual(shown(installation, 'grace').blocks, []);
      assert.equal(await signIn(installation, 'grace', 'a newer password of hers'), 200);
    });

    test('ends the sessions of someone who is disabled', async () => {
      const client = new Client(installation.url);
      await client.get('/sign-in');
      await client.send(client.form('/sign-in'), { user_name: 'grace', password: 'a newer password of hers' });
      assert.equal((await client.get('/account')).path, '/account');
      installation.command('user', 'disable', 'grace');
      assert.equal((await client.get('/account')).path, '/sign-in');
      installation.command('user', 'enable', 'grace');
      assert.equal((await client.get('/account')).path, '/sign-in', 'enabling brings no session back');
    });

    test('publishes definitions, and pages show them at once', async () => {
      // A server that is asked a lot looks for another generation once in 10 ms.
      const page = (path) => new Client(installation.url).get(path);
      const renamed = definitions((all) => { all.processes[0].title.en = 'I forgot it'; });
      assert.equal(installation.command('config', 'apply', installation.file('renamed.json', renamed)), 'Published reset.\n');
      await until('the new title', async () => /I forgot it/.test((await page('/')).text), 500);
      installation.command('config', 'apply', installation.file('empty.json', {}));
      await until('404', async () => (await page('/p/reset')).status === 404, 500);
      installation.command('config', 'apply', installation.file('renamed.json', renamed));
    });

    test('migrates a database that is up to date, backs it up, and verifies the record', () => {
      assert.equal(installation.command('migrate'), 'The database is up to date.\n');
      const backup = join(installation.folder, 'running.backup');
      ends(installation, 0, /restored only with the key file/, 'backup', backup);
      assert.equal(statSync(backup).mode & 0o777, 0o600);
      ends(installation, 1, /running\.backup exists already/, 'backup', backup);
      ends(installation, 0, /entries, none changed or missing/, 'audit', 'verify');
    });
  });

  describe('who restores a backup', () => {
    let backup;
    let second;

    before(async () => {
      backup = join(installation.folder, 'night.backup');
      installation.command('backup', backup);
      installation.command('user', 'add', 'late');
      second = await Installation.make();
    });
    after(() => second.stop());

    test('is refused without the right key file, and nothing is replaced', () => {
      second.command('user', 'add', 'ivan');
      ends(second, 1, /root key/, 'restore', backup);
      ends(second, 1, /damaged/, 'restore', second.file('broken.backup', 'not a database'));
      assert.equal(shown(second, 'ivan').user_name, 'ivan');
    });

    test('has everything back in a new installation, and people sign in with the old password', async () => {
      copyFileSync(join(installation.folder, 'latchkey.key'), join(second.folder, 'latchkey.key'));
      ends(second, 0, /Restored\./, 'restore', backup);
      ends(second, 1, /no user ivan/, 'user', 'show', 'ivan');
      ends(second, 1, /no user late/, 'user', 'show', 'late');
      assert.equal(second.command('config', 'export'), installation.command('config', 'export'));
      assert.deepEqual(shown(second, 'lee, amy'), shown(installation, 'lee, amy'));
      await second.serve();
      assert.equal(await signIn(second, 'lee, amy', password), 200);
      assert.equal(await signIn(second, 'lee, amy', 'wrong'), 401);
      ends(second, 0, /none changed or missing/, 'audit', 'verify');
    });
  });

  describe('who verifies the record', () => {
    const verified = () => JSON.parse(installation.attempt('audit', 'verify', '--json').stdout);

    /** Runs SQL behind the program's back. */
    const tamper = (sql) => execFileSync('/usr/bin/python3', ['-c',
      'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()',
      join(installation.folder, 'latchkey.db'), sql]);

    /** Verifying then says where and why; what was done is undone. */
    function breaksAt(sequence, reason, sql, ...options) {
      const saved = join(installation.folder, 'saved.backup');
      tamper(`VACUUM INTO '${saved}'`);
      try {
        tamper(sql);
        const { loud } = ends(installation, 1, /The record breaks at entry/, 'audit', 'verify', ...options);
        assert.equal(loud, `The record breaks at entry ${sequence}: ${reason}.\n`);
        if (!options.length) assert.deepEqual(verified().fault, { sequence, reason });
      } finally {
        const file = join(installation.folder, 'latchkey.db');
        for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
        renameSync(saved, file);
      }
    }

    before(() => installation.servers[0]?.stop());

    test('finds it whole', () => {
      const { entries, intact, head } = verified();
      assert.ok(intact && entries > 10);
      ends(installation, 0, new RegExp(`^${entries} entries, none changed or missing\\.\nHead: ${entries}:${head}\n$`), 'audit', 'verify');
      ends(installation, 0, /none changed/, 'audit', 'verify', '--head', `${entries}:${head}`);
    });

    test('is told where it was changed, thinned, filed wrongly or cut', () => {
      const { entries, head } = verified();
      breaksAt(3, 'changed', "UPDATE activity SET line = replace(line, 'command', 'nobody') WHERE sequence = 3");
      breaksAt(3, 'changed', 'UPDATE activity SET link = (SELECT link FROM activity WHERE sequence = 2) WHERE sequence = 3');
      breaksAt(3, 'missing', 'DELETE FROM activity WHERE sequence = 3');
      breaksAt(2, 'changed', `UPDATE activity SET sequence = -2 WHERE sequence = 2;
        UPDATE activity SET sequence = 2 WHERE sequence = 4; UPDATE activity SET sequence = 4 WHERE sequence = -2`);
      breaksAt(3, 'misfiled', "UPDATE activity SET account = 'somebody' WHERE sequence = 3");
      breaksAt(entries, 'missing', `DELETE FROM activity WHERE sequence = ${entries}`);
      breaksAt(entries - 1, 'head', `DELETE FROM activity WHERE sequence = ${entries};
        UPDATE activity_head SET sequence = ${entries - 1}, link = (SELECT link FROM activity WHERE sequence = ${entries - 1})`);
      breaksAt(entries, 'changed', 'SELECT 1', '--head', `${entries}:${head.replace(/.$/, (c) => (c === '0' ? '1' : '0'))}`);
      breaksAt(entries + 1, 'missing', 'SELECT 1', '--head', `${entries + 1}:${head}`);
    });

    test('is told how a remembered head is written', () => {
      ends(installation, 1, /--head must be SEQUENCE:LINK/, 'audit', 'verify', '--head', 'nonsense');
    });
  });

  describe('who mistypes', () => {
    const commands = {
      serve: [], demo: ['--folder', '--listen'], migrate: [], backup: ['file'], restore: ['file'],
      init: ['--public-url', '--listen', '--database', '--organisation', '--mail-host', '--mail-from', '--administrator', '--password-file'],
      'user add': ['user_name', '--email', '--phone', '--display-name', '--groups', '--roles', '--locale', '--password-file'],
      'user show': ['user_name', '--json'], 'user set-password': ['user_name', '--password-file'],
      'user unlock': ['user_name'], 'user disable': ['user_name'], 'user enable': ['user_name'],
      'user erase': ['user_name', '--yes'], 'import users': ['file', '--dry-run', '--keep-going', '--json'],
      'import enrollments': ['file', '--dry-run', '--keep-going', '--json', '--replace'], 'export users': ['--json'], 'export enrollments': ['--json'], 'config export': [], 'config check': ['file'],
      'config diff': ['file'], 'config apply': ['file'], 'audit verify': ['--head', '--json'],
      'audit export': ['--after', '--csv'], doctor: ['--json'],
    };

    test('finds every command, with its options, in the help', () => {
      const groups = new Set(Object.keys(commands).map((name) => name.split(' ')[0]));
      for (const group of groups) ends(installation, 0, new RegExp(`^  ${group} `, 'm'), '--help');
      for (const [name, options] of Object.entries(commands)) {
        const { loud } = ends(installation, 0, /^Usage: .*latchkey /m, ...name.split(' '), '--help');
        for (const option of options)
          assert.match(loud, new RegExp(`^  ${option}\\b.*(REQUIRED|TEXT|   )`, 'm'), `${name} ${option}`);
        const listed = [...loud.matchAll(/^ {2}(?:-h,)?(--[a-z-]+)/gm)].map(([, option]) => option);
        assert.deepEqual(listed.filter((option) => !options.includes(option)), ['--help'], name);
      }
    });

    test('gets 2 and a word about it, and nothing runs', () => {
      const wrong = (said, ...args) => ends(installation, 2, said, ...args);
      wrong(/A subcommand is required/);
      wrong(/A subcommand is required/, 'user');
      wrong(/required|not expected/, 'nonsense');
      wrong(/user_name is required/, 'user', 'add');
      wrong(/--surprise/, 'user', 'add', 'jane', '--surprise');
      wrong(/--email/, 'user', 'add', 'jane', '--email');
      wrong(/not expected: second/, 'user', 'add', 'jane', 'second');
      wrong(/file is required/, 'config', 'apply');
      ends(installation, 1, /no user jane/, 'user', 'show', 'jane');
    });

    test('gets 1 and the way out where there is no configuration, or a wrong one', () => {
      const config = installation.config;
      installation.config = join(installation.folder, 'nowhere.toml');
      ends(installation, 1, /nowhere\.toml: cannot be read; `latchkey --config FILE init` makes one/, 'migrate');
      installation.config = installation.file('wrong.toml', '[server]\nlisten = 7\npublik_url = "http://x/"\n[mial]\n');
      const { loud } = ends(installation, 1, /wrong\.toml:2: server\.listen must be a text/, 'serve');
      assert.match(loud, /wrong\.toml:3: there is no key publik_url in \[server\]; did you mean public_url\?/);
      assert.match(loud, /wrong\.toml:4: there is no section \[mial\]; did you mean \[mail\]\?/);
      installation.config = config;
    });
  });
});
