"""Fixtures for every test: servers, mail, browser, canaries, and the promise report."""

from __future__ import annotations

import os
import time

import hypothesis

pytest_plugins = [
    "tests.support.loopback",
    "tests.support.promises",
    "tests.support.servers",
    "tests.support.smtp",
    "tests.support.browser",
    "tests.support.canaries",
]

# The same examples every time; HYPOTHESIS_PROFILE=explore looks further, by chance and longer.
hypothesis.settings.register_profile(
    "zusage", deadline=None, derandomize=True, database=None, max_examples=60
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "zusage"))

# What a developer's shell happens to say must not decide a test.
for _variable in ("ZUSAGE_NOW", "ZUSAGE_WORKSPACE", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
    os.environ.pop(_variable, None)
os.environ["TZ"] = "Europe/Berlin"
time.tzset()
