"""Python loads this by itself when it starts: where the tests say so, what the process does is watched from here on."""

import os
import sys

import audit

WATCH = audit.Watch(os.environ.get(audit.WRITES, "").split(os.pathsep), os.environ.get(audit.REPORT, ""), None)
if audit.WRITES in os.environ:
    WATCH.is_on = True
    WATCH.has_loopback = audit.LOOPBACK in os.environ
    sys.addaudithook(WATCH)
