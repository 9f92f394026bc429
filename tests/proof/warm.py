"""Imported where services are forked from: what each would read anew is read here."""

import gc
from datetime import UTC

from bot.locale.texts import load_texts
from nlp.meaning import build_interpreter

build_interpreter()
load_texts(UTC)
gc.freeze()
