"""The folder for everything that is downloaded or made: whole or not there at all."""

import fcntl
import os
import shutil
from contextlib import contextmanager

from .problems import Problem, say

TAG = "CACHEDIR.TAG"  # also tells backup programs to leave the folder out
TAG_TEXT = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Made by sale-process-suite; make clean removes it.\n"
)


def claim(folder):
    """Take a new or empty folder as the cache; refuse one with somebody's files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if is_ours(folder):
            return
        if os.listdir(folder):
            raise Problem(
                f"SUITE_CACHE={folder} holds other files: choose a new or an empty folder."
            )
        (folder / TAG).write_text(TAG_TEXT)
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        raise Problem(f"SUITE_CACHE={folder} cannot be written: {error.strerror}.") from None


def is_ours(folder):
    """Whether the folder is a cache of this suite."""
    tag = folder / TAG
    return tag.is_file() and tag.read_text() == TAG_TEXT


@contextmanager
def locked(path):
    """Hold the lock file while the block runs; another command waits for its turn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  waiting for another command ({path.stem}) …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def in_one_step(target):
    """Yield a new folder beside `target` that becomes `target` only when the block succeeds.

    A download that breaks off, a full disk or a kill leave no `target` behind. Folders that an
    earlier killed command left are swept first, so the caller holds a lock for `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{target.name}.part-*"):
        shutil.rmtree(left)
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    part.mkdir()
    try:
        yield part
        os.rename(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def need_space(folder, megabytes, what):
    """Refuse before a download that the disk cannot take."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Problem(
            f"The disk is too full for {what}: {folder} has {free} MB free, {megabytes} MB are "
            "needed. Free some space or set SUITE_CACHE to a folder on another disk."
        )
