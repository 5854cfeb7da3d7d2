#!/usr/bin/python3
"""Counts the instructions of each answer to a stranger, by whom they name, and ends with 1 where it tells (S02).

    tests/attacks/instructions.py [BUILD]     .build/release unless another folder is named

Needs the Debian package valgrind. Takes some minutes, and more where there is no build yet.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# S02 asks for 1 %. What is left is the making of a decoy, some microseconds, and the chance that one has a second address.
HARMLESS = 0.015
COST = re.compile(r'^\s*([\d,]+) \([\d. ]+%\).*\btake<.*::(\w+), .*::(\w+)>\(')


def counted(build):
    """By step and kind: the instructions of all its visits."""
    with tempfile.TemporaryDirectory() as folder:
        program, profile = f'{folder}/instructions', f'{folder}/profile'
        # Valgrind 3.19 cannot read what clang 19 writes for debuggers; the names of functions are left.
        subprocess.run(['objcopy', '--strip-debug', build / 'tests/attacks/instructions', program], check=True)
        subprocess.run(['valgrind', '--tool=callgrind', f'--callgrind-out-file={profile}', '-q', program],
                       check=True, cwd=folder)
        shown = subprocess.run(['callgrind_annotate', '--inclusive=yes', '--threshold=100', profile],
                               check=True, capture_output=True, text=True).stdout
    counts = {}
    for line in shown.splitlines():
        if found := COST.match(line):
            counts.setdefault(found[2], {})[found[3]] = int(found[1].replace(',', ''))
    return counts


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / '.build/release').resolve()
    subprocess.run(['ninja', '-C', build, 'instructions'], check=True, stdout=sys.stderr)
    counts = counted(build)
    telling = len(counts) != 4
    for step, kinds in counts.items():
        known = kinds.pop('Known')
        del kinds['FirstOfAll']
        telling = telling or len(kinds) != 4
        for kind, count in kinds.items():
            apart = count / known - 1
            telling = telling or abs(apart) > HARMLESS
            print(f'{step:8} {kind:12} {count:12} instructions, {100 * apart:+.2f} % beside somebody known')
    return 1 if telling else 0


if __name__ == '__main__':
    sys.exit(main())
