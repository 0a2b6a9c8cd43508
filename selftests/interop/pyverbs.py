#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""pyverbs.py [-a] [TEST...]

rdma-core's own tests of verbs on our device, as the distribution ships them in
its package python3-pyverbs: those that pyverbs.list wants on this version. KTAP,
one result a test, "ok" only if it passed: a skip is none.

        -a      runs all that there are, and names in diagnostics those that
                pass without being listed, to keep the list
        TEST    runs these only

Each test runs in a process of its own with a time limit, so that one that crashes
or hangs is the only one to fail.
"""
import gzip
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

LIMIT = 300     # seconds; the slowest test takes a few on an emulated processor of its own
SUITE = '/usr/share/doc/rdma-core/tests'
DEVICES = '/sys/devices/platform/softaccel_hca.0/infiniband'


def unpack(to):
    """Of a documentation folder the larger files are compressed."""
    os.mkdir(to)
    for name in os.listdir(SUITE):
        source = os.path.join(SUITE, name)
        if name.endswith('.py.gz'):
            with gzip.open(source) as packed, \
                 open(os.path.join(to, name[:-len('.gz')]), 'wb') as plain:
                shutil.copyfileobj(packed, plain)
        elif name.endswith('.py'):
            shutil.copy(source, to)


def rdma_core_version():
    text = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', 'rdma-core'],
                          check=True, capture_output=True, text=True).stdout
    return int(re.match(r'\d+', text)[0])


def read_list(version):
    """The tests wanted of this version, and the ones that say nothing yet."""
    listed = {'pass': [], 'vacuous': []}
    path = os.path.join(os.path.dirname(__file__), 'pyverbs.list')
    with open(path, encoding='ascii') as lines:
        for line in lines:
            words = line.split('#')[0].split()
            if not words:
                continue
            kind, test, versions = (*words, '0-')[:3]
            first, dash, last = versions.partition('-')
            last = (last or sys.maxsize) if dash else first
            if int(first) <= version <= int(last):
                listed[kind].append(test)
    return listed['pass'], listed['vacuous']


def load(parent, device):
    """All tests by name; what cannot be loaded is told and then missing."""
    tests = os.path.join(parent, 'tests')
    # In place of our own folder, where "pyverbs" would be this file.
    sys.path[:1] = [parent, tests]
    from args_parser import parser      # rdma-core's
    sys.argv[1:] = ['--dev', device, '--port', '1', '--gid', '0']
    parser.parse_args()
    found = {}
    loader = unittest.TestLoader()
    left = [loader.discover(tests, 'test_*.py', parent)]
    for error in loader.errors:
        say(error)
    while left:
        for item in left.pop():
            if isinstance(item, unittest.TestSuite):
                left.append(item)
            else:
                found[item.id()] = item
    return found


def say(text):
    for line in text.splitlines():
        print(f'# {line}')


def verdict(test):
    random.seed(1)      # the tests draw sizes and numbers
    result = unittest.TestResult()
    test(result)
    for word, entries in (('error', result.errors), ('fail', result.failures),
                          ('skip', result.skipped)):
        if entries:
            return f'{word}\n{entries[0][1]}'
    return 'pass' if result.testsRun == 1 else 'error\ndid not run'


def run(test):
    """In a process of its own. Returns a word and why."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for fd in 0, 1, 2:      # what a test prints must not look like KTAP
            os.dup2(null, fd)
        # The end of a trace says most.
        word, _, why = verdict(test).partition('\n')
        os.write(theirs, f'{word}\n{why[-2000:]}'.encode())
        os._exit(0)
    os.close(theirs)
    ready, _, _ = select.select([ours], [], [], LIMIT)
    report = os.read(ours, select.PIPE_BUF).decode() if ready else ''
    os.close(ours)
    if not ready:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not ready:
        return 'hang', f'no end after {LIMIT} s'
    if not report:
        return 'crash', f'wait status {status:#x}'
    word, _, why = report.partition('\n')
    return word, why


def main():
    # Some tests import others of their modules only when they run.
    with tempfile.TemporaryDirectory() as parent:
        return run_all(parent)


def run_all(parent):
    options = sys.argv[1:]
    try:
        version = rdma_core_version()
        wanted, vacuous = read_list(version)
        everything = '-a' in options
        wanted = [name for name in options if name != '-a'] or wanted
        print(f'KTAP version 1\n1..{len(wanted)}\n# rdma-core {version}', flush=True)
        unpack(os.path.join(parent, 'tests'))
        tests = load(parent, os.listdir(DEVICES)[0])
    except (OSError, subprocess.CalledProcessError, ImportError) as error:
        print(f'Bail out! {error}')
        return 1

    failed = 0
    for number, name in enumerate(wanted, 1):
        word, why = run(tests[name]) if name in tests else ('missing', '')
        if word != 'pass':
            failed = 1
            say(f'{word}\n{why}')
        print('ok' if word == 'pass' else 'not ok', number, name, flush=True)
    if everything:
        for name in sorted(tests.keys() - set(wanted) - set(vacuous)):
            word, why = run(tests[name])
            last = (why.strip().splitlines() or [''])[-1]
            print(f'# new: {name}' if word == 'pass' else f'# {word}: {name}: {last}',
                  flush=True)
    return failed


if __name__ == '__main__':
    sys.exit(main())
