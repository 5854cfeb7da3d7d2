#!/usr/bin/python3
"""A page with the mistakes that scanners look for: what they do not find here they would not find elsewhere. It says what it
was asked without escaping it, puts it into SQL and into a header, and fails where that is no SQL. Writes {"port": ...} first;
ends with its input."""
import http.server
import json
import sqlite3
import sys
import threading
import urllib.parse

FOUND = 'Somebody of that name works here, and this is all that we know about them, which is not much but the truth.'
PAGE = '<!doctype html><html><body><form method="post" action="/find"><input name="q" value="{0}"></form><p>{0}</p><p>{1}</p></body></html>'


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(urllib.parse.urlsplit(self.path).query)

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers['Content-Length'])).decode())

    def answer(self, form):
        q = urllib.parse.parse_qs(form, keep_blank_values=True).get('q', [''])[0]
        status, found = 200, ''
        try:
            database = sqlite3.connect(':memory:')
            database.executescript("CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('amy'), ('ben');")
            rows = database.execute(f"SELECT name FROM person WHERE name = '{q}'").fetchall()
            found = f'{FOUND} {rows}' if rows else 'Nobody.'
        except sqlite3.Error as error:
            status, found = 500, f'sqlite3.OperationalError: {error}'
        body = PAGE.format(q, found).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Location', q.encode('latin-1', 'replace').decode('latin-1'))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({'port': server.server_address[1]}), flush=True)
sys.stdin.read()
