// No secret stands in the clear in any byte that was written, whatever is done and whatever goes wrong (S14, S61, S62).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { filesBelow, traces } from '../browser/support/canaries.mjs';
import { Postgres, removeFolder, temporaryFolder } from '../browser/support/processes.mjs';
import { FullRun } from './full_run.mjs';

test('What is looked for is found in whatever form it stands', () => {
  const folder = temporaryFolder();
  const secret = 'Ein Schlüssel, "7" & mehr';
  const bytes = Buffer.from(secret);
  const encoded = (...command) => execFileSync(command[0], command.slice(1), { input: bytes }).toString();
  const forms = {
    raw: secret,
    'in capitals': secret.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    'percent-encoded': encodeURIComponent(secret),
    'as a field of a form': new URLSearchParams({ secret }).toString(),
    hex: bytes.toString('hex'),
    'hex in capitals': encoded('basenc', '--base16', '-w0'),
    JSON: JSON.stringify({ secret }),
    'JSON in ASCII': execFileSync('python3', ['-c', 'import json, sys; print(json.dumps(sys.argv[1]))', secret]),
    HTML: 'Ein Schlüssel, &quot;7&quot; &amp; mehr',
    'UTF-16': Buffer.from(secret, 'utf16le'),
    reversed: [...secret].reverse().join(''),
    'byte by byte reversed': Buffer.from(bytes).reverse(),
  };
  // In something longer every alignment is another text.
  for (let before = 0; before < 5; ++before) {
    const long = Buffer.concat([Buffer.from('vorher'.slice(0, before)), bytes, Buffer.from('nachher')]);
    forms[`base64 after ${before}`] = long.toString('base64');
    forms[`base64url after ${before}`] = long.toString('base64url');
    forms[`base32 after ${before}`] = execFileSync('base32', ['-w0'], { input: long });
  }
  for (const [name, form] of Object.entries(forms)) {
    writeFileSync(join(folder, 'file'), Buffer.concat([Buffer.from('beside: \xff\x00', 'latin1'), Buffer.from(form), Buffer.from('\x00.')]));
    assert.notDeepEqual(traces([secret], filesBelow(folder), {}), [], name);
    assert.deepEqual(traces(['Ein Schlüssel, "8" & mehr'], filesBelow(folder), {}), [], name);
  }
  assert.deepEqual(traces(['123456'], [], { log: 'took 1234567 ns' }), [], 'six digits of a longer number');
  assert.equal(traces(['123456', bytes], [], { log: `code=123456 ${secret}` }).length, 2);
  removeFolder(folder);
});

for (const database of ['SQLite', 'PostgreSQL'])
  describe(`After everything was done on ${database}`, () => {
    let postgres;
    let run;

    before(async () => {
      if (database === 'PostgreSQL') postgres = Postgres.start();
      run = await FullRun.through(postgres);
    });
    after(async () => {
      await run?.end();
      postgres?.stop();
    });

    test('no secret is in any file, log or output of a command', () => {
      const [files, texts] = run.written;
      assert.deepEqual(traces(run.canaries, files, texts), []);
      const where = traces(['amy@example.org'], files, texts).join('\n');
      for (const place of [/latest\.db/, database === 'SQLite' ? /killed-latchkey\.db/ : /pg_wal/, /export users/]) assert.match(where, place);
    });

    test('no page says again what was typed, and no address of a page', () => {
      assert.deepEqual(traces(run.typed, [], { pages: run.pages.join('\n') }), []);
    });

    test('a crash leaves no memory in a file', () => {
      assert.match(run.known('limits'), /^Max core file size +0 +0 /m);
    });
  });
