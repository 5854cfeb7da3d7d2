#!/usr/bin/python3
"""What must hold after any fault, told from the database and from what the peers took (I1 to I8 of the
requirements). Writes one line for each broken rule, and ends with 1 if there is one.

    invariants.py DATABASE LEDGER

DATABASE is the file of SQLite, or a connection string that psql understands; LEDGER holds what
tests/support/smtp_peer.py told, a JSON object a line. The chain of activity (I6) has its keys inside
the program: `latchkey audit verify` checks it.
"""
import collections
import csv
import io
import json
import pathlib
import re
import sqlite3
import subprocess
import sys

MOST_ANSWERS = 3
MOST_CODES_A_DAY = 10
DAY = 24 * 3600 * 1000
INFINITE = float('inf')


def reader(database):
    """A function from SQL to a list of rows as dictionaries."""
    if database.startswith('postgres'):
        def rows(sql):
            done = subprocess.run(['psql', database, '--csv', '-c', sql], check=True, capture_output=True, text=True)
            return list(csv.DictReader(io.StringIO(done.stdout)))
    else:
        connection = sqlite3.connect(database)
        connection.row_factory = sqlite3.Row

        def rows(sql):
            return [dict(row) for row in connection.execute(sql)]
    return rows


def broken_rules(rows, mails):
    activities = [{'details': {}} | json.loads(row['line']) | {'at_ms': int(row['at']), 'sequence': int(row['sequence'])}
                  for row in rows('SELECT sequence, at, line FROM activity ORDER BY sequence')]
    messages = {row['id']: row | {'created_at': int(row['created_at'])} for row in rows('SELECT * FROM message')}
    requests = {row['id']: row for row in rows('SELECT * FROM reset_request')}

    # I1: no more answers are judged than there are tries.
    judged = collections.Counter()
    for entry in activities:
        if entry['type'] in ('answer.right', 'answer.wrong') and entry['request']:
            judged[entry['request'], entry['details'].get('verification', '')] += 1
    for (request, verification), count in judged.items():
        if count > MOST_ANSWERS:
            yield f'I1: {count} answers were judged for {verification} of request {request}'

    # I2: what is proved is proved once.
    right = collections.Counter((e['request'], e['details'].get('verification', '')) for e in activities
                                if e['type'] == 'answer.right' and e['request'])
    for (request, verification), count in right.items():
        if count > 1:
            yield f'I2: {verification} of request {request} passed {count} times'

    # I3: a completed request has every proof that its act demanded, and had it before.
    completed = {e['request']: e for e in activities if e['type'] == 'request.completed'}
    passes = {(row['request'], row['verification']): int(row['passed_at']) for row in rows('SELECT * FROM request_pass')}
    demanded = collections.defaultdict(list)
    for row in rows('SELECT * FROM request_demand'):
        demanded[row['request']].append((row['verification'], int(row['required'])))
    for request, entry in completed.items():
        if not demanded[request]:
            yield f'I3: request {request} was completed without a demand'
        for verification, required in demanded[request]:
            passed = passes.get((request, verification))
            if required and passed is None:
                yield f'I3: request {request} was completed without {verification}'
            if passed is not None and passed > entry['at_ms']:
                yield f'I3: {verification} of request {request} passed after the act'
        if requests[request]['state'] != 'completed':
            yield f'I3: request {request} was completed and is {requests[request]["state"]}'
    for request, row in requests.items():
        if row['state'] == 'completed' and request not in completed:
            yield f'I3: request {request} is completed and nothing remembers the act'

    # I4: one password for each completed request, none without.
    acts = collections.Counter(e['request'] for e in activities if e['type'] == 'password.changed' and e['request'])
    for request in completed:
        if acts[request] != 1:
            yield f'I4: request {request} set {acts[request]} passwords'
    for request in acts:
        if request not in completed:
            yield f'I4: request {request} set a password and was not completed'
    resets = collections.defaultdict(list)
    for entry in activities:
        if entry['type'] == 'password.changed':
            resets[entry['account']].append(entry['at_ms'])
    imported = {e['account'] for e in activities if e['type'] == 'account.added'}
    for row in rows('SELECT account, COUNT(*) AS held, MIN(changed_at) AS since FROM credential GROUP BY account'):
        first_reset = min(resets[row['account']], default=INFINITE)
        # Some were imported with a password, which is then older than any reset.
        added = 1 if row['account'] in imported and int(row['since']) < first_reset else 0
        count = len(resets[row['account']])
        if int(row['held']) != count + added:
            yield f'I4: {row["account"]} has {row["held"]} passwords after {count} resets'

    # I5: the owner is told of every reset.
    told = collections.Counter(m['account'] for m in messages.values() if m['wording'] == 'password_changed')
    owed = collections.Counter(entry['account'] for entry in completed.values())
    for account, count in owed.items():
        if told[account] != count:
            yield f'I5: {told[account]} notices for {count} resets of {account}'

    # I7: no code after its end, and never two different live ones in one request.
    codes = collections.defaultdict(set)
    for mail in mails:
        message = messages.get(mail['id'])
        if message is None:
            yield f'I7: mail {mail["id"]} was sent and no row knows it'
            continue
        if mail['at_ms'] > int(message['give_up_at']):
            yield f'I7: mail {mail["id"]} was sent after its end'
        if message['wording'] == 'code' and message['request'] and (code := mail['code']):
            codes[message['request'], message['created_at'] // 600_000].add(code)
    for (request, _), seen in codes.items():
        if len(seen) > 1:
            yield f'I7: request {request} had {len(seen)} codes in ten minutes'

    # I8: a person is sent no more codes a day than the ceiling, and every accepted message is in a ledger.
    per_day = collections.Counter((m['account'], m['created_at'] // DAY) for m in messages.values() if m['wording'] == 'code')
    for (account, _), count in per_day.items():
        if count > MOST_CODES_A_DAY:
            yield f'I8: {count} codes in a day for {account}'
    taken = collections.Counter(mail['id'] for mail in mails)
    for message in messages.values():
        if message['state'] == 'accepted' and not int(message['decoy']) and not taken[message['id']]:
            yield f'I8: message {message["id"]} counts as accepted and reached nobody'
        if taken[message['id']] > int(message['attempts']):
            yield f'I8: message {message["id"]} was taken {taken[message["id"]]} times in {message["attempts"]} attempts'


def mails_of(ledger):
    for line in pathlib.Path(ledger).read_text(encoding='utf-8', errors='replace').splitlines():
        event = json.loads(line)
        if event['event'] != 'mail':
            continue
        code = re.search(r'^\s*(\d{6})\s*$', event['parts'][0]['text'], re.MULTILINE)
        yield {'id': event['headers']['message-id'].strip('<>').split('@')[0], 'code': code and code[1],
               'at_ms': event['at']}


def main():
    rows = reader(sys.argv[1])
    found = list(broken_rules(rows, list(mails_of(sys.argv[2]))))
    print('\n'.join(found))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
