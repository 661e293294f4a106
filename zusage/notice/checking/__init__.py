"""Checking: what is wrong with a notice or a declaration, where, by which rule, and what to write instead.

Checking never touches a store; reality is the scanner's matter.
"""
