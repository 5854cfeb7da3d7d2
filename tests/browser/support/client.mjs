import { request } from 'node:http';

/** A browser without a screen: cookies, redirects and forms, byte by byte under a test's control. */
export class Client {
  constructor(site, headers = {}) {
    this.site = site;
    this.headers = headers;
    this.cookies = new Map();
    this.text = '';
    this.path = '/';
  }

  async request(path, options = {}, hops = 0) {
    if (hops === 0) this.latest = [path, options];
    const response = await fetch(new URL(path, this.site), {
      redirect: 'manual',
      ...options,
      headers: { ...this.headers, Cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...options.headers },
    });
    // Node 18 joins several into one line; only a name with "=" begins another cookie.
    this.keep((response.headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,\s]+=)/).filter((cookie) => cookie !== ''));
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, path: new URL(path, this.site).pathname };
    this.sees(options.method ?? 'GET', answer);
    if (response.status === 303 && hops < 5) return this.request(response.headers.get('location'), {}, hops + 1);
    this.path = answer.path;
    this.text = text;
    return answer;
  }

  /** Every answer, also those that only lead on: for tests that compare them. */
  sees() {}

  keep(cookies) {
    for (const cookie of cookies) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.cookies.set(name, value);
    }
  }

  get(path) { return this.request(path); }

  /** The latest request once more, as a browser's reload sends it. */
  again() { return this.request(...this.latest); }

  /** Sends a form with the token of the page at hand. */
  post(path, fields) {
    const csrf = /name="csrf" value="([^"]+)"/.exec(this.text)?.[1] ?? '';
    return this.submit(path, { csrf, ...fields });
  }

  submit(path, fields) {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** The first form of the page at hand whose action ends so: its action and hidden inputs. */
  form(end) {
    for (const [, action, body] of this.text.matchAll(/<form method="post" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)) {
      if (!action.endsWith(end)) continue;
      const fields = {};
      for (const [input] of body.matchAll(/<input[^>]*type="hidden"[^>]*>/g))
        fields[/name="([^"]*)"/.exec(input)[1]] = /value="([^"]*)"/.exec(input)[1];
      return { action, fields };
    }
    throw new Error(`no form ${end} on ${this.path}: ${/<h1>.*<\/h1>/s.exec(this.text)?.[0].slice(0, 200)}`);
  }

  send(form, fields = {}) {
    return this.submit(form.action, { ...form.fields, ...fields });
  }
}

/** One form of a client's sent `count` times at once, by turns to every server process. `fields(i)` may differ. */
export function atOnce(installation, client, form, count, fields) {
  const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  return Promise.all(Array.from({ length: count }, (_, i) => new Promise((done, fail) => {
    const body = new URLSearchParams({ ...form.fields, ...fields(i) }).toString();
    // As a balancer in front would pass it on: to any process, with the public host name.
    const headers = { Host: `127.0.0.1:${installation.port}`, Cookie: cookie,
      'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) };
    const { port } = installation.servers[i % installation.servers.length];
    const call = request({ host: '127.0.0.1', port, path: form.action, method: 'POST', headers }, (response) => {
      let text = '';
      client.keep(response.headers['set-cookie'] ?? []);
      response.on('data', (bytes) => { text += bytes; });
      response.on('end', () => done({ status: response.statusCode, location: response.headers.location, text }));
    });
    call.on('error', fail);
    call.end(body);
  })));
}
