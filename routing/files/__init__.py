"""What is read from files: lessons, and recorded cases.

A name, a path or lines come in; a scenario that is well written, or cases, go out.

    lesson      a scenario out of a Python file
    cases       recorded cases, read from JSON Lines and written to it
"""
