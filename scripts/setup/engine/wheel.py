"""Reads a wheel (a zip file) with Python's own library, so that set-up needs no package for it.

    wheel.py metadata WHEEL            prints its METADATA
    wheel.py unpack WHEEL FOLDER NAME  unpacks members; a NAME that ends in / means all under it, * one folder's name

`unpack` prints a line `progress DONE TOTAL` (bytes) now and then and a line `file SIZE SHA256 PATH` for each file.
Ends with status 3 where the wheel is damaged, 4 where a NAME is not in it, 5 where the disk is full.
"""

import errno
import fnmatch
import hashlib
import os
import sys
import zipfile

CHUNK = 4 << 20


def chosen(name, patterns):
    for pattern in patterns:
        depth = pattern.rstrip('/').count('/') + 1
        parts = name.split('/')
        if pattern.endswith('/'):
            if len(parts) > depth and fnmatch.fnmatchcase('/'.join(parts[:depth]), pattern.rstrip('/')):
                return True
        elif name == pattern:
            return True
    return False


def unpack(wheel, folder, patterns):
    members = [item for item in wheel.infolist() if not item.is_dir() and chosen(item.filename, patterns)]
    names = [item.filename for item in members]
    for pattern in patterns:
        if not any(chosen(name, [pattern]) for name in names):
            print('%s is not in the wheel' % pattern, file=sys.stderr)
            return 4
    total = sum(item.file_size for item in members)
    done = reported = 0
    for item in members:
        parts = item.filename.split('/')
        if '..' in parts or os.path.isabs(item.filename):
            print('The wheel names a file outside of it: %s' % item.filename, file=sys.stderr)
            return 3
        target = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        digest = hashlib.sha256()
        with wheel.open(item) as source, open(target, 'wb') as sink:
            while True:
                data = source.read(CHUNK)
                if not data:
                    break
                sink.write(data)
                digest.update(data)
                done += len(data)
                if done - reported >= 8 * CHUNK:
                    reported = done
                    print('progress %d %d' % (done, total), flush=True)
            sink.flush()
            os.fsync(sink.fileno())
        if (item.external_attr >> 16) & 0o111:
            os.chmod(target, 0o755)
        print('file %d %s %s' % (item.file_size, digest.hexdigest(), item.filename), flush=True)
    return 0


def main(arguments):
    command, file = arguments[0], arguments[1]
    try:
        with zipfile.ZipFile(file) as wheel:
            if command == 'metadata':
                name = next(n for n in wheel.namelist() if n.endswith('.dist-info/METADATA'))
                sys.stdout.write(wheel.read(name).decode('utf-8'))
                return 0
            return unpack(wheel, arguments[2], arguments[3:])
    except (zipfile.BadZipFile, EOFError, StopIteration) as error:
        print('The wheel is damaged: %s' % error, file=sys.stderr)
        return 3
    except OSError as error:
        print(error, file=sys.stderr)
        return 5 if error.errno in (errno.ENOSPC, errno.EDQUOT) else 1


if __name__ == '__main__':
    import zlib

    try:
        sys.exit(main(sys.argv[1:]))
    except zlib.error as error:
        print('The wheel is damaged: %s' % error, file=sys.stderr)
        sys.exit(3)
