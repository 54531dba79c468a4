"""What is read from files: lessons, and recorded cases.

A name, a path or lines come in; a scenario that is well written, or cases, go out.

    lesson      a scenario out of a Python file
    cases       recorded cases, read from JSON and written to it
    lines       the lines of a file, each a case or what is wrong with it
"""
