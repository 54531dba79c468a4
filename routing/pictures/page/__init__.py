"""A page for a class: what is declared, a message, a guess, and the way step by step, in one file.

Sources come in, and what a broker did with their messages; an HTML file comes out that needs
nothing else.  It routes by a twin of the model in JavaScript, held against it.

    exact      JSON of which JavaScript loses nothing
    lessons    what the page knows of each source, as JSON
    plain      the same as a table, for where no script runs
    document   the file, with a policy that forbids all but itself
    command    page

    values.js, rules.js, notation.js, why.js, refusal.js, route.js    the twin of the model
    fit.js, missed.js                                                 of view/fit.py, walk/rules.py
    export.js, state.js, page.js, page.html                           the page
"""
