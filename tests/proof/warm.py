"""Imported where services are forked from: the tables that each would read anew are read here."""

from nlp.meaning import build_interpreter

build_interpreter()
