#!/usr/bin/python3
"""Holds a listening socket and gives it to the processes that it starts, as descriptor 3.

    supervisor.py PORT PROGRAM [ARGUMENT]...

Each line on standard input starts another process; its id is written to standard output. When one ends,
"ID STATUS" is. Standard input closing ends the supervisor, not what it started.
"""
import os
import socket
import sys
import threading

listener = socket.create_server(('127.0.0.1', int(sys.argv[1])), backlog=511)


def tell(text):
    os.write(1, f'{text}\n'.encode())


def wait_for(child):
    _, status = os.waitpid(child, 0)
    tell(f'{child} {os.waitstatus_to_exitcode(status)}')


for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)  # dup2 leaves it alone if it was 3 already
        os.execv(sys.argv[2], sys.argv[2:])
    tell(child)
    threading.Thread(target=wait_for, args=(child,), daemon=True).start()
