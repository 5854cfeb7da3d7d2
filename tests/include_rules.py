#!/usr/bin/python3
"""Each folder includes other libraries only as its place allows; prints FILE:LINE for each that does not.

The arrows between our own folders are the compiler's to check (compile_fail); this is about what lies
in /usr/include, where the compiler finds everything. Also: only web/application.cpp names db/.
"""
import re
import sys
from pathlib import Path

# A header of a library, by its beginning, and the files that may include it, by theirs.
LIBRARIES = {
    'nlohmann/': ['engine/', 'verifications/', 'db/', 'web/'],
    'boost/system/': ['engine/', 'verifications/', 'db/', 'web/'],
    'boost/asio': ['web/server/', 'web/outbound/'],
    'boost/beast': ['web/server/', 'web/outbound/'],
    'unicode/': ['engine/unicode.cpp', 'engine/mail_address.cpp', 'web/http/percent.cpp', 'web/render/'],
    'zxcvbn.h': ['engine/password_policy.cpp'],
    'SQLiteCpp/': ['db/sqlite/'],
    'sqlite3.h': ['db/sqlite/'],
    'libpq-fe.h': ['db/postgres/'],
    'sodium.h': ['db/crypto/'],
    'ldap.h': ['db/credentials/'],
    'curl/': ['db/credentials/', 'web/outbound/'],
    'openssl/': ['db/crypto/', 'web/'],
    'qrencode.h': ['web/render/'],
    'spdlog/': ['web/log.cpp'],
    'toml++/': ['web/config.cpp'],
    'CLI/': ['web/cli/'],
    'malloc.h': ['web/application.cpp'],
}
# The domain has no sockets, files, threads or clocks of its own; <chrono> is for its values.
WITHOUT_THE_WORLD = ('engine/', 'verifications/')
OF_THE_WORLD = {'atomic', 'barrier', 'condition_variable', 'filesystem', 'fstream', 'future', 'iostream',
                'latch', 'mutex', 'semaphore', 'shared_mutex', 'stop_token', 'thread'}
OF_THE_SYSTEM = re.compile(r'(sys|arpa|netinet|net|linux)/|(unistd|fcntl|pthread|termios|netdb|poll|signal|errno)\.h')
OWN = ('engine/', 'verifications/', 'db/', 'web/')


def fault(file, header, quoted):
    """What is wrong with this include, or None."""
    if quoted:
        if not header.startswith(OWN):
            return 'is not the path of a header of ours, counted from the top'
        if file.startswith('web/') and header.startswith('db/') and file != 'web/application.cpp':
            return 'is for web/application.cpp only'
        return None
    if header.startswith(OWN):
        return 'is ours: in quotes'
    pure = file.startswith(WITHOUT_THE_WORLD)
    for library, allowed in LIBRARIES.items():
        if header.startswith(library):
            return None if file.startswith(tuple(allowed)) else 'is for ' + ', '.join(allowed) + ' only'
    if pure and (header in OF_THE_WORLD or OF_THE_SYSTEM.match(header)):
        return 'is for what engine/ and verifications/ do not do'
    if re.fullmatch(r'[a-z_]+', header) or OF_THE_SYSTEM.match(header):
        return None
    return 'belongs to no library of the table in tests/include_rules.py'


def check(file, text):
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
        if include:
            wrong = fault(file, include[2], include[1] == '"')
            if wrong:
                yield f'{file}:{number}: {include[2]} {wrong}'


def self_test():
    """A check that cannot fail is worse than none."""
    wrong = [('engine/a.h', '#include <sqlite3.h>'), ('verifications/a.cpp', '#include <curl/curl.h>'),
             ('engine/a.cpp', '# include <boost/asio/post.hpp>'), ('web/pages/a.cpp', '#include <boost/beast/http.hpp>'),
             ('web/http/a.h', '#include <boost/asio.hpp>'), ('web/pages/a.cpp', '#include "db/sql/database.h"'),
             ('db/stores/a.cpp', '#include <sodium.h>'), ('engine/a.cpp', '#include <thread>'),
             ('verifications/a.cpp', '#include <sys/stat.h>'), ('web/a.cpp', '#include <boost/url.hpp>'),
             ('web/a.cpp', '#include "log.h"'), ('web/a.cpp', '#include <engine/time.h>')]
    right = [('engine/a.h', '#include <chrono>'), ('web/application.cpp', '#include "db/sql/database.h"'),
             ('web/server/a.cpp', '#include <boost/beast/http.hpp>'), ('db/a.cpp', '#include <mutex>')]
    missed = [case for case in wrong if len(list(check(*case))) != 1]
    false = [case for case in right if list(check(*case))]
    return [f'tests/include_rules.py: judges wrongly: {case}' for case in missed + false]


def main():
    source = Path(__file__).resolve().parent.parent
    files = [path for folder in OWN for path in sorted((source / folder).rglob('*')) if path.suffix in ('.h', '.cpp')]
    faults = self_test()
    for path in files:
        faults += check(str(path.relative_to(source)), path.read_text())
    if len(files) < 100:
        faults.append(f'{source}: only {len(files)} files found')
    print('\n'.join(faults) or f'{len(files)} files include only what they may')
    sys.exit(bool(faults))


main()
