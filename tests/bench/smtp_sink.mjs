// An SMTP server that takes every mail at hardly any cost and hands the codes to whoever waits for them.
import { createServer } from 'node:net';

export class SmtpSink {
  static async start() {
    const sink = new SmtpSink();
    sink.waiting = new Map();
    sink.codes = new Map();
    sink.server = createServer((socket) => sink.#serve(socket));
    await new Promise((done) => sink.server.listen(0, '127.0.0.1', done));
    sink.port = sink.server.address().port;
    return sink;
  }

  stop() { this.server.close(); }

  /** The next code that is mailed to this address, or one that nobody has taken yet. */
  codeTo(address, milliseconds = 30000) {
    const code = this.codes.get(address);
    if (this.codes.delete(address)) return Promise.resolve(code);
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no mail to ${address}`)), milliseconds);
      this.waiting.set(address, (found) => { clearTimeout(timer); done(found); });
    });
  }

  #take(address, mail) {
    const code = /^\s*(\d{6})\s*$/m.exec(mail)?.[1];
    if (!code) return;  // the notice afterwards
    const waiting = this.waiting.get(address);
    if (this.waiting.delete(address)) waiting(code);
    else this.codes.set(address, code);
  }

  #serve(socket) {
    let input = '';
    let address = '';
    let inMail = false;
    socket.setEncoding('utf8').setNoDelay(true);
    socket.on('error', () => {});
    socket.write('220 sink ESMTP\r\n');
    socket.on('data', (bytes) => {
      input += bytes;
      for (;;) {
        const end = inMail ? '\r\n.\r\n' : '\r\n';
        const at = input.indexOf(end);
        if (at < 0) return;
        const text = input.slice(0, at);
        input = input.slice(at + end.length);
        if (inMail) {
          this.#take(address, text);
          inMail = false;
          socket.write('250 taken\r\n');
        } else if (/^QUIT/i.test(text)) {
          socket.end('221 bye\r\n');
        } else if (/^DATA/i.test(text)) {
          inMail = true;
          socket.write('354 go on\r\n');
        } else {
          address = /^RCPT TO:<([^>]*)>/i.exec(text)?.[1] ?? address;
          socket.write(/^EHLO/i.test(text) ? '250-sink\r\n250 8BITMIME\r\n' : '250 fine\r\n');
        }
      }
    });
  }
}
