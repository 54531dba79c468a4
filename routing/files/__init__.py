"""What is read from files and command lines, and what is written for programs.

A name, a path or lines come in; a scenario that is well written, cases or headers go out.

    lesson        a scenario out of a Python file
    cases         recorded cases, read from JSON and written to it
    lines         the lines of a file, each a case or what is wrong with it
    headers_text  headers as they are typed on a command line
    reason_json   a reason as JSON
"""
