// What lies between the program and a PostgreSQL server, where it can break at a COMMIT.
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

export class Wire {
  /** To `server`, from a socket in `folder`. */
  static async start(server, folder) {
    const wire = new Wire();
    wire.socket = join(folder, '.s.PGSQL.5432');
    wire.atCommit(0);
    wire.server = createServer((client) => {
      const target = createConnection(join(server.folder, '.s.PGSQL.5432'));
      let cut = false;
      client.on('data', (bytes) => {
        target.write(bytes);
        if (!bytes.includes('COMMIT\0') || ++wire.count !== wire.nth) return;
        wire.fired = true;
        cut = wire.harm();
      });
      target.on('data', (bytes) => cut ? client.destroy() : client.write(bytes));
      for (const [one, other] of [[client, target], [target, client]]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    await wire.listen();
    return wire;
  }

  listen() { return new Promise((ready) => this.server.listen(this.socket, ready)); }

  /** When the Nth COMMIT from now on has been passed on, `harm` is called; true: its answer reaches nobody. */
  atCommit(nth, harm = () => false) {
    this.nth = nth;
    this.harm = harm;
    this.count = 0;
    this.fired = false;
  }

  /** Nobody can connect any more, as when the server has ended. */
  close() { this.server.close(); }
}
