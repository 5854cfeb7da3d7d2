#!/usr/bin/python3
"""Changes the engine in small ways, one at a time, and says which changes no test notices.

    tests/mutants.py [COUNT [SEED [FILE]...]]     so many (40) of all, drawn by the seed (1); FILE: engine/act.cpp

Works on this checkout, whose engine must have no uncommitted changes, with the build in .build/dev; every file is put
back. What survives is worth a test, or a word in SURVIVE on why it makes no difference.
"""
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / '.build/dev'

# Conditions, bounds and returns. A name's own characters on either side keep templates, arrows and streams out.
CHANGES = [
    (r' == ', ' != '), (r' != ', ' == '),
    (r' < ', ' <= '), (r' <= ', ' < '), (r'(?<!-) > ', ' >= '), (r' >= ', ' > '),
    (r' && ', ' || '), (r' \|\| ', ' && '),
    (r'\bif \((?!auto|const|!)(?=[^;]*$)', 'if (!'), (r'\bif \(!', 'if ('),
    (r'\breturn true;', 'return false;'), (r'\breturn false;', 'return true;'),
    (r'\breturn !', 'return '),
    (r' \+ 1\b', ''), (r' - 1\b', ''),
    (r'\b\+\+(\w+);', r'\1 += 0;'),
    (r' \+ (?=\w)', ' - '), (r'(?<=\w) - (?=\w)', ' + '),
    (r'std::max\b', 'std::min'), (r'std::min\b', 'std::max'),
]

# What makes no difference, and why: a file and a part of the line as it stands.
SURVIVE = {
    ('engine/take_turn.cpp', 'if (request.decoy || step.decoy) return;'):
        'a decoy that passes is refused by apply() as well, and no dialogue that we ship lets one pass',
    ('engine/conductor.cpp', 'step->state != StepState::waiting && step->state != StepState::asking'):
        'no type that we ship waits for a signal yet',
    ('engine/conductor.cpp', 'if (!bench.decoy && turn.enrollment)'): 'no type that we ship waits for a signal yet',
}

# The quickest first. Databases are one in this: what the engine decides is the same on both.
CHECKS = [
    ('engine_tests', '*'),
    ('verifications_tests', '*'),
    ('journeys_tests', '-*Postgres*'),
]


def mutants(paths):
    for path in paths:
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines()):
            if line.lstrip().startswith(('//', '#')):
                continue
            code = re.sub(r'"(\\.|[^"\\])*"', lambda text: '"' + '~' * (len(text[0]) - 2) + '"', line).split('//')[0]
            for pattern, replacement in CHANGES:
                for place in re.finditer(pattern, code):
                    changed = line[:place.start()] + place.expand(replacement) + line[place.end():]
                    yield path, number, line, changed


def noticed_by():
    for program, names in CHECKS:
        if subprocess.run(['ninja', '-C', BUILD, program], capture_output=True, check=False).returncode:
            return 'the compiler'
        try:
            run = subprocess.run([BUILD / 'tests' / program, f'--gtest_filter={names}', '--gtest_brief=1', '--gtest_fail_fast'],
                                 cwd=ROOT, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return program + ', which does not end'
        if run.returncode:
            return program
    return ''


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    paths = [ROOT / name for name in sys.argv[3:]] or sorted((ROOT / 'engine').glob('*.cpp'))
    every = list(mutants(paths))
    drawn = chance.sample(every, min(count, len(every)))
    killed = judged = 0
    for path, number, line, changed in drawn:
        name = path.relative_to(ROOT)
        sound = path.read_text(encoding='utf-8')
        lines = sound.splitlines(keepends=True)
        lines[number] = changed + '\n'
        try:
            path.write_text(''.join(lines), encoding='utf-8')
            by = noticed_by()
        finally:
            path.write_text(sound, encoding='utf-8')
        if by == 'the compiler':  # no mutant: nobody could commit it
            continue
        judged += 1
        why = next((why for (file, part), why in SURVIVE.items() if str(name) == file and part in line), '')
        killed += bool(by)
        print(f'{"killed" if by else "SURVIVED":9}{name}:{number + 1}: {line.strip()}  →  {changed.strip()}'
              f'{"   by " + by if by else "   " + why if why else ""}', flush=True)
    print(f'{killed} of {judged} killed, of {len(every)} that there are')
    return 0 if judged and killed / judged >= 0.85 else 1


if __name__ == '__main__':
    sys.exit(main())
