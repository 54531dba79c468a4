"""What is read from files: lessons, recorded cases, and topologies of any source.

A name, a path, a URL or lines come in; a scenario that is well written, cases, or a source with its
topology and the places of its parts go out.  What more than one command reads or writes is here,
too.

    places        where the parts of a lesson stand
    mistake       what a person wrote wrong in one
    undisturbed   what a lesson does to others is undone
    lesson        a scenario out of a Python file
    cases         recorded cases, read from JSON and written to it
    lines         the lines of a file, each a case or what is wrong with it
    headers_text  headers as they are typed on a command line
    reason_json   a reason, written for programs
    source        a topology, and where each part of it stands
    json_places   JSON read with the place of each member of its lists
    definitions   RabbitMQ's definitions files
    toml          a topology as people write it
    management    the definitions of a running broker
    reading       a source read, whatever it is
    saved         files that are watched for being saved
    scenario      a source as a scenario, as far as a private broker can play it
"""
