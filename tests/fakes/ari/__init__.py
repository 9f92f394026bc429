"""A fake of Asterisk's REST Interface, made from its published description.

It was never compared with an exchange.
"""
