#!/usr/bin/python3
"""Changes the engine in small ways, one at a time, and says which changes no test notices; ends with 1 below 85 %.

    tests/mutants.py [FILE]...     the places in these only, such as engine/act.cpp; all of engine/*.cpp unless one is named

A copy of the checkout in .build/mutants is rewritten so that each place reads its change where LATCHKEY_MUTANT is its number:
everything is compiled once. Each mutant is given the tests that come by its place, until one of them fails. What survives
is worth a test, or a word in SURVIVE on why it makes no difference. Needs the Debian package python3-clang-19; all of them
take half an hour.
"""
import bisect
import collections
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from clang.cindex import CursorKind as Kind, Index, TranslationUnit, TypeKind

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / '.build/mutants'
BUILD = COPY / '.build/dev'
AT_ONCE = 2
ENOUGH = 0.85

# The quickest first. Databases are one in this: what the engine decides is the same on both.
PROGRAMS = {'engine_tests': '*', 'verifications_tests': '*', 'journeys_tests': '-*Postgres*'}
STEPS = '480'  # of random walks
LONGEST = 10   # seconds: a test that takes longer would be run by each mutant that survives

# What makes no difference, and why: a file, a part of the line as it stands, and the change; without one, any.
SURVIVE = {
    ('engine/act.cpp', 'request.state != RequestState::verified || !proved(', ''):
        'each implies the other: two locks on one door',
    ('engine/activity.cpp', 'if (text.size() <= kLongestText) return text;', ''): 'only a shortcut',
    ('engine/activity.cpp', 'left = kLongestText + 1; end < std::min', ''): 'one byte more of what is no text at all',
    ('engine/assurance.cpp', 'Asset::memorised_secret || asset', 'negated'):
        'known and held change places, and it takes both',
    ('engine/assurance.cpp', 'std::ranges::all_of(factor.assets', 'negated'):
        'known and held change places, and it takes both',
    ('engine/assurance.cpp', '(is_knowledge(factor) ? known : held)', 'negated'):
        'known and held change places, and it takes both',
    ('engine/attempts.cpp', 'length < longest; ++i', ''): 'the longest is taken after that anyway',
    ('engine/campaign_work.cpp', 'if (!type || !type->type().expiry) continue;', ''):
        'stored definitions whose type is gone are not read at all, and what cannot expire has no lifetime',
    ('engine/campaign_work.cpp', 'while (reminders.size() < room', ''):
        'a step that is longer by a statement or a few people',
    ('engine/campaign_work.cpp', 'if (account && round && reminders.size() < room', ''):
        'the query gives only people who are there and due, and one more is no harm',
    ('engine/campaign_work.cpp', 'reminders, now, {}).value_or(0) >', '> → >='): 'looks once more for what is not there',
    ('engine/campaign_work.cpp', 'after, room - reminders.size())', ''): 'a step that is longer by a few people',
    ('engine/conductor.cpp', 'request.decoy || step->decoy);', ''):
        'a decoy request names nobody, so that its steps are decoys as well',
    ('engine/conductor.cpp', 'step->decoy = step->decoy || bench.decoy;', ''): 'no dialogue that we ship lets a decoy pass',
    ('engine/conductor.cpp', 'const bool fresh = turn.verdict == Verdict::passed', ''):
        'no type that we ship waits for a signal yet',
    ('engine/enrollment_desk.cpp', 'if (!data.is_object() || !data.contains("items"))', ''):
        'an empty list is added to a copy',
    ('engine/enrollment_desk.cpp', 'if (id.empty() || !item_of(data, id)) return data;', ''):
        'what is not there is not left out',
    ('engine/enrollment_desk.cpp', 'if (replaces.empty() || !bench.stored) return data;', ''): 'nothing has no name',
    ('engine/enrollment_import.cpp', 'i < kAtOnce && next', ''): 'one more in a transaction',
    ('engine/json.cpp', '++*this;', ''): 'an iterator must have it; the parser does not call it',
    ('engine/json.cpp', 'bool operator==(const Reading', ''): 'an iterator must have it; the parser does not call it',
    ('engine/json.cpp', "reached != text.data() && reached[-1]", ''): 'a byte less that breaks no line',
    ('engine/mail_address.cpp', "static_cast<unsigned char>(c) < 0x80; });", '< → <='):
        'that byte never stands first in a letter',
    ('engine/mail_address.cpp', 'if (code_point < 0) return false;', '< → <='): 'a zero byte is refused by the next line',
    ('engine/mail_address.cpp', 'if (code_point >= 0x80', '>= → >'): 'U+0080 is refused either way',
    ('engine/mail_address.cpp', "std::string out(kLongestDomain + 1", ''): 'the check behind it refuses as well',
    ('engine/mail_address.cpp', 'info.errors != 0 || size <= 0', '<= → <'): 'ICU calls nothing at all an error',
    ('engine/mail_address.cpp', 'if (domain.size() > kLongestAddress) return', ''): 'ICU refuses a longer one as well',
    ('engine/more_proof.cpp', 'if (!progress || configured.name == verification', ''):
        'what passed is neither stronger nor older than itself',
    ('engine/password_policy.cpp', 'strength(password, words) <', '< → <='):
        'only no password at all has a whole number of bits',
    ('engine/random.cpp', 'for (; bits >= 5; bits -= 5)', ''): 'the last five bits are written after the loop then',
    ('engine/subject.cpp', 'if (score > best_score)', ''): 'no two scores are the same',
    ('engine/take_turn.cpp', 'if (request.decoy || step.decoy) return;', ''):
        'a decoy that passes is refused by apply() as well, and no dialogue that we ship lets one pass',
    ('engine/take_turn.cpp', 'std::ranges::count(request.more->any, verification) > 0', ''):
        'the transaction asks for one more of those that passed',
    ('engine/take_turn.cpp', 'i < kTries && takes_turns(', ''): 'nobody loses ten races',
    ('engine/trial_desk.cpp', 'if (!type || !type->type().public_use ||', ''):
        'no type that we ship is kept from the public and proves something',
    ('engine/unicode.cpp', 'return true;', 'true → false'): 'only a shortcut: ASCII is its own normal form',
}

EXCHANGED = {'==': '!=', '!=': '==', '<': '<=', '<=': '<', '>': '>=', '>=': '>', '&&': '||', '||': '&&', '+': '-', '-': '+',
             'std::min': 'std::max', 'std::max': 'std::min'}

# `mutant(n)` is whether the change at the place n is the one of this process. Which places it came by is told at its end.
HEADER = '''#pragma once
#include <atomic>
#include <cstdlib>
#include <fstream>
struct Mutants {
    const char* file = std::getenv("LATCHKEY_MUTANTS_REACHED");
    int chosen = std::getenv("LATCHKEY_MUTANT") ? std::atoi(std::getenv("LATCHKEY_MUTANT")) : -1;
    std::atomic<bool> reached[COUNT]{};
    ~Mutants() {
        if (!file) return;
        std::ofstream out(file);
        for (int place = 0; place < COUNT; ++place)
            if (reached[place]) out << place << '\\n';
    }
};
inline Mutants mutants;
inline bool mutant(int place) {
    if (mutants.file) mutants.reached[place] = true;
    return mutants.chosen == place;
}
'''

# What stands before and after the text from begin to end; % is the number of the mutant.
Place = collections.namedtuple('Place', 'path begin end before after line change')


def span(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def places(path, flags):
    """Every place of a file that can be changed, found in the compiler's own tree."""
    source = path.read_bytes()
    unit = Index.create().parse(str(path), flags, options=TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)
    own = [cursor for cursor in unit.cursor.get_children() if str(cursor.location.file) == str(path)]
    macros = [span(cursor) for cursor in own if cursor.kind == Kind.MACRO_INSTANTIATION]
    starts = [0] + [at + 1 for at, byte in enumerate(source) if byte == ord('\n')]
    found = {}

    def text(begin, end):
        return source[begin:end].decode()

    def add(begin, end, change, before, after):
        if any(start <= begin and end <= stop for start, stop in macros):
            return
        # An equality that is negated is the inequality, which is there already.
        if change == 'negated' and {(begin, end, '== → !='), (begin, end, '!= → ==')} & found.keys():
            return
        found[begin, end, change] = Place(path, begin, end, before, after, bisect.bisect_right(starts, begin), change)

    def either(begin, end, change, changed):
        add(begin, end, change, f'(mutant(%) ? ({changed}) : (', '))')

    def negate(cursor):
        begin, end = span(cursor)
        change = {'true': 'true → false', 'false': 'false → true'}.get(text(begin, end), 'negated')
        add(begin, end, change, '(mutant(%) != static_cast<bool>(', '))')

    def negate_condition(children):
        condition = next((child for child in children if child.kind.is_expression()), None)
        declared = [child for child in children if child.kind == Kind.VAR_DECL]
        if not declared:
            negate(condition)
        elif children[0] == declared[0]:  # `if (auto name = ...)` becomes `if (auto name = ...; ... name)`
            add(*span(declared[0]), 'negated', '', f'; mutant(%) != static_cast<bool>({declared[0].spelling})')

    def exchange(children):
        (begin, left), (right, end) = span(children[0]), span(children[-1])
        operator = text(left, right).strip()
        if operator not in EXCHANGED:
            return
        if operator in '+-':
            types = [child.type.get_canonical() for child in (children[0], children[-1])]
            whole = all(TypeKind.CHAR_U.value <= type.kind.value <= TypeKind.INT128.value for type in types)
            times = ['time_point' in type.spelling for type in types if 'std::chrono::' in type.spelling]
            if not whole and (len(times) < 2 or all(times)):
                return
            if text(right, end) == '1':
                either(begin, end, f'{operator} 1 dropped', text(begin, left))
                return
        new = EXCHANGED[operator]
        either(begin, end, f'{operator} → {new}', f'({text(begin, left)}) {new} ({text(right, end)})')

    def walk(cursor, parent):
        begin, end = span(cursor)
        children = list(cursor.get_children())
        if cursor.kind in (Kind.STATIC_ASSERT, Kind.ENUM_DECL):
            return
        if cursor.kind in (Kind.VAR_DECL, Kind.FUNCTION_DECL) and 'constexpr' in text(begin, cursor.location.offset):
            return
        if cursor.kind in (Kind.BINARY_OPERATOR, Kind.CALL_EXPR) and len(children) > 1:
            exchange(children)
        if cursor.kind == Kind.CALL_EXPR and text(begin, begin + 8) in EXCHANGED:
            name = text(begin, begin + 8)
            either(begin, end, f'{name} → {EXCHANGED[name]}', EXCHANGED[name] + text(begin + 8, end))
        if parent.kind == Kind.COMPOUND_STMT and text(begin, end).startswith(('++', '--')):
            add(begin, end, text(begin, begin + 2) + ' dropped', '(mutant(%) ? void() : void(', '))')
        for child in children[1:] if cursor.kind == Kind.CASE_STMT else children:
            walk(child, cursor)
        if cursor.kind in (Kind.IF_STMT, Kind.WHILE_STMT, Kind.CONDITIONAL_OPERATOR):
            negate_condition(children)
        if cursor.kind == Kind.RETURN_STMT and children and children[0].type.get_canonical().kind == TypeKind.BOOL:
            negate(children[0])

    for cursor in own:
        walk(cursor, unit.cursor)
    return list(found.values())


def rewritten(source, numbered):
    """The source with all its mutants in it. Only the change's own text is doubled: one mutant is alive at a time."""
    insertions = []
    for number, place in numbered:
        insertions.append(((place.begin, 1, -place.end, number), place.before.replace('%', str(number), 1)))
        insertions.append(((place.end, 0, -place.begin, -number), place.after.replace('%', str(number), 1)))
    parts, at = [], 0
    for (position, *_), part in sorted(insertions):
        parts += [source[at:position], part.encode()]
        at = position
    return b'#include "engine/mutant.h"\n' + b''.join(parts) + source[at:]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def build(pool):
    """The copy with every mutant in it, compiled; returns the places in the order of their numbers."""
    listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.split('\0') if name and (ROOT / name).is_file()]
    engine = [path for path in files if path.parent == ROOT / 'engine' and path.suffix == '.cpp']
    for path in set(files) - set(engine):
        write(COPY / path.relative_to(ROOT), path.read_bytes())
        (COPY / path.relative_to(ROOT)).chmod(path.stat().st_mode)
    for path in engine:  # CMake wants to see them
        if not (COPY / path.relative_to(ROOT)).exists():
            write(COPY / path.relative_to(ROOT), b'')
    # What reads behind the end of something shall not do so unnoticed.
    subprocess.run(['cmake', '--preset', 'dev', '-DCMAKE_CXX_FLAGS=-w -D_GLIBCXX_ASSERTIONS'], cwd=COPY, check=True,
                   stdout=subprocess.DEVNULL)
    flags = {command['file']: [word for word in shlex.split(command['command']) if word.startswith(('-I', '-std'))]
             for command in json.loads((BUILD / 'compile_commands.json').read_text(encoding='utf-8'))}
    found = pool.map(places, engine, [flags[str(COPY / path.relative_to(ROOT))] for path in engine])
    every = [place for of_file in found for place in of_file]
    write(COPY / 'engine/mutant.h', HEADER.replace('COUNT', str(len(every))).encode())
    for path in engine:
        numbered = [(number, place) for number, place in enumerate(every) if place.path == path]
        write(COPY / path.relative_to(ROOT), rewritten(path.read_bytes(), numbered))
    subprocess.run(['ninja', '-C', BUILD, f'-j{AT_ONCE}', *PROGRAMS], check=True)
    return every


def run(program, tests, longest, **environment):
    """Whether all of these pass in time."""
    command = [BUILD / 'tests' / program, '--gtest_filter=' + ':'.join(tests), '--gtest_brief=1', '--gtest_fail_fast']
    process = subprocess.Popen(command, cwd=COPY, env=os.environ | {'LATCHKEY_STEPS': STEPS} | environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(longest) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def tests_of(program):
    command = [BUILD / 'tests' / program, '--gtest_list_tests', f'--gtest_filter={PROGRAMS[program]}']
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        name = line.split('#')[0].rstrip()
        if line.startswith(' '):
            yield suite + name.strip()
        elif name.endswith('.'):
            suite = name


def reached(program, test):
    """The numbers of the places that a test comes by, and its seconds."""
    with tempfile.NamedTemporaryFile() as file:
        begun = time.monotonic()
        if not run(program, [test], 600, LATCHKEY_MUTANTS_REACHED=file.name):
            raise SystemExit(f'{test} fails without any mutant')
        return [int(line) for line in file.read().split()], time.monotonic() - begun


def noticed_by(number, tests):
    for program in PROGRAMS:
        of_program = {test: seconds for (where, test), seconds in tests.items() if where == program}
        if of_program and not run(program, of_program, 20 + 5 * sum(of_program.values()), LATCHKEY_MUTANT=str(number)):
            return program
    return ''


def main():
    os.nice(19)
    wanted = [ROOT / name for name in sys.argv[1:]]
    with concurrent.futures.ProcessPoolExecutor(AT_ONCE) as pool:
        every = build(pool)
        named = [(program, test) for program in PROGRAMS for test in tests_of(program)]
        tests = collections.defaultdict(dict)
        for name, (numbers, seconds) in zip(named, pool.map(reached, *zip(*named))):
            for number in numbers if seconds < LONGEST else ():
                tests[number][name] = seconds
        tried = [number for number, place in enumerate(every) if not wanted or place.path in wanted]
        killed, of = collections.Counter(), collections.Counter()
        for number, by in zip(tried, pool.map(noticed_by, tried, [tests[number] for number in tried])):
            place = every[number]
            name = str(place.path.relative_to(ROOT))
            of[name] += 1
            killed[name] += bool(by)
            if not by:
                line = place.path.read_text(encoding='utf-8').splitlines()[place.line - 1].strip()
                why = next((why for (file, part, change), why in SURVIVE.items()
                            if name == file and part in line and change in ('', place.change)), 'NO REASON')
                print(f'{name}:{place.line}: {line}   {place.change}   {why}{"" if tests[number] else ", reached by no test"}',
                      flush=True)
    for name in of:
        print(f'{name}: {killed[name]} of {of[name]}')
    print(f'killed {killed.total()} of {of.total()}')
    return 0 if killed.total() >= ENOUGH * of.total() else 1


if __name__ == '__main__':
    sys.exit(main())
