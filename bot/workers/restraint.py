"""What the system holds a worker to: memory, time, no new files, no network, no other programs; and what it cannot.

A file by a stranger is a program by a stranger, and its readers are partly written in C++. Limits come from `setrlimit`
(POSIX); refusals of system calls from libseccomp, on Linux only; `prctl` lets a worker end with its parent.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

MEGABYTE = 1 << 20
OPEN_FILES = 64
GRACE_SECONDS = 2
PR_SET_PDEATHSIG = 1
CLONE_THREAD = 0x10000
REFUSED = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg"),
    *("fork", "vfork", "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd"),
    *("kill", "tkill", "tgkill", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "setpriority"),
    *("creat", "mkdir", "mkdirat", "mknod", "mknodat", "link", "linkat", "symlink", "symlinkat", "open_by_handle_at"),
    *("unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir", "truncate", "ftruncate", "memfd_create"),
    *(
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "lchown",
        "fchownat",
        "utimensat",
        "setxattr",
        "mount",
        "umount2",
    ),
    *("bpf", "perf_event_open", "keyctl", "add_key", "userfaultfd", "io_uring_setup", "unshare", "setns", "openat2"),
)


def restrain(memory_megabytes: int, refused: Any) -> list[str]:
    """Hold this process; the names of what holds: `memory`, `files`, `programs`, `network`, `parent`, `time`."""
    held = [name for name, hold in _LIMITS.items() if _holds(lambda hold=hold: hold(memory_megabytes))]  # type: ignore[misc]
    if _holds(end_with_parent):
        held.append("parent")
    if refused is not None and _holds(refused.load):
        held += ["network", "programs", "files"]
    return list(dict.fromkeys(held))


def allow_seconds(seconds: float) -> None:
    """Let the system end this process when the task that begins now takes more of the processor than that."""
    used = sum(os.times()[:2])
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + GRACE_SECONDS, hard))


def peak_megabytes() -> float:
    """The most memory that this process has had resident."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MEGABYTE if sys.platform == "darwin" else most / 1024


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _limit_memory(megabytes: int) -> None:
    _limit(resource.RLIMIT_AS, megabytes * MEGABYTE)


def _limit_time(_: int) -> None:
    resource.getrlimit(resource.RLIMIT_CPU)  # set task by task; here only whether there is such a limit


def _limit_files(_: int) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)


def _limit_programs(_: int) -> None:
    _limit(resource.RLIMIT_NPROC, 0)
    if os.getuid() == 0:
        raise OSError("the superuser is not held to it")


_LIMITS: dict[str, Callable[[int], None]] = {
    "memory": _limit_memory,
    "time": _limit_time,
    "files": _limit_files,
    "programs": _limit_programs,
}


def _holds(hold: Callable[[], None]) -> bool:
    try:
        hold()
    except (ValueError, OSError, AttributeError, RuntimeError):  # a system without it, or a lower limit already set
        return False
    return True


def end_with_parent() -> None:
    """Linux: the parent's end is ours, however it ends and whatever we are doing."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError("prctl refused")


def refusals() -> Any:
    """The system calls that are refused, to be loaded by libseccomp; None where there is no such library.

    Made before anything is limited: the library is found by starting a program, which who is not root cannot do then.
    """
    try:
        import pyseccomp as seccomp

        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        for name in REFUSED:
            with contextlib.suppress(OSError, RuntimeError, ValueError):  # a call that this machine does not have
                rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
        for name, *arguments in _conditions(seccomp):
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                rules.add_rule(seccomp.ERRNO(errno.EPERM), name, *arguments)
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # hides its flags: the C library then takes clone
    except Exception:  # noqa: BLE001 - it is not installed, or finds no libseccomp: the limits are all then
        return None
    return rules


def _conditions(seccomp: Any) -> Iterator[tuple[Any, ...]]:
    """Calls that are refused by what they ask for: to open for writing, a process that is no thread, others' limits."""
    for bit in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
        for name, argument in (("open", 1), ("openat", 2)):
            yield name, seccomp.Arg(argument, seccomp.MASKED_EQ, bit, bit)
    yield "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0)
    yield "prlimit64", seccomp.Arg(0, seccomp.NE, 0)
