#!/usr/bin/python3
"""An HTTP gateway for tests, on a port of 127.0.0.1 that the kernel picks.

Standard output tells what happens, one JSON object a line; the first is {"event": "ready", "port": N},
then {"event": "request", "method": …, "path": …, "headers": {…}, "body": …} for each request.
Standard input takes one JSON object a line and ends the server when it closes:

    {"sync": N}                    answered by {"event": "sync", "sync": N}
    {"set": {"status": 500}}       of the answers from now on
    {"set": {"body": "text"}}      their body, where {asked} is what they were asked; "type": their Content-Type;
                                   "location": a redirect
    {"set": {"pause": 3}}          seconds before an answer; "trickle": true, then a byte now and then for ever
    {"set": {"garbage": true}}     an answer that is not HTTP; "huge": true, one without end
"""
import http.server
import json
import sys
import threading
import time

behaviour = {'status': 200, 'body': '{"id": "g-1", "status": "queued"}', 'type': 'application/json',
             'location': None, 'pause': 0, 'trickle': False, 'garbage': False, 'huge': False}
telling = threading.Lock()


def tell(event, **members):
    with telling:
        sys.stdout.write(json.dumps({'event': event, **members}) + '\n')
        sys.stdout.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length).decode('utf-8', 'replace')
        tell('request', method=self.command, path=self.path, body=body,
             headers={name.lower(): value for name, value in self.headers.items()})
        now = dict(behaviour)
        time.sleep(now['pause'])
        if now['garbage']:
            self.wfile.write(b'\x00\xff this is no answer\r\n\r\n')
            self.close_connection = True
            return
        asked = json.dumps(f'{self.headers["Authorization"]} {body}')[1:-1]
        text = now['body'].replace('{asked}', asked).encode()
        self.send_response(now['status'])
        self.send_header('Content-Type', now['type'])
        if now['location']:
            self.send_header('Location', now['location'])
        endless = now['huge'] or now['trickle']
        self.send_header('Content-Length', str(10**9 if endless else len(text)))
        self.end_headers()
        self.wfile.write(text)
        while endless:
            self.wfile.write(b'x' * (1 << 16 if now['huge'] else 1))
            time.sleep(0 if now['huge'] else 0.05)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the client had enough


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


server = Server(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
tell('ready', port=server.server_address[1])
for line in sys.stdin:
    order = json.loads(line)
    behaviour.update(order.get('set', {}))
    if 'sync' in order:
        tell('sync', sync=order['sync'])
