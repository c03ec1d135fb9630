"""The eleven compiled loops: what a recursion or a sliding window needs and array arithmetic cannot say.

Each takes the concatenated series of many securities with their offsets, so that one call serves a block of them, and
writes nothing but its result. They are few and flat on purpose: compiling is paid for by the function, not by the line.
"""
