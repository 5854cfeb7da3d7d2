#!/usr/bin/python3
"""A real SMTP server for tests, on a port of 127.0.0.1 that the kernel picks.

    smtp_peer.py plain|starttls|implicit [CERTIFICATE KEY]

Standard output tells what happens, one JSON object a line; the first is {"event": "ready", "port": N}.
Standard input takes one JSON object a line and ends the server when it closes:

    {"sync": N}                    answered by {"event": "sync", "sync": N}
    {"set": {"greeting": "hang"}}  from the next connection on: "normal", "hang", "close", "421", "trickle"
    {"set": {"mail": "550 no"}}    the answer to MAIL FROM instead of the usual one
    {"set": {"smtputf8": false}}   what EHLO offers
    {"set": {"quit": "hang"}}      never answers QUIT
    {"set": {"mechanism": "LOGIN"}}  the only one that AUTH offers
    {"set": {"password": "other"}}  of the user "app"; "s3cret" at first
    {"hang_up": "421 bye"}         to everyone connected, then close; "" closes without a word

Recipients steer what becomes of a mail by what their address begins with, see RECIPIENTS and DATA.
For "deaf" it stops reading for a moment when the mail begins, and tells {"event": "deaf"}.
"""
import asyncio
import email
import email.header
import email.policy
import email.utils
import json
import logging
import re
import socket
import ssl
import sys
import time

from aiosmtpd.smtp import AuthResult, LoginPassword, SMTP

RECIPIENTS = {
    'tempfail': '451 4.3.0 try later',
    'reject': '550 5.1.1 no such user',
    'echo': '550 5.1.1 {address}: not here,\x1b[31m {password} \u00fc',
    'long': '550 ' + 'x' * 480,
    'stall': None,  # never answered
}
DATA = {
    'drop': '',  # closed without an answer, the mail counted
    'hang': None,
    'refuse': '554 5.6.0 content refused',
    'full': '452 4.2.2 mailbox full',
    'quote': '554 5.6.0 refused because of {codes}',
}

behaviour = {'greeting': 'normal', 'mail': None, 'smtputf8': True, 'quit': None, 'mechanism': None,
             'password': 's3cret'}
connected = set()


def tell(event, **members):
    line = json.dumps({'event': event, **members}, ensure_ascii=False)
    # aiosmtpd keeps bytes that it did not expect as lone surrogates.
    sys.stdout.buffer.write(line.encode('utf-8', 'surrogateescape') + b'\n')
    sys.stdout.flush()


def steered(table, address):
    prefix = address.split('@')[0].split('-')[0]
    return (prefix in table), table.get(prefix)


def sender(content):
    """Name and address in From. The newer reader of Python 3.11 puts blanks between encoded words."""
    name, address = email.utils.parseaddr(email.message_from_bytes(content)['From'].replace('\r\n', ''))
    return [str(email.header.make_header(email.header.decode_header(name))), address]


def inspect(content):
    """What an independent reader makes of the mail."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    defects = [repr(d) for part in message.walk() for d in part.defects]
    defects += [f'{name}: {d!r}' for part in message.walk() for name, value in part.items()
                for d in value.defects]
    parts = [{'type': part.get_content_type(), 'charset': part.get_content_charset(),
              'encoding': part['Content-Transfer-Encoding'], 'text': part.get_content()}
             for part in message.walk() if not part.is_multipart()]
    return {
        'names': [name for name, _ in message.items()],
        'headers': {name.lower(): str(value) for name, value in message.items()},
        'from': sender(content),
        'addressed_to': [[a.display_name, a.addr_spec] for a in message['To'].addresses],
        'structure': message.get_content_type(),
        'parts': parts,
        'defects': defects,
        'longest_line': max(len(line) for line in content.split(b'\r\n')),
        'bare_line_ends': content.replace(b'\r\n', b'').count(b'\n') + content.replace(b'\r\n', b'').count(b'\r'),
        'ascii': all(byte < 128 for byte in content),
    }


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        tell('ehlo', name=hostname, tls=server.transport.get_extra_info('sslcontext') is not None)
        return [r for r in responses if behaviour['smtputf8'] or 'SMTPUTF8' not in r]

    async def handle_exception(self, error):
        tell('error', what=repr(error))
        return '500 5.0.0 the peer itself failed'

    async def handle_MAIL(self, server, session, envelope, address, options):
        tell('MAIL', address=address, options=options)
        if behaviour['mail']:
            return behaviour['mail']
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return '250 2.1.0 sender taken'

    async def handle_RCPT(self, server, session, envelope, address, options):
        tell('RCPT', address=address)
        found, answer = steered(RECIPIENTS, address)
        if found and answer is None:
            await asyncio.sleep(3600)
        if found:
            return answer.format(address=address, password=behaviour['password'])
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 recipient taken'

    async def handle_RSET(self, server, session, envelope):
        tell('RSET')
        return '250 2.0.0 forgotten'

    async def handle_NOOP(self, server, session, envelope, argument):
        tell('NOOP')
        return '250 2.0.0 here'

    async def handle_QUIT(self, server, session, envelope):
        tell('QUIT')
        if behaviour['quit'] == 'hang':
            await asyncio.sleep(3600)
        return '221 2.0.0 goodbye'

    async def handle_DATA(self, server, session, envelope):
        tell('mail', at=int(time.time() * 1000), sender=envelope.mail_from, to=envelope.rcpt_tos, tls=server.transport.get_extra_info('sslcontext') is not None,
             user=session.auth_data.login.decode() if session.auth_data else None,
             options=envelope.mail_options, data=envelope.content.decode('utf-8', 'replace'),
             **inspect(envelope.content))
        found, answer = steered(DATA, envelope.rcpt_tos[0])
        if found and answer is None:
            await asyncio.sleep(3600)
        if found and not answer:
            server.transport.abort()
        if not found:
            return '250 2.0.0 queued as 4711'
        text = inspect(envelope.content)['parts'][0]['text']
        return answer and answer.format(codes=' '.join(re.findall(r'\b[0-9]{6}\b|/n/\w+', text)))


class Peer(SMTP):
    def connection_made(self, transport):
        first = self._original_transport is None
        if first:
            tell('connect')
        connected.add(transport)
        greeting = behaviour['greeting'] if first else 'normal'
        self.greets = greeting == 'normal'
        if self.greets:
            super().connection_made(transport)
        elif greeting == 'close':
            transport.abort()
        elif greeting == '421':
            transport.write(b'421 4.7.0 too many connections\r\n')
            transport.close()
        elif greeting == 'trickle':
            asyncio.get_running_loop().create_task(trickle(transport))

    def connection_lost(self, error):
        connected.discard(self.transport)
        if self.greets:
            super().connection_lost(error)

    def data_received(self, data):
        if not self.greets:
            return
        super().data_received(data)
        if data == b'DATA\r\n' and self.envelope.rcpt_tos[0].startswith('deaf'):
            self.transport.pause_reading()
            tell('deaf')
            asyncio.get_running_loop().call_later(0.2, self.transport.resume_reading)

    def eof_received(self):
        return super().eof_received() if self.greets else None


async def trickle(transport):
    """A byte now and then, for ever: alive by a careless reckoning."""
    while not transport.is_closing():
        transport.write(b'2')
        await asyncio.sleep(0.02)


def authenticate(server, session, envelope, mechanism, data):
    tell('AUTH', mechanism=mechanism)
    known = behaviour['password'].encode()
    right = isinstance(data, LoginPassword) and data.login == b'app' and data.password == known
    # handled=False: aiosmtpd then sends the refusal itself.
    return AuthResult(success=right, handled=right, auth_data=data) if right else AuthResult(success=False, handled=False)


def hang_up(word):
    for transport in list(connected):
        if word:
            transport.write(word.encode() + b'\r\n')
        transport.close()
    connected.clear()


async def obey(loop):
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        behaviour.update(order.get('set', {}))
        if 'hang_up' in order:
            hang_up(order['hang_up'])
        if 'sync' in order:
            tell('sync', sync=order['sync'])


async def main():
    logging.disable()  # what matters is told
    mode = sys.argv[1]
    context = None
    if mode != 'plain':
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])

    def make():
        others = {'LOGIN': ['PLAIN'], 'PLAIN': ['LOGIN']}.get(behaviour['mechanism'])
        return Peer(Handler(), hostname='peer.test', enable_SMTPUTF8=True, decode_data=False,
                    tls_context=context if mode == 'starttls' else None,
                    require_starttls=mode == 'starttls', authenticator=authenticate,
                    auth_require_tls=mode == 'starttls', auth_exclude_mechanism=others)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, '127.0.0.1', 0, ssl=context if mode == 'implicit' else None)
    # So that a long mail stands half sent before a server that does not read.
    server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    tell('ready', port=server.sockets[0].getsockname()[1])
    await obey(loop)


asyncio.run(main())
